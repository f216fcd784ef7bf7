import { describe, expect, it } from 'vitest';
import { answerIn, hookOf, quarantine, requestOf, showing, unavailable } from '../../test/hook-fixtures.ts';
import {
  ada,
  changed,
  codeFlow,
  exchangeFlow,
  implicitFlow,
  machineFlow,
  refreshFlow,
} from '../../test/payloads.ts';
import type { Feeders, HookPolicy } from './index.ts';

interface Found {
  readonly user: Readonly<Record<string, unknown>>;
  readonly client: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly session: Readonly<Record<string, unknown>>;
  readonly org: Readonly<Record<string, unknown>>;
}

/** What a policy's program is given for a request; the whole answer, where it is given nothing. */
async function contextOf(payload: unknown, part: Partial<HookPolicy> = {}): Promise<Found> {
  const response = await hookOf(showing, part).fetch(requestOf(payload));
  const text = await response.text();
  const answer = JSON.parse(text);
  return answer.error ? answer : answer.commands[0].value.at(-1).value;
}

const user = {
  id: '00u1ada',
  username: 'ada@acme.example',
  given_name: 'Ada',
  family_name: 'Approver',
  locale: 'en_US',
  zoneinfo: 'Europe/Berlin',
};

describe('the identity context', () => {
  it('of the authorization code', async () => {
    expect(await contextOf(codeFlow)).toEqual({
      user,
      client: { id: '0oa1web', name: 'Acme Web' },
      request: {
        grant_type: 'authorization_code',
        scopes: ['openid', 'payments.read'],
        audience: 'api://payments',
        ip: '192.0.2.7',
        params: { channel: 'mobile' },
        authorization_details: [],
      },
      session: { id: '102session', auth_time: 1_795_168_500, amr: ['pwd'], idp: '00oidp' },
      subject_type: 'human',
      now: expect.any(Number),
    });
  });

  it('of the implicit flow', async () => {
    expect(await contextOf(implicitFlow)).toMatchObject({ request: { grant_type: 'implicit' }, user });
  });

  it.each(['originalGrant', 'OriginalGrant'] as const)('of a refresh, by %s', async (spelling) => {
    expect(await contextOf(refreshFlow(spelling))).toEqual({
      user,
      client: { id: '0oa1web', name: 'Acme Web' },
      request: {
        grant_type: 'refresh_token',
        scopes: ['openid', 'offline_access'],
        audience: 'api://payments',
        ip: '192.0.2.7',
        params: {},
        authorization_details: [],
      },
      session: { auth_time: 1_795_168_500, amr: ['pwd'], idp: '00oidp' },
      subject_type: 'human',
      now: expect.any(Number),
    });
  });

  it('of a token exchange: about the user, by the service, and without an actor', async () => {
    const expected = {
      user,
      client: { id: '0oa3svc', name: 'Ledger' },
      request: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        scopes: ['payments.read'],
        audience: 'api://payments',
        ip: '192.0.2.7',
        params: {},
        authorization_details: [],
      },
      session: {},
      subject_type: 'human',
      now: expect.any(Number),
    };
    expect(await contextOf(exchangeFlow, { exchange: true })).toEqual(expected);
    // Where no tokens are to be exchanged, it is unreadable who acts.
    expect(await contextOf(exchangeFlow)).toEqual({ ...expected, actor: '' });
    const refreshed = changed(
      refreshFlow('originalGrant'),
      ['data', 'context', 'protocol', 'originalGrant', 'authorization', 'grant_type'],
      'urn:ietf:params:oauth:grant-type:token-exchange',
    );
    expect(await contextOf(refreshed)).toMatchObject({ actor: '' });
    // Nothing that a caller says makes an actor.
    const pretended = [
      changed(exchangeFlow, ['data', 'context', 'actor'], { sub: 'root' }),
      changed(exchangeFlow, ['data', 'context', 'protocol', 'request', 'actor_token'], 'e30.e30.'),
    ];
    for (const payload of pretended) expect(await contextOf(payload, { exchange: true })).toEqual(expected);
    const acting = changed(exchangeFlow, ['data', 'access', 'claims', 'act'], { sub: 'portal' });
    expect(await contextOf(acting)).toEqual({ ...expected, actor: { sub: 'portal' } });
  });

  it('of client credentials', async () => {
    expect(await contextOf(machineFlow)).toEqual({
      user: {},
      client: { id: '0oa2job', name: 'Settlement job' },
      request: {
        grant_type: 'client_credentials',
        scopes: ['settlements.write'],
        audience: 'api://payments',
        ip: '192.0.2.7',
        params: { region: 'eu' },
        authorization_details: [],
      },
      session: {},
      subject_type: 'machine',
      now: expect.any(Number),
    });
  });
});

describe('when the user has logged in', () => {
  const at = (time: string) => Date.parse(time) / 1000;
  const without = changed(
    changed(codeFlow, ['data', 'access', 'claims', 'auth_time'], undefined),
    ['data', 'identity', 'claims', 'auth_time'],
    undefined,
  );
  const withSession = (payload: typeof codeFlow, session: object) =>
    changed(payload, ['data', 'context', 'session'], { userId: '00u1ada', ...session });
  const authTime = async (payload: unknown) => (await contextOf(payload)).session['auth_time'];

  it('say the tokens, whenever the session began: the earlier of two', async () => {
    const renewed = withSession(codeFlow, {
      createdAt: '2026-11-20T09:59:00.000Z',
      lastPasswordVerification: '2026-11-20T09:59:00.000Z',
    });
    expect(await authTime(renewed)).toBe(1_795_168_500);
    expect(await authTime(changed(renewed, ['data', 'identity', 'claims', 'auth_time'], 1_795_168_000))).toBe(
      1_795_168_000,
    );
  });

  it('is the first proof in the session, where the tokens do not say it; its beginning proves nothing', async () => {
    const [early, late] = ['2026-11-20T07:00:00.000Z', '2026-11-20T09:00:00.000Z'];
    const createdAt = '2026-11-20T09:55:00.000Z';
    for (const session of [
      { createdAt, lastPasswordVerification: early, lastFactorVerification: late },
      { createdAt, lastPasswordVerification: late, lastFactorVerification: early },
      { createdAt, lastPasswordVerification: early },
      { createdAt, lastFactorVerification: early, lastPasswordVerification: null },
    ])
      expect(await authTime(withSession(without, session))).toBe(at(early));
    expect(await authTime(withSession(without, { createdAt }))).toBe(undefined);
    const foreign = { userId: '00u2other', lastPasswordVerification: early };
    expect(await authTime(withSession(without, foreign))).toBe(undefined);
  });

  it('is never later than the request, and no time that cannot be', async () => {
    const told = async (time: unknown) =>
      authTime(changed(without, ['data', 'access', 'claims', 'auth_time'], time));
    expect(await told(at('2026-11-20T10:00:30.000Z'))).toBe(at('2026-11-20T10:00:00.000Z'));
    // The session says it then: in 2026, not in seconds that are milliseconds.
    for (const time of [1_795_168_500_000, at('2026-11-20T11:00:00.000Z'), '1795168500', 1.5, null])
      expect(await told(time)).toBe(at('2026-11-20T09:55:00.000Z'));
  });

  it('a refresh is of its log-in: what the session has come to since does not count', async () => {
    const session = {
      id: '102session',
      createdAt: '2026-11-20T09:59:00.000Z',
      lastPasswordVerification: '2026-11-20T09:59:00.000Z',
      amr: ['PASSWORD', 'mfa', 'otp'],
    };
    const refresh = withSession(refreshFlow(), session);
    expect((await contextOf(refresh)).session).toEqual({
      id: '102session',
      auth_time: 1_795_168_500,
      amr: ['pwd'],
      idp: '00oidp',
    });
    const alone = changed(refresh, ['data', 'identity'], undefined);
    expect((await contextOf(alone)).session).toEqual({ id: '102session', auth_time: 1_795_168_500 });
    const silent = changed(alone, ['data', 'access', 'claims', 'auth_time'], undefined);
    expect((await contextOf(silent)).session).toEqual({ id: '102session' });
  });

  it('the methods are those of the ID token, where there is one', async () => {
    const stepped = changed(codeFlow, ['data', 'context', 'session', 'amr'], ['PASSWORD', 'mfa']);
    expect((await contextOf(stepped)).session['amr']).toEqual(['pwd']);
    const alone = changed(stepped, ['data', 'identity'], undefined);
    expect((await contextOf(alone)).session['amr']).toEqual(['pwd', 'mfa']);
  });
});

describe('who the subject is', () => {
  const other = { ...ada, id: '00u2other' };

  it('says the token, where the context has another user: neither profile nor session count', async () => {
    const payload = changed(refreshFlow(), ['data', 'context', 'user'], other);
    expect(await contextOf(payload)).toMatchObject({ user: { id: '00u1ada' }, subject_type: 'human' });
    expect((await contextOf(payload)).user).toEqual({ id: '00u1ada' });
    const session = changed(codeFlow, ['data', 'context', 'session', 'userId'], '00u2other');
    // When and how the subject has logged in, the tokens say.
    expect((await contextOf(session)).session).toEqual({
      auth_time: 1_795_168_500,
      amr: ['pwd'],
      idp: '00oidp',
    });
  });

  it('is nobody, where the tokens of a request are for two', async () => {
    const payload = changed(codeFlow, ['data', 'identity', 'claims', 'sub'], '00u2other');
    expect(await contextOf(payload)).not.toHaveProperty('subject_type');
    expect((await contextOf(payload)).user).toEqual({});
  });

  it('is the user beside a token without an id of its own, where it names them as its subject', async () => {
    const alone = changed(codeFlow, ['data', 'identity'], undefined);
    const named = (sub: unknown) =>
      contextOf(changed(alone, ['data', 'access', 'claims'], { aud: 'api://payments', sub }));
    for (const sub of ['00u1ada', 'ada@acme.example'])
      expect(await named(sub)).toMatchObject({ user: { id: '00u1ada' }, subject_type: 'human' });
    for (const sub of ['eve@acme.example', undefined, 7])
      expect(await named(sub)).not.toHaveProperty('subject_type');
  });

  it('says the ID token, where no access token is asked for', async () => {
    const alone = changed(codeFlow, ['data', 'access'], undefined);
    const response = await hookOf({
      ...showing,
      decide: (context) => ({ ...showing.decide(context, {}), id: showing.decide(context, {}).access }),
    }).fetch(requestOf(changed(alone, ['data', 'context', 'user'], other)));
    const { commands } = await answerIn(response);
    expect(commands).toMatchObject([
      { type: 'com.okta.identity.patch', value: [{ value: { user: { id: '00u1ada' } } }] },
    ]);
    const [{ value }] = commands;
    expect(value[0].value).toHaveProperty('user', { id: '00u1ada' });
    expect(value[0].value).not.toHaveProperty('request.audience');
  });

  it('is not told where a user comes with client credentials, or nobody with another grant', async () => {
    const both = changed(machineFlow, ['data', 'context', 'user'], ada);
    expect(await contextOf(both)).not.toHaveProperty('subject_type');
    const uid = changed(machineFlow, ['data', 'access', 'claims', 'uid'], '00u1ada');
    expect(await contextOf(uid)).not.toHaveProperty('subject_type');
    const neither = changed(
      machineFlow,
      ['data', 'context', 'protocol', 'request', 'grant_type'],
      'password',
    );
    expect(await contextOf(neither)).not.toHaveProperty('subject_type');
    const strange = changed(machineFlow, ['data', 'context', 'user'], {});
    expect(await contextOf(strange)).not.toHaveProperty('subject_type');
  });
});

describe('what is asked for', () => {
  it('is not known where scopes cannot be read', async () => {
    for (const scopes of [undefined, [], 'openid', { openid: { action: 'DENY' } }, { openid: null }]) {
      const { request } = await contextOf(changed(codeFlow, ['data', 'access', 'scopes'], scopes));
      expect(request.scopes).toBeNull();
    }
  });

  it('is for one audience alone', async () => {
    const at = ['data', 'access', 'claims', 'aud'];
    expect((await contextOf(changed(codeFlow, at, ['one']))).request.audience).toBe('one');
    for (const audience of [['one', 'two'], [], 7, undefined, null, {}])
      expect((await contextOf(changed(codeFlow, at, audience))).request).not.toHaveProperty('audience');
  });

  it('is for the audience that the hook gives, under quarantine', async () => {
    const response = await hookOf(showing, { guard: quarantine('api://real') }).fetch(
      requestOf(changed(codeFlow, ['data', 'access', 'claims', 'aud'], 'urn:nobody')),
    );
    const [{ value }] = (await answerIn(response)).commands;
    expect(value[0].value).toHaveProperty('request.audience', 'api://real');
    expect(value[1]).toEqual({ op: 'replace', path: '/claims/aud', value: 'api://real' });
  });

  it.each([
    ['authorize', undefined, 'code', 'authorization_code'],
    ['authorize', undefined, 'code id_token', 'authorization_code'],
    ['authorize', undefined, 'token', 'implicit'],
    ['authorize', undefined, 'none', undefined],
    ['token', undefined, 'code', undefined],
    [
      'token',
      'urn:ietf:params:oauth:grant-type:device_code',
      undefined,
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
  ])('%s, %s, %s is the grant type %s', async (endpoint, stated, type, expected) => {
    const request = ['data', 'context', 'protocol', 'request'];
    const source = changed(codeFlow, ['source'], `https://acme.okta.example/oauth2/default/v1/${endpoint}`);
    const payload = changed(
      changed(source, [...request, 'grant_type'], stated),
      [...request, 'response_type'],
      type,
    );
    expect((await contextOf(payload)).request.grant_type).toBe(expected);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['?a=1&b=%C3%A4+x#c=3', { a: '1', b: 'ä x' }],
    ['?a=1&a=2&b=3', { b: '3' }],
    ['?client_id=x&state=y&code_verifier=z&password=p&client_secret=s&id_token_hint=h&x=1', { x: '1' }],
    ['?__proto__=1&x=', { x: '' }],
    ['?', {}],
    ['', {}],
  ])('parameters of %s', async (query, expected) => {
    const payload = changed(
      codeFlow,
      ['data', 'context', 'request', 'url', 'value'],
      `https://x.example/${query}`,
    );
    expect((await contextOf(payload)).request.params).toEqual(expected);
  });

  it('never takes what a prototype holds', async () => {
    const payload = changed(codeFlow, ['data', 'context', 'protocol', 'client'], 'CLIENT');
    const body = JSON.stringify(payload).replace('"CLIENT"', '{"__proto__":{"id":"inherited"}}');
    expect((await contextOf(body)).client).toEqual({});
  });
});

describe('feeders', () => {
  const feeders: Feeders = {
    proof: 'cs_feeders_1',
    items: [
      { claim: 'cs_email', field: 'user.email', kind: 'value' },
      { claim: 'cs_first', field: 'user.given_name', kind: 'value' },
      { claim: 'cs_a_b', field: 'user.attributes.a.b', kind: 'value' },
      { claim: 'cs_org', field: 'org.id', kind: 'value' },
      { claim: 'cs_groups', field: 'user.groups', kind: 'groups' },
    ],
  };
  const fed = (claims: Readonly<Record<string, unknown>>) =>
    changed(codeFlow, ['data', 'access', 'claims'], { uid: '00u1ada', cs_feeders_1: true, ...claims });

  it('fill the fields that the request lacks, and rule over those that it has', async () => {
    const context = await contextOf(
      fed({
        cs_email: 'ada@acme.example',
        cs_first: 'Adele',
        cs_a_b: 7,
        cs_org: 'o1',
        cs_groups: ['Everyone', 'staff'],
      }),
      { feeders },
    );
    expect(context).toMatchObject({
      user: { email: 'ada@acme.example', given_name: 'Adele', groups: ['staff'], attributes: { 'a.b': 7 } },
      org: { id: 'o1' },
    });
  });

  it('whose proof is not there deny, and that is told', async () => {
    const missing: string[] = [];
    const options = { onMissing: (part: string) => missing.push(part) };
    const hook = hookOf(showing, { feeders }, options);
    expect(await answerIn(await hook.fetch(requestOf(fed({ cs_feeders_1: undefined }))))).toEqual(
      unavailable,
    );
    expect(missing).toEqual(['feeders']);
  });

  it('that are not there have no value, whatever the request says', async () => {
    const context = await contextOf(fed({ cs_org: null }), { feeders });
    expect(context.user).not.toHaveProperty('given_name');
    expect(context.org).toEqual({});
  });

  it.each([[undefined], [[]], [['staff']], ['Everyone'], [{ Everyone: 1 }]])(
    'groups without Everyone are not known: %j',
    async (groups) => {
      const context = await contextOf(fed({ cs_groups: groups }), { feeders });
      expect(context.user).not.toHaveProperty('groups');
    },
  );

  it('lists say that they are there, so that an empty one is not taken for none', async () => {
    const roles = { claim: 'cs_roles', field: 'user.roles', kind: 'list' as const };
    const listFeeders = { proof: 'cs_feeders_1', items: [roles] };
    const found = async (cs_roles: unknown) => {
      const context = await contextOf(fed({ cs_roles }), { feeders: listFeeders });
      return context.user['roles'];
    };
    expect(await found(['', 'a', 'b'])).toEqual(['a', 'b']);
    expect(await found([''])).toEqual([]);
    for (const unsure of [undefined, null, [], ['a'], 'a', { 0: '' }])
      expect(await found(unsure)).toBeUndefined();
  });

  it('are read beside those of another policy version', async () => {
    const both = fed({ cs_feeders_2: true, cs_org_2: 'other', cs_org: 'o1' });
    expect(await contextOf(both, { feeders })).toMatchObject({ org: { id: 'o1' } });
  });

  it.each([undefined, null, false, 'true', 1, [true]])(
    'deny where the proof is %j: what is absent cannot be told from what nobody feeds',
    async (cs_feeders_1) => {
      expect(await contextOf(fed({ cs_feeders_1, cs_org: 'o1' }), { feeders })).toEqual(unavailable);
      expect(await contextOf(fed({ cs_feeders_1, cs_feeders_2: true, cs_org: 'o1' }), { feeders })).toEqual(
        unavailable,
      );
    },
  );

  it('come in an ID token where there is no access token', async () => {
    const payload = changed(
      changed(codeFlow, ['data', 'access'], undefined),
      ['data', 'identity', 'claims'],
      { sub: '00u1ada', cs_feeders_1: true, cs_org: 'o1', cs_feeders_0: true },
    );
    const response = await hookOf(showing, { feeders }).fetch(requestOf(payload));
    expect((await answerIn(response)).commands).toEqual([
      {
        type: 'com.okta.identity.patch',
        value: [
          { op: 'remove', path: '/claims/cs_feeders_1' },
          { op: 'remove', path: '/claims/cs_org' },
          { op: 'remove', path: '/claims/cs_feeders_0' },
        ],
      },
    ]);
  });
});
