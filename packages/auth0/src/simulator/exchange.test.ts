import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/fixtures.ts';
import { auth0, runAction } from '../index.ts';

const policy = policyOf(`
version: 1
name: exchanged
claims:
  email: { value: user.email, kind: descriptive }
  grant: { value: request.grant_type, kind: descriptive }
  kind_of_token: { value: request.params.subject_token_type, kind: descriptive }
  session: { value: session.id, kind: descriptive }
  app_roles: { value: user.roles, kind: authoritative }
  customer: { value: user.id, kind: authoritative, delegated: true }
  acts: { value: actor.sub, kind: authoritative, when: has(actor.sub) }
  hops: { value: actor.chain, kind: descriptive }
scopes:
  read: { grant: '"reader" in user.roles', delegated: true }
  write: { grant: '"reader" in user.roles' }
deny: [{ when: '"suspended" in user.roles', reason: suspended }]
challenge:
  - { when: '"admin" in user.roles && !("mfa" in session.?amr.orValue([]))', with: mfa, reason: step_up, subjects: [human] }
issuers: { auth0: {} }
`);

const { artifacts } = await auth0.compile(policy);
const codes = ['post-login-challenge.js', 'post-login.js'].map((name) => {
  const file = artifacts.find(({ path }) => path === name);
  if (file === undefined) throw new Error(`no ${name}`);
  return file.content;
});

/** An event after an exchange: there is no session, and nobody to ask. */
function exchanged(transaction: object, more: object = {}) {
  return {
    user: { user_id: 'u1', email: 'ada@acme.example', enrolledFactors: [{ type: 'otp' }] },
    authorization: { roles: ['reader'] },
    client: { client_id: 'orders-api', name: 'Orders', metadata: {} },
    request: {
      ip: '192.0.2.1',
      query: {},
      body: {
        subject_token: 'e30.e30.',
        subject_token_type: 'urn:acme:legacy',
        actor_token: 'e30.e30.',
        actor: 'root',
        act: '{"sub":"root"}',
        scope: 'read write',
      },
    },
    resource_server: { identifier: 'https://api.acme.example/' },
    transaction: { protocol: 'oauth2-token-exchange', subject_token_type: 'urn:acme:legacy', ...transaction },
    ...more,
  };
}

async function run(event: Readonly<Record<string, unknown>>) {
  for (const code of codes.slice(0, -1)) {
    const { denied } = await runAction(code, 'post-login', event, surroundings());
    if (denied !== undefined) return { denied: denied.description };
  }
  const { denied, access, scopes } = await runAction(codes.at(-1) ?? '', 'post-login', event, surroundings());
  return { denied: denied?.description, access, scopes };
}

const bySubject = {
  email: 'ada@acme.example',
  grant: 'urn:ietf:params:oauth:grant-type:token-exchange',
  kind_of_token: 'urn:acme:legacy',
};

describe('a token that is exchanged', () => {
  it.each([
    ['On-Behalf-Of, by an API', { sub: 'orders-api', act: { sub: 'web' } }, ['orders-api', 'web']],
    ['by the actor that a profile sets', { sub: 'agent|1', org: 'acme' }, ['agent|1']],
    [
      'of five actors',
      { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd', act: { sub: 'e' } } } } },
      [...'abcde'],
    ],
  ])('%s has what is delegated', async (_, actor, chain) => {
    const { denied, access, scopes } = await run(exchanged({ actor }));
    expect(denied).toBeUndefined();
    expect(access).toMatchObject({ ...bySubject, customer: 'u1', acts: chain[0], hops: chain });
    expect(access).not.toHaveProperty('app_roles');
    expect(scopes).toEqual(['read']);
  });

  it.each([{}, { actor: null }])('without an actor is the own one of the user: %j', async (transaction) => {
    const { access, scopes } = await run(exchanged(transaction));
    expect(access).toMatchObject({ ...bySubject, app_roles: ['reader'], customer: 'u1' });
    for (const name of ['acts', 'hops', 'session']) expect(access).not.toHaveProperty(name);
    expect(scopes).toEqual(['read', 'write']);
  });

  it('is denied with the user, and where a challenge is due, because nobody can be asked', async () => {
    for (const [role, reason] of [
      ['suspended', 'suspended'],
      ['admin', 'step_up'],
    ] as const) {
      const event = exchanged({ actor: { sub: 'web' } }, { authorization: { roles: [role] } });
      expect((await run(event)).denied).toBe(reason);
    }
  });

  it.each<[string, unknown]>([
    ['text', 'actor-id'],
    ['no text', ''],
    ['a list', [{ sub: 'a' }]],
    ['no sub', { act: { sub: 'a' } }],
    ['a sub that is not text', { sub: 1 }],
    ['six actors', [...'abcdef'].reduceRight((act: object | undefined, sub) => ({ sub, act }), undefined)],
    ['garbage below', { sub: 'a', act: 'b' }],
  ])('is denied if it is unreadable who acts: %s', async (_, actor) => {
    expect(await run(exchanged({ actor }))).toEqual({ denied: 'enrichment_unavailable' });
  });

  it('never has more for any actor', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (actor) => {
        const isNobody = actor === null || JSON.stringify(actor) === '{}';
        const { denied, access } = await run(exchanged({ actor }));
        if (!isNobody && denied === undefined) expect(access).not.toHaveProperty('app_roles');
      }),
      { numRuns: 50 },
    );
  });
});

it('a session that somebody has begun in the name of the user is delegated too', async () => {
  const session = { id: 's1', actor: { sub: 'support' } };
  const event = exchanged(
    { protocol: 'oidc-basic-profile', requested_scopes: ['read', 'write'] },
    { session },
  );
  const { access, scopes } = await run(event);
  expect(access).toMatchObject({ session: 's1', acts: 'support', customer: 'u1' });
  expect(access).not.toHaveProperty('app_roles');
  expect(scopes).toEqual(['read']);
});
