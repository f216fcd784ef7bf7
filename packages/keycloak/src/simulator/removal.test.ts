import type { Compilation, Surroundings } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { keycloak } from '../index.ts';
import { simulate } from './simulator.ts';

const spec = (rest: string) => `
version: 1
name: lean
claims:
  app: { const: true, kind: authoritative }
  card: { const: gold, kind: descriptive, tokens: [userinfo], when: user.id != "" }
issuers:
  keycloak:
    audience: https://api.acme.example/
    ${rest}
`;
const removing = `scripts: true
    remove: { access: [realm_access, resource_access, email], id: [email], userinfo: [email] }`;

const flags = { 'access.token.claim': 'true', 'id.token.claim': 'true', 'userinfo.token.claim': 'true' };
/** Mappers of others, which the client has too. */
const others = [
  ['oidc-usermodel-realm-role-mapper', { 'claim.name': 'realm_access.roles', multivalued: 'true' }],
  ['oidc-usermodel-property-mapper', { 'claim.name': 'email', 'user.attribute': 'email' }],
  ['oidc-usermodel-property-mapper', { 'claim.name': 'login', 'user.attribute': 'username' }],
].map(([protocolMapper, config], index) => ({
  name: `other ${index}`,
  protocol: 'openid-connect',
  protocolMapper,
  config: { 'jsonType.label': 'String', ...flags, ...Object(config) },
}));

/** The build on a server whose clients have the mappers of others. */
async function built(rest: string): Promise<Compilation> {
  const { artifacts, findings } = await keycloak.compile(policyOf(spec(rest)));
  return {
    findings,
    artifacts: artifacts.map((one) => {
      if (one.path !== 'client-scopes.json') return one;
      const scopes = JSON.parse(one.content);
      scopes.clientScopes[0].protocolMappers.push(...others);
      return { ...one, content: JSON.stringify(scopes) };
    }),
  };
}

const event = (clientId = 'web') => ({
  user: {
    id: 'u1',
    username: 'ada',
    email: 'ada@acme.example',
    realmRoles: ['staff'],
    attributes: {},
    groups: [],
    organizations: [],
  },
  client: { clientId, attributes: {} },
  session: { id: 's1', notes: {} },
  request: { grantType: 'password', scopes: ['openid'], params: {} },
});

const around: Surroundings = {
  fetch: () => new Promise<Response>(() => undefined),
  answer: () => ({ fails: 'network' }),
  nowSeconds: 1_795_132_800,
  secrets: {},
};

async function token(rest: string, client?: string) {
  return await simulate(await built(rest), { trigger: 'user', event: event(client) }, around);
}

const claims = { email: 'ada@acme.example', login: 'ada' };

describe("claims of Keycloak's own mappers", () => {
  it('are in tokens and answers', async () => {
    const { access, id, userinfo } = await token('scripts: true');
    expect(access).toMatchObject({ ...claims, realm_access: { roles: ['staff'] }, app: true });
    expect(id).toMatchObject(claims);
    expect(userinfo).toMatchObject({ ...claims, card: 'gold' });
  });

  it('are not, where the policy takes them out', async () => {
    const { access, id, userinfo } = await token(removing);
    expect(access).toEqual({ login: 'ada', app: true, policy: expect.any(String) });
    expect(Object.keys(id).filter((name) => name !== 'realm_access')).toEqual(['login']);
    expect(userinfo).toMatchObject({ login: 'ada', card: 'gold' });
    expect(userinfo).not.toHaveProperty('email');
  });

  it('and two claims of one name in two tokens are both there', async () => {
    const both = `scripts: true
claims:
  plan: { const: gold, kind: descriptive, as: { keycloak: shared } }
  greeting: { value: '"hello " + user.username', kind: descriptive, tokens: [id], as: { keycloak: shared } }`;
    const text = spec(both).replace(/^claims:\n.*\n.*\n/m, '');
    const built = await keycloak.compile(policyOf(text));
    const { access, id } = await simulate(built, { trigger: 'user', event: event() }, around);
    expect([access['shared'], id['shared']]).toEqual(['gold', 'hello ada']);
  });

  it('stay in tokens that the policy is not for', async () => {
    const { access, id, userinfo } = await token(`${removing}\n    clients: [app]`);
    expect(access).toMatchObject({ ...claims, realm_access: { roles: ['staff'] } });
    expect(access).not.toHaveProperty('app');
    expect(id).toMatchObject(claims);
    expect(userinfo).toMatchObject(claims);
    expect(userinfo).not.toHaveProperty('card');
  });

  it.each([
    ['remove: { access: [realm_access] }', 'TE844'],
    ['scripts: true\n    remove: { access: [sub] }', 'TE844'],
    ['scripts: true\n    remove: { id: [acr] }', 'TE844'],
    ['scripts: true\n    remove: { access: [policy] }', 'TE844'],
    ['scripts: true\n    remove: { access: [app] }', 'TE844'],
  ])('%s is refused', (rest, rule) => {
    const found = keycloak.check(policyOf(spec(rest))).filter(({ severity }) => severity === 'error');
    expect(found.map((finding) => finding.rule)).toContain(rule);
  });
});
