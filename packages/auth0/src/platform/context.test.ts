import { own } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, policyOf } from '../../test/fixtures.ts';
import { auth0, credentialsExchangeEvent, postLoginEvent } from '../index.ts';
import { settings, settingsOf } from '../settings.ts';
import { lacks, originsOf } from '../supplies.ts';
import { loginScopes, texts } from './context.ts';

const policy = policyOf(`
version: 1
name: roundtrip
user: { attributes: { tier: string } }
claims: { tenant: { value: org.id, kind: descriptive } }
`);
const places = settings.parse({});
const postLoginContext = (event: object, at = places) => contextOf('post-login', event, at);
const credentialsExchangeContext = (event: object) => contextOf('credentials-exchange', event, places);

const text = fc.string({ minLength: 1, maxLength: 8 });
const names = fc.array(fc.stringMatching(/^[a-z:.]{1,8}$/), { minLength: 1, maxLength: 3 });
const metadata = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), text, { maxKeys: 3 });
const common = {
  org: fc.record({ id: text, name: text, display_name: text, metadata }),
  tenant: fc.record({ id: text }),
  client: fc.record({ id: text, name: text, metadata }),
};

const geo = fc.record({
  continent: text,
  country: text,
  subdivision: text,
  city: text,
  time_zone: text,
});

/** What a scenario may say of a person, in the terms of the identity context. */
const personal = fc.record({
  ...common,
  user: fc.record({
    id: text,
    username: text,
    email: text,
    email_verified: fc.boolean(),
    name: text,
    given_name: text,
    family_name: text,
    nickname: text,
    picture: text,
    created_at: text,
    logins_count: fc.nat(),
    locale: text,
    zoneinfo: text,
    phone_number: text,
    roles: names,
    groups: names,
    identities: fc.array(
      fc.record({ provider: text, connection: text, id: text, attributes: fc.record({ tier: text }) }),
    ),
    attributes: fc.record({ tier: text }),
  }),
  request: fc.record({
    grant_type: fc.constantFrom(
      'authorization_code',
      'implicit',
      'password',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:openid:params:grant-type:ciba',
    ),
    scopes: names,
    audience: text,
    authorization_details: fc.array(fc.record({ type: text })),
    acr_values: names,
    ip: text,
    user_agent: text,
    geo,
    params: metadata.filter((params) => !('scope' in params || 'otp' in params)),
  }),
  connection: fc.record({ name: text, strategy: text }),
  session: fc.record({ id: text, auth_time: fc.integer({ min: 0, max: 4e9 }), amr: names }),
  actor: fc.record({ sub: text, act: fc.record({ sub: text }) }),
  subject_type: fc.constantFrom('human', 'agent'),
});

const machine = fc.record({
  ...common,
  request: fc.record({
    grant_type: fc.constant('client_credentials'),
    scopes: names,
    audience: text,
    ip: text,
    user_agent: text,
    geo,
    params: metadata.filter((params) => !('otp' in params)),
  }),
  subject_type: fc.constantFrom('machine', 'agent'),
});

describe("a scenario's context", () => {
  it('comes back from the login event that is made of it', () => {
    fc.assert(
      fc.property(personal, (context) => {
        const { trigger, event } = auth0.simulator.eventFrom(context, policy);
        expect(trigger).toBe('post-login');
        expect(postLoginEvent.safeParse(event).error).toBeUndefined();
        const { attributes: _, ...user } = context.user;
        const found = postLoginContext(event, places);
        expect(found).toMatchObject({ ...context, user: { ...user, attributes: context.user.attributes } });
        const { scope: __, ...params } = found.request.params ?? {};
        expect(params).toEqual(context.request.params);
      }),
    );
  });

  it('comes back from the client credentials that are made of it', () => {
    fc.assert(
      fc.property(machine, (context) => {
        const { trigger, event } = auth0.simulator.eventFrom(context, policy);
        expect(trigger).toBe('credentials-exchange');
        expect(credentialsExchangeEvent.safeParse(event).error).toBeUndefined();
        const { now: _, ...found } = credentialsExchangeContext(event);
        expect(found).toEqual(context);
      }),
    );
  });

  it('may be empty', () => {
    const { trigger, event } = auth0.simulator.eventFrom({}, policy);
    expect(trigger).toBe('post-login');
    expect(postLoginContext(event, places)).toMatchObject({
      subject_type: 'human',
      request: { grant_type: 'authorization_code', scopes: [] },
    });
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('user', 'org', 'client', 'request', 'session'), fc.jsonValue()),
        (context) => {
          expect(auth0.simulator.eventFrom(context, policy).trigger).toMatch(
            /^(post-login|credentials-exchange)$/,
          );
        },
      ),
    );
  });
});

describe('the context of a login', () => {
  it('finds attributes and groups where the tenant keeps them', () => {
    const user = { user_id: 'u', app_metadata: { teams: ['a'] }, user_metadata: { groups: ['b'] } };
    expect(postLoginContext({ user }, { ...places, groupsIn: 'teams' }).user.groups).toEqual(['a']);
    const other = postLoginContext({ user }, { ...places, attributesIn: 'user_metadata' }).user;
    expect(other).toMatchObject({ groups: ['b'], attributes: { groups: ['b'] } });
  });

  it('finds each attribute where the spec places it, in both stores', () => {
    const both = policyOf(`
version: 1
name: both
user: { attributes: { plan: { type: string, in: { auth0: app_metadata.billing.plan } }, theme: { type: string, in: { auth0: user_metadata } }, tier: string } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive, when: subject_type == "human" }
`);
    const user = { attributes: { plan: 'gold', theme: 'dark', tier: 'top' }, groups: ['a'] };
    const { event } = auth0.simulator.eventFrom({ user }, both);
    expect(event['user']).toMatchObject({
      app_metadata: { billing: { plan: 'gold' }, tier: 'top', groups: ['a'] },
      user_metadata: { theme: 'dark' },
    });
    const origins = originsOf(
      'post-login',
      ['user.attributes.plan', 'user.attributes.tier'],
      settingsOf(both),
    );
    const found = (data: unknown) =>
      new Function(
        'event',
        'fieldOf',
        `return [${['user.attributes.plan', 'user.attributes'].map((field) => origins.fields[field])}];`,
      )(data, own);
    expect(found(event)).toEqual(['gold', { billing: { plan: 'gold' }, tier: 'top', groups: ['a'] }]);
    for (const odd of [null, 5, 'x', [], { billing: null }, { billing: { __proto__: { plan: 'x' } } }])
      expect(found({ user: { app_metadata: odd } })[0]).toBeUndefined();
    expect(found({})).toEqual([undefined, undefined]);
  });

  it('takes of linked accounts what is there, whatever the shape', () => {
    const linked = (identities: unknown) =>
      postLoginContext({ user: { identities } }, places).user.identities;
    expect(
      linked([{ provider: 'p', connection: 'c', user_id: '1', profileData: { a: 1 } }, null, 5, []]),
    ).toEqual([
      { provider: 'p', connection: 'c', id: '1', attributes: { a: 1 } },
      ...[1, 2, 3].map(() => ({
        provider: undefined,
        connection: undefined,
        id: undefined,
        attributes: undefined,
      })),
    ]);
    for (const odd of [undefined, null, 'x', {}, 7]) expect(linked(odd)).toBeUndefined();
  });

  it('reaches no prototype', () => {
    const context = postLoginContext(
      { user: { app_metadata: {} }, transaction: { protocol: 'constructor' } },
      { ...places, groupsIn: 'constructor' },
    );
    expect(context.user.groups).toBeUndefined();
    expect(context.request.grant_type).toBeUndefined();
  });

  it('takes of the parameters what is text, the body over the query', () => {
    const request = { query: { a: '1', b: ['2'], c: '3' }, body: { c: '4', d: { e: '5' }, f: 6 } };
    expect(postLoginContext({ request }, places).request.params).toEqual({ a: '1', c: '4' });
  });

  it('dates the login by the session, else by its first method', () => {
    const methods = [
      { timestamp: '2026-11-20T00:01:00.000Z' },
      { timestamp: '2026-11-20T00:00:00.000Z' },
      {},
      7,
    ];
    const event = { authentication: { methods }, session: { authenticated_at: '2026-11-20T00:02:00Z' } };
    expect(postLoginContext(event, places).session.auth_time).toBe(1_795_132_920);
    expect(postLoginContext({ ...event, session: {} }, places).session.auth_time).toBe(1_795_132_800);
    expect(postLoginContext({}, places).session.auth_time).toBeUndefined();
  });

  it('tells of a refresh what its login proves, not what the session has come to since', () => {
    const [before, after] = ['2026-11-20T00:00:00.000Z', '2026-11-20T08:00:00.000Z'];
    const event = {
      authentication: {
        methods: [
          { name: 'pwd', timestamp: before },
          { name: 'mfa', timestamp: after },
        ],
      },
      refresh_token: { created_at: '2026-11-20T00:00:01.000Z' },
      session: { authenticated_at: after },
    };
    const found = postLoginContext(event, places).session;
    expect(found).toMatchObject({ auth_time: 1_795_132_800, amr: ['pwd'] });
    const methods = [{ name: 'pwd', timestamp: after }];
    const later = postLoginContext({ ...event, authentication: { methods } }, places).session;
    expect(later).toMatchObject({ auth_time: undefined, amr: [] });
    const { refresh_token: _, ...login } = event;
    expect(postLoginContext(login, places).session).toMatchObject({
      auth_time: 1_795_161_600,
      amr: ['pwd', 'mfa'],
    });
  });

  it('is of an agent where the client is one, whoever logs in', () => {
    const agent = { agent_id: 'agt_1', name: 'Scheduler', agent_metadata: {} };
    const transaction = { protocol: 'oauth2-token-exchange', actor: { sub: 'mcp' } };
    expect(postLoginContext({ agent, transaction }, places)).toMatchObject({
      subject_type: 'agent',
      actor: { sub: 'mcp' },
    });
    for (const none of [undefined, null, 'agt_1'])
      expect(postLoginContext({ agent: none, transaction }, places).subject_type).toBe('human');
    expect(credentialsExchangeContext({ agent }).subject_type).toBe('agent');
    expect(credentialsExchangeContext({}).subject_type).toBe('machine');
  });

  it('names who has opened the session in the name of the user, where the request names nobody', () => {
    const session = { actor: { sub: 'support' } };
    expect(postLoginContext({ session }, places).actor).toEqual({ sub: 'support' });
    const transaction = { actor: { sub: 'mcp' } };
    expect(postLoginContext({ session, transaction }, places).actor).toEqual({ sub: 'mcp' });
  });
});

describe('the table of supplies', () => {
  /** Dotted paths at which a context holds a value. */
  function filled(context: object, prefix = ''): string[] {
    return Object.entries(context).flatMap(([name, value]) => {
      const path = `${prefix}${name}`;
      const isGroup = prefix === '' ? path !== 'actor' : path === 'request.geo';
      const group = isGroup && typeof value === 'object' && value !== null;
      return group ? filled(value, `${path}.`) : value === undefined ? [] : [path];
    });
  }

  it('says what events of each trigger hold, no more and no less', () => {
    const [person] = fc.sample(personal, { numRuns: 1, seed: 1 });
    const [job] = fc.sample(machine, { numRuns: 1, seed: 1 });
    const found = {
      'post-login': postLoginContext(auth0.simulator.eventFrom(person ?? {}, policy).event, places),
      'credentials-exchange': credentialsExchangeContext(auth0.simulator.eventFrom(job ?? {}, policy).event),
    };
    for (const [trigger, context] of Object.entries(found)) {
      const supplied = auth0.model.supplies
        .filter(({ from }) => Object.hasOwn(from, trigger))
        .map(({ field }) => field);
      expect(filled(context).sort()).toEqual([...supplied].sort());
      for (const field of lacks(trigger).lost) expect(supplied).not.toContain(field);
    }
  });
});

describe('what the caller sends', () => {
  it('a policy never sees credentials among the parameters', () => {
    const body = {
      password: 'x',
      client_secret: 'x',
      client_assertion: 'x',
      refresh_token: 'x',
      subject_token: 'x',
      code: 'x',
      code_verifier: 'x',
      otp: 'x',
      tenant: 'acme',
      postal_code: '10115',
      nested: {},
    };
    expect(texts(body)).toEqual({ tenant: 'acme', postal_code: '10115' });
    expect([texts(null), texts([]), texts('password=x')]).toEqual([{}, {}, {}]);
  });

  it.each([
    ['oidc-basic-profile', undefined, null],
    ['oidc-basic-profile', [], []],
    ['a protocol of tomorrow', [], null],
    ['a protocol of tomorrow', ['pay'], ['pay']],
    ['samlp', undefined, []],
    [['samlp'], undefined, null],
  ])('%s with requested scopes %j tells %j', (protocol, requested_scopes, told) => {
    expect(loginScopes({ transaction: { protocol, requested_scopes } })).toEqual(told);
  });

  it('scopes in a body are cut at any white space', () => {
    const event = {
      transaction: { protocol: 'oauth2-refresh-token' },
      request: { body: { scope: 'a\tb  c\nd' } },
    };
    expect(loginScopes(event)).toEqual(['a', 'b', 'c', 'd']);
  });
});
