import { expect, test } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { builtOf } from './built.ts';
import { noticesOf } from './notices.ts';
import { client, factsOf, serverInfo } from './realm-state.ts';

const conflictsOf = (settings: string, attributes: Readonly<Record<string, string>>) =>
  noticesAt(settings, { attributes }, 'exchange');

async function noticesAt(settings: string, fields: object, word: string) {
  const policy = policyOf(`version: 1
name: shop
claims: { roles: { value: user.roles, kind: authoritative } }
issuers: { keycloak: { realm: shop, audience: "urn:shop", missing: guard, clients: [web]${settings} } }`);
  const built = builtOf(await compile(policy));
  if (built === undefined) throw new Error('no build');
  const web = client.parse({ id: 'web', clientId: 'web', ...fields });
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
    .filter(({ message }) => message.includes(word))
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

test('a mapper that says who acts is a warning, because users may be able to change what it writes', async () => {
  const act = { 'claim.name': 'act.sub', 'user.attribute': 'agent', 'access.token.claim': 'true' };
  const mapper = { id: 'a', name: 'who', protocolMapper: 'oidc-usermodel-attribute-mapper', config: act };
  const found = (settings: string) =>
    noticesAt(settings, { attributes: {}, protocolMappers: [mapper] }, 'act');
  expect(await found(', scripts: true')).toEqual([
    'warning Other mappers write the claim act, and the policy takes it for who acts for the user: client web, mapper who.',
  ]);
  expect(await found('')).toEqual([]);
});
