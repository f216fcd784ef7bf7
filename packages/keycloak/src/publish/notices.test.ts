import { expect, test } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { builtOf } from './built.ts';
import { noticesOf } from './notices.ts';
import { client, factsOf, serverInfo } from './realm-state.ts';

async function conflictsOf(settings: string, attributes: Readonly<Record<string, string>>) {
  const policy = policyOf(`version: 1
name: shop
claims: { roles: { value: user.roles, kind: authoritative } }
issuers: { keycloak: { realm: shop, audience: "urn:shop", missing: guard, clients: [web]${settings} } }`);
  const built = builtOf(await compile(policy));
  if (built === undefined) throw new Error('no build');
  const web = client.parse({ id: 'web', clientId: 'web', attributes });
  const info = { features: [{ name: 'TOKEN_EXCHANGE', enabled: true }] };
  const state = {
    scopes: [],
    clients: [web],
    defaults: [],
    optionals: [],
    permissions: new Map(),
    profile: undefined,
    settings: undefined,
    roles: new Map(),
    server: factsOf(serverInfo.parse(info)),
  };
  return noticesOf({ policy, built, realm: 'shop', state, clients: ['web'], userProfile: 'create' })
    .filter(({ message }) => message.includes('exchange'))
    .map(({ severity, message }) => `${severity} ${message}`);
}

test('a client that may exchange tokens is a conflict where the policy relies on it that none does', async () => {
  const exchanging = { 'standard.token.exchange.enabled': 'true' };
  expect(await conflictsOf('', exchanging)).toEqual([
    expect.stringMatching(/^warning .*token-exchange/),
    expect.stringMatching(/^conflict The client web may exchange tokens/),
  ]);
  expect(await conflictsOf('', { 'standard.token.exchange.enabled': 'false' })).toHaveLength(1);
  expect(await conflictsOf(', scripts: true', exchanging)).toEqual([]);
});
