import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, recordIn, surroundings } from '../../test/fixtures.ts';
import { auth0, runAction } from '../index.ts';

const spec = (observe: string) => `
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
  - { when: '"suspended" in user.roles', reason: account_suspended }
challenge:
  - { when: '"admin" in user.roles && !("mfa" in session.amr)', with: mfa, reason: step_up_required, subjects: [human] }
issuers: { auth0: { observe: ${observe} } }
`;

const eventOf = (roles: unknown, client: unknown = 'web') => ({
  user: { user_id: 'u1', enrolledFactors: [{ type: 'otp' }] },
  authorization: { roles },
  authentication: { methods: [{ name: 'pwd' }] },
  client: { client_id: client, name: 'Web', metadata: {} },
  request: { ip: '192.0.2.1', query: {}, body: {} },
  resource_server: { identifier: 'https://api.acme.example/' },
  transaction: { protocol: 'oidc-basic-profile', requested_scopes: ['openid', 'pay'] },
});
const crm = { 'https://crm.example/u1': () => Response.json({ plan: 'very-secret-gold' }) };
const untouched = {
  denied: undefined,
  access: {},
  id: {},
  scopes: ['openid', 'pay'],
  audiences: ['https://api.acme.example/'],
  lifetimeSeconds: undefined,
};

async function login(observe: string, event: object, answers: Parameters<typeof surroundings>[0] = crm) {
  const compilation = await auth0.compile(policyOf(spec(observe)));
  return await auth0.simulator.simulate(
    compilation,
    { trigger: 'post-login', event: { ...event } },
    surroundings(answers),
  );
}

describe('a policy that only observes', () => {
  it.each([
    [['clerk'], { decision: 'issued', claims: ['plan', 'app'], sources: { crm: 0 }, scopesRemoved: 1 }],
    [['approver'], { decision: 'issued', claims: ['plan', 'app'], sources: { crm: 0 } }],
    [['suspended'], { decision: 'denied', reason: 'account_suspended' }],
    [['admin'], { decision: 'denied', reason: 'step_up_required' }],
    [
      undefined,
      {
        decision: 'denied',
        reason: 'enrichment_unavailable',
        causes: { account_suspended: 'denied: no_such_key' },
      },
    ],
  ])(
    'leaves the tokens of a user with the roles %j alone, and tells what it would do',
    async (roles, told) => {
      const issuance = await login('true', eventOf(roles));
      expect(issuance).toMatchObject(untouched);
      expect(issuance.challenged).toBeUndefined();
      const common = { claimsmith: expect.stringMatching(/^watched@\w{8}$/), observed: true, client: 'web' };
      expect(recordIn(issuance.log)).toMatchObject({ ...common, ...told });
      expect(issuance.log.join()).not.toContain('very-secret-gold');
    },
  );

  it('has no Action that asks for a factor, and no lifetime', async () => {
    const { artifacts } = await auth0.compile(policyOf(spec('true')));
    expect(artifacts.map(({ path }) => path)).toEqual([
      'post-login.js',
      'credentials-exchange.js',
      'manifest.json',
    ]);
    expect(JSON.parse(artifacts.at(-1)?.content ?? '').api).toEqual({});
  });

  it.each([
    ['a source that hangs', {}],
    ['a source that fails', { 'https://crm.example/u1': () => new Response('', { status: 500 }) }],
    ['a source that answers garbage', { 'https://crm.example/u1': () => new Response('<') }],
    ['a source that throws', { 'https://crm.example/u1': () => Promise.reject(new Error('secret')) }],
  ])('does not care about %s', async (_, answers) => {
    const issuance = await login('true', eventOf(['clerk']), answers);
    expect(issuance).toMatchObject(untouched);
    expect(recordIn(issuance.log)).toMatchObject({
      observed: true,
      decision: 'denied',
      reason: 'enrichment_unavailable',
      causes: { plan: expect.stringMatching(/^denied: crm:/) },
      sources: { crm: expect.any(String) },
    });
  });

  it.each([
    [
      'a decision that throws',
      'function decide(',
      "function decide() { throw new Error('a-secret'); }\nfunction undecided(",
    ],
    [
      'a context that throws',
      'function readContext(',
      "function readContext() { throw new Error('a-secret'); }\nfunction unread(",
    ],
    ['a log that throws', 'console.log(', "(() => { throw new Error('a-secret'); })("],
  ])('nor about %s', async (_, there, instead) => {
    const { artifacts } = await auth0.compile(policyOf(spec('true')));
    const code = artifacts.find(({ path }) => path === 'post-login.js')?.content ?? '';
    expect(code).toContain(there);
    const broken = code.replace(there, instead);
    const issuance = await runAction(broken, 'post-login', eventOf(['suspended']), surroundings(crm));
    expect(issuance).toMatchObject({ denied: undefined, access: {}, id: {}, scopes: ['openid', 'pay'] });
    expect(issuance.log.join()).not.toContain('a-secret');
  });

  it('whatever the event', { timeout: 60_000 }, async () => {
    const compilation = await auth0.compile(policyOf(spec('true')));
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', ['suspended'], null));
    await fc.assert(
      fc.asyncProperty(junk, junk, junk, async (roles, client, user) => {
        const event = { ...eventOf(roles, client), user };
        const found = await auth0.simulator.simulate(
          compilation,
          { trigger: 'post-login', event },
          surroundings(crm),
        );
        expect(found).toMatchObject(untouched);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['{ clients: [web] }', 'web', true],
    ['{ clients: [web] }', 'other', false],
    ['{ except: [web] }', 'other', true],
    ['{ except: [web] }', 'web', false],
    ['{ except: [web] }', undefined, false],
    ['{ except: [web] }', ['web'], false],
    ['{ clients: [web] }', ['web'], false],
  ])('with observe: %s, the client %j', async (observe, client, isObserved) => {
    const denied = await login(observe, eventOf(['suspended'], client));
    expect(denied.denied?.description).toBe(isObserved ? undefined : 'account_suspended');
    const asked = await login(observe, eventOf(['admin'], client));
    expect(asked.challenged).toBe(isObserved ? undefined : 'mfa');
    const issued = await login(observe, eventOf(['approver'], client));
    expect(issued.access['plan']).toBe(isObserved ? undefined : 'very-secret-gold');
  });

  it('also with client credentials, where a refused scope would deny', async () => {
    const compilation = await auth0.compile(policyOf(spec('true')));
    const event = {
      client: { client_id: 'job', name: 'Job', metadata: {} },
      accessToken: { customClaims: {}, scope: ['pay'] },
      request: { ip: '192.0.2.1', body: {} },
      transaction: { requested_scopes: ['pay'] },
    };
    const issuance = await auth0.simulator.simulate(
      compilation,
      { trigger: 'credentials-exchange', event },
      surroundings(),
    );
    expect(issuance).toMatchObject({ denied: undefined, access: {}, scopes: ['pay'] });
    expect(recordIn(issuance.log)).toMatchObject({
      observed: true,
      decision: 'denied',
      reason: 'scope_refused',
      client: 'job',
    });
  });
});
