import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, recordIn, surroundings } from '../../test/fixtures.ts';
import { auth0, runAction } from '../index.ts';

const spec = (enroll: boolean) => `
version: 1
name: stepped
claims:
  strong: { value: '"mfa" in session.amr', kind: authoritative }
deny:
  - { when: '"suspended" in user.roles', reason: suspended }
challenge:
  - { when: '"admin" in user.roles && !("mfa" in session.amr)', with: mfa, reason: step_up_required, enroll: ${enroll}, subjects: [human] }
issuers: { auth0: {} }
`;

interface Login {
  readonly roles?: readonly string[];
  readonly methods?: unknown;
  readonly factors?: unknown;
  readonly protocol?: string;
  readonly query?: unknown;
}

function eventOf({ roles = ['admin'], methods = [{ name: 'pwd' }], factors, protocol, query = {} }: Login) {
  return {
    user: { user_id: 'u1', ...(factors === undefined ? {} : { enrolledFactors: factors }) },
    authorization: { roles },
    authentication: { methods },
    client: { client_id: 'web', name: 'Web', metadata: {} },
    request: { ip: '192.0.2.1', query, body: {} },
    resource_server: { identifier: 'https://api.acme.example/' },
    transaction: { protocol: protocol ?? 'oidc-basic-profile', requested_scopes: ['openid'] },
  };
}

const otp = [{ type: 'otp' }];

async function login(what: Login, enroll = false) {
  const compilation = await auth0.compile(policyOf(spec(enroll)));
  const event = { trigger: 'post-login', event: eventOf(what) };
  return await auth0.simulator.simulate(compilation, event, surroundings());
}

describe('a challenge', () => {
  it('has an Action of its own, before the one that issues claims', async () => {
    const { artifacts } = await auth0.compile(policyOf(spec(false)));
    expect(artifacts.map(({ path }) => path)).toEqual([
      'post-login-challenge.js',
      'post-login.js',
      'credentials-exchange.js',
      'manifest.json',
    ]);
  });

  it('asks for the factors of the user, and no token is issued', async () => {
    const asked = await login({ factors: [{ type: 'phone' }, { type: 'password' }, { type: 'otp' }] });
    expect(asked).toMatchObject({ challenged: 'mfa', access: {}, id: {}, scopes: [] });
    expect(asked.denied).toEqual({ error: 'mfa_required', description: 'The user is asked for otp, phone.' });
    expect(recordIn(asked.log)).toMatchObject({
      claimsmith: expect.stringMatching(/^stepped@\w{8}$/),
      decision: 'challenged',
      reason: 'step_up_required',
    });
  });

  it('is over when the user comes back with the factor', async () => {
    const methods = [{ name: 'pwd' }, { name: 'mfa', type: 'otp' }];
    expect(await login({ methods, factors: otp })).toMatchObject({
      denied: undefined,
      access: { strong: true },
    });
    expect(await login({ roles: [] })).toMatchObject({ denied: undefined, access: { strong: false } });
  });

  it('denies a user without a factor, unless one may be set up', async () => {
    for (const factors of [undefined, [], [{ type: 'password' }], 'otp', [null, 7]]) {
      const denied = await login({ factors });
      expect(denied.challenged).toBeUndefined();
      expect(denied.denied?.description).toBe('step_up_required');
      expect((await login({ factors }, true)).denied?.description).toMatch(
        /^The user is asked to set up otp/,
      );
    }
  });

  it.each([
    { protocol: 'oauth2-refresh-token' },
    { protocol: 'oauth2-password' },
    { protocol: 'oauth2-resource-owner' },
    { protocol: 'oauth2-token-exchange' },
    { protocol: 'oidc-ciba' },
    { protocol: '' },
    { query: { prompt: 'none' } },
    { query: { prompt: ['none'] } },
  ])('denies where nobody can be asked: %j', async (how) => {
    const denied = await login({ ...how, factors: otp });
    expect(denied.challenged).toBeUndefined();
    expect(denied.denied?.description).toBe('step_up_required');
  });

  it('asks nobody who is denied', async () => {
    const denied = await login({ roles: ['admin', 'suspended'], factors: otp });
    expect([denied.challenged, denied.denied?.description]).toEqual([undefined, 'suspended']);
  });

  it('denies where its condition fails', async () => {
    for (const methods of [undefined, null, 'mfa', [7], { name: 'mfa' }]) {
      const broken = await login({ methods: methods ?? null, factors: otp });
      expect(broken.access).toEqual({});
      expect(broken.denied).toBeDefined();
    }
  });

  it('without its Action, and after a factor that changes nothing, denies', async () => {
    const { artifacts } = await auth0.compile(policyOf(spec(false)));
    const code = artifacts.find(({ path }) => path === 'post-login.js')?.content ?? '';
    const alone = await runAction(code, 'post-login', eventOf({ factors: otp }), surroundings());
    expect([alone.challenged, alone.denied?.description]).toEqual([undefined, 'step_up_required']);
  });

  it('issues no claim while it is due, whatever the event', { timeout: 60_000 }, async () => {
    const compilation = await auth0.compile(policyOf(spec(true)));
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom('mfa', ['mfa'], [{ name: 'pwd' }], '__proto__'));
    await fc.assert(
      fc.asyncProperty(junk, junk, junk, junk, async (methods, factors, protocol, query) => {
        const login = eventOf({ methods, factors, query });
        const event = { ...login, transaction: { ...login.transaction, protocol } };
        const found = await auth0.simulator.simulate(
          compilation,
          { trigger: 'post-login', event },
          surroundings(),
        );
        expect(found.denied).toBeDefined();
        expect(found.access).toEqual({});
      }),
      { numRuns: 150 },
    );
  });
});
