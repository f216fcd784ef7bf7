import type { RawContext } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/hook-fixtures.ts';
import { okta } from '../index.ts';
import { type SimulatedHook, simulateWith } from './simulator.ts';

const spec = (remove: string) => `
version: 1
name: lean
claims: { app: { const: true, kind: descriptive } }
issuers: { okta: { remove: ${remove} } }
`;
const policy = policyOf(spec('{ id: [email, name], access: [legacy] }'));

const ada: RawContext = {
  user: { id: '00u1', name: 'Ada', email: 'ada@acme.example', username: 'ada' },
  client: { id: '0oa1', name: 'Web' },
  request: { grant_type: 'authorization_code', scopes: ['openid', 'email', 'profile'], audience: 'api://x' },
  subject_type: 'human',
};

async function idToken(kind: SimulatedHook['kind']) {
  const hook: SimulatedHook = kind === 'down' ? { kind } : { kind: 'served' };
  const compilation = await okta.compile(policy);
  const event = okta.simulator.eventFrom(ada, policy);
  const { id, denied } = await simulateWith(hook, compilation, event, surroundings({}));
  expect(denied).toBeUndefined();
  return id;
}

describe("Okta's own claims", () => {
  it('are taken out by the hook, and stay without it', async () => {
    expect(await idToken('down')).toHaveProperty('email');
    expect(await idToken('served')).toEqual({});
    expect(okta.check(policy).map(({ rule, severity }) => `${severity} ${rule}`)).toContain('info TE844');
  });

  it.each(['sub', 'groups', 'cs_email_1f3a70', 'iss'])('%s must stay', (name) => {
    const found = okta.check(policyOf(spec(`{ id: ["${name}"] }`)));
    expect(found.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)).toEqual(['TE844']);
  });
});
