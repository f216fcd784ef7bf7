import type { Compilation, Surroundings } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { jar } from '../compile/jar.ts';
import { keycloak } from '../index.ts';
import { simulate } from './simulator.ts';

const spec = (observe: string, rest = '') => `
version: 1
name: watched
lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string } }
claims:
  plan: { value: crm.plan, kind: authoritative }
  app: { const: true, kind: descriptive, tokens: [access, id], subjects: [human] }
scopes:
  pay: { grant: '"approver" in user.roles' }
deny:
  - { when: '"suspended" in user.roles', reason: account_suspended, subjects: [human] }
issuers: { keycloak: { observe: ${observe}, audience: https://api.acme.example/${rest} } }
`;
const scripted = ', scripts: true';

const event = (roles: readonly string[], clientId = 'web') => ({
  user: { id: 'u1', username: 'ada', realmRoles: roles, attributes: {}, groups: [], organizations: [] },
  client: { clientId, name: 'Web', attributes: {} },
  session: { id: 's1', notes: { AUTH_TIME: '7' } },
  request: { grantType: 'password', scopes: ['openid'], ip: '192.0.2.1', params: {} },
});
const gold: Surroundings['fetch'] = () => Promise.resolve(Response.json({ plan: 'very-secret-gold' }));
const hangs: Surroundings['fetch'] = () => new Promise(() => undefined);
const around = (fetch: Surroundings['fetch']): Surroundings => ({
  fetch,
  answer: () => ({ fails: 'network' }),
  secrets: {},
  nowSeconds: 1_795_132_800,
});

async function token(compilation: Compilation, roles: readonly string[], fetch = gold, client = 'web') {
  return await simulate(compilation, { trigger: 'user', event: event(roles, client) }, around(fetch));
}

const built = (observe: string) => keycloak.compile(policyOf(spec(observe, scripted)));

/** The build with another text in its script. */
async function changed(observe: string, there: string, instead: string): Promise<Compilation> {
  const { artifacts, findings } = await built(observe);
  const file = 'claimsmith-watched.js';
  const code = artifacts.find(({ path }) => path === file)?.content ?? '';
  expect(code).toContain(there);
  const descriptor = JSON.stringify({ mappers: [{ name: 'policy', fileName: file }] });
  const content = jar({ 'META-INF/keycloak-scripts.json': descriptor, [file]: code.replace(there, instead) });
  return {
    findings,
    artifacts: artifacts.map((one) =>
      one.path.endsWith('.jar') ? { ...one, content: Buffer.from(content).toString('base64') } : one,
    ),
  };
}

const untouched = { denied: undefined, access: {}, id: {}, audiences: [] };

describe('a policy that only observes', () => {
  it('needs a script, and has no mapper, scope or lifetime of its own', async () => {
    const refused = await keycloak.compile(policyOf(spec('true')));
    expect(refused.artifacts).toEqual([]);
    expect(refused.findings.map(({ rule }) => rule)).toContain('TE813');
    const { artifacts } = await built('true');
    const scopes = JSON.parse(artifacts.find(({ path }) => path === 'client-scopes.json')?.content ?? '');
    expect(scopes.optionalScopes).toEqual([]);
    expect(scopes.clientScopes).toHaveLength(1);
    expect(scopes.clientScopes[0].protocolMappers).toHaveLength(1);
    const realm = artifacts.find(({ path }) => path === 'realm.json')?.content ?? '';
    expect(realm).not.toContain('accessTokenLifespan');
  });

  it.each([
    [['clerk'], gold, { decision: 'issued', claims: ['plan', 'app'], sources: { crm: 0 } }],
    [['suspended'], gold, { decision: 'denied', reason: 'account_suspended' }],
    [
      ['clerk'],
      hangs,
      { decision: 'denied', reason: 'enrichment_unavailable', causes: { plan: 'denied: crm:timeout' } },
    ],
  ])('leaves the token of %j alone, and tells what it would do', async (roles, fetch, told) => {
    const issuance = await token(await built('true'), roles, fetch);
    expect(issuance).toMatchObject(untouched);
    const records = issuance.log
      .filter((line) => line.includes('claimsmith'))
      .map((line) => JSON.parse(line));
    expect(records).toMatchObject([{ observed: true, issuer: 'keycloak', ...told }]);
    expect(issuance.log.join()).not.toContain('very-secret-gold');
  });

  it.each([
    [
      'a decision',
      'function decide(',
      "function decide() { throw new Error('a-secret'); }\nfunction undecided(",
    ],
    [
      'the whole policy',
      'function policyProgram() {',
      "function policyProgram() { throw new Error('a-secret');",
    ],
    ['a log', 'else logger().info(', "(function () { throw new Error('x'); })("],
    ['a syntax error', 'function policyProgram() {', 'function policyProgram() {{'],
  ])('does not care about a fault: %s', async (_, there, instead) => {
    expect(await token(await changed('true', there, instead), ['suspended'])).toMatchObject(untouched);
  });

  it.each([
    ['{ clients: [web] }', 'web', true],
    ['{ clients: [web] }', 'other', false],
    ['{ except: [web] }', 'web', false],
    ['{ except: [web] }', 'other', true],
  ])('with observe: %s, the client %s', async (observe, client, isObserved) => {
    const compilation = await built(observe);
    const suspended = await token(compilation, ['suspended'], gold, client);
    expect(suspended.denied === undefined).toBe(isObserved);
    const issued = await token(compilation, ['clerk'], gold, client);
    expect(issued.access['plan']).toBe(isObserved ? undefined : 'very-secret-gold');
    expect(issued.audiences).toEqual(isObserved ? [] : ['https://api.acme.example/']);
  });
});
