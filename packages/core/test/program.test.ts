import type { Answer } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateProgram, generateProgram } from '../src/program/index.ts';
import { decide, needs, policyOf, programOf } from './kit.ts';

describe('a claim', () => {
  const program = programOf(`
claims:
  tenant: { value: org.id, kind: authoritative }
  mail: { value: user.email, kind: descriptive }
  plan: { value: user.attributes.plan, kind: descriptive, onMissing: { default: free } }
  env: { const: { region: eu, tier: 1 }, kind: descriptive, tokens: [access, id] }
user: { attributes: { plan: string } }
`);

  test('is emitted where its value is there', () => {
    const { access, id, denied } = decide(program, {
      org: { id: 'acme' },
      user: { email: 'a@acme.example', attributes: { plan: 'gold' } },
    });
    expect(denied).toBeUndefined();
    expect(access).toEqual({
      tenant: 'acme',
      mail: 'a@acme.example',
      plan: 'gold',
      env: { region: 'eu', tier: 1 },
      policy: `test@${program.revision}`,
    });
    expect(id).toEqual({ env: { region: 'eu', tier: 1 } });
  });

  test.each([
    ['absent', {}],
    ['null', { org: { id: null } }],
    ['of the wrong type', { org: { id: 7 } }],
    ['inherited', { org: Object.create({ id: 'acme' }) }],
    ['in a part that is not an object', { org: 'acme' }],
  ])('denies as declared where its value is %s', (_, raw) => {
    expect(decide(program, raw)).toMatchObject({
      denied: 'enrichment_unavailable',
      access: {},
      id: {},
      outcomes: expect.arrayContaining([expect.objectContaining({ name: 'tenant', outcome: 'denied' })]),
    });
  });

  test('is left out or takes its default as declared', () => {
    const { access, outcomes } = decide(program, {
      org: { id: 'acme' },
      user: { email: 3, attributes: { plan: [] } },
    });
    expect(access).toMatchObject({ plan: 'free' });
    expect(access).not.toHaveProperty('mail');
    expect(outcomes.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'tenant emitted',
      'mail omitted',
      'plan default',
      'env emitted',
    ]);
  });

  test('carries the name it has at the issuer', () => {
    const named = programOf('claims: { roles: { value: user.roles, kind: authoritative, maxItems: 9 } }', {
      roles: 'https://acme.example/roles',
    });
    const { access } = decide(named, { user: { roles: ['a'] } });
    expect(access['https://acme.example/roles']).toEqual(['a']);
    expect(access).not.toHaveProperty('roles');
  });
});

describe('bounds', () => {
  const program = programOf(`
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 2 }
  name: { value: user.name, kind: descriptive, maxBytes: 8 }
`);

  test('hold at the bound', () => {
    const { access } = decide(program, { user: { roles: ['a', 'b'], name: 'äöü' } });
    expect(access).toMatchObject({ roles: ['a', 'b'], name: 'äöü' });
  });

  test('one more is missing, never cut', () => {
    expect(decide(program, { user: { roles: ['a', 'b', 'c'], name: 'x' } })).toMatchObject({
      denied: 'enrichment_unavailable',
      outcomes: [{ name: 'roles', cause: 'max_items' }, {}],
    });
    expect(decide(program, { user: { roles: [], name: 'äöüx' } }).outcomes).toContainEqual({
      kind: 'claim',
      name: 'name',
      outcome: 'omitted',
      cause: 'max_bytes',
    });
  });
});

describe('what is too large is not a value', () => {
  const many = (length: number) => Array.from({ length }, (_, n) => `r${n}`);
  const long = (length: number) => 'é'.repeat(length);
  const entries = (count: number) => Object.fromEntries(many(count).map((key) => [key, 'v']));

  test.each<[what: string, value: string, fits: object, exceeds: object]>([
    ['a list', 'user.roles', { roles: many(5000) }, { roles: many(5001) }],
    ['a text', 'user.name', { name: long(4096) }, { name: long(4097) }],
    ['a text in a list', 'user.roles', { roles: [long(4096)] }, { roles: [long(4097)] }],
    [
      'a map',
      'user.attributes.m',
      { attributes: { m: entries(5000) } },
      { attributes: { m: entries(5001) } },
    ],
    [
      'a key',
      'user.attributes.m',
      { attributes: { m: { [long(4096)]: 'v' } } },
      { attributes: { m: { [long(4097)]: 'v' } } },
    ],
    [
      'a text of unknown type',
      'user.attributes.d',
      { attributes: { d: [{ a: long(4096) }] } },
      { attributes: { d: [{ a: long(4097) }] } },
    ],
    [
      'a list of unknown type',
      'user.attributes.d',
      { attributes: { d: { a: many(5000) } } },
      { attributes: { d: { a: many(5001) } } },
    ],
    ['what is not JSON', 'user.attributes.d', { attributes: { d: [1] } }, { attributes: { d: [() => 1] } }],
  ])('%s', (_what, value, fits, exceeds) => {
    const program = programOf(
      `user: { attributes: { m: map(string), d: dyn } }\nclaims: { c: { value: 'size([${value}])', kind: authoritative } }`,
    );
    expect(decide(program, { user: fits })).toMatchObject({ denied: undefined, access: { c: 1 } });
    expect(decide(program, { user: exceeds })).toMatchObject({
      denied: 'enrichment_unavailable',
      access: {},
    });
  });

  test('beside the keys of a map that the policy names, nothing matters', () => {
    const program = programOf('claims: { c: { value: request.params.tenant, kind: descriptive } }');
    const params = { tenant: 'acme', state: long(9000), nested: { a: 1 }, ...entries(5001) };
    expect(decide(program, { request: { params } }).access).toMatchObject({ c: 'acme' });
    expect(
      decide(program, { request: { params: { ...params, tenant: long(4097) } } }).access,
    ).not.toHaveProperty('c');
  });
});

describe('an issuance that takes too long is denied', () => {
  const many = Array.from({ length: 3000 }, (_, n) => `role ${n}`);
  const slow = 'user.roles.exists(a, user.groups.exists(b, a == b + "x"))';
  const user = { roles: many, groups: many, attributes: {} };
  const spent = { kind: 'deny', name: 'budget', outcome: 'denied', cause: 'steps' };

  test.each([
    ['a claim that may be left out', `claims: { c: { value: '${slow}', kind: descriptive } }`],
    [
      'a claim with a default',
      `claims: { c: { value: '${slow}', kind: descriptive, onMissing: { default: false } } }`,
    ],
    ['a condition', `claims: { c: { const: 1, when: '${slow}', kind: descriptive } }`],
    ['a deny rule', `claims: {}\ndeny: [{ when: '${slow}', reason: no }]`],
    ['a scope', `claims: {}\nscopes: { s: { grant: '${slow}' } }`],
    ['a scope that would be added', `claims: {}\nscopes: { other: { grant: '${slow}', add: true } }`],
    [
      'an authorization detail',
      `claims: {}\nauthorizationDetails: { pay: { fields: {}, grant: '${slow}' } }`,
    ],
    [
      'the parameter of a source',
      `sources: { s: { http: { url: 'https://s.example/{user.roles.filter(a, user.groups.exists(b, a == b + "x")).join("")}' }, returns: { x: string } } }\nclaims: { c: { value: s.x, kind: descriptive } }`,
    ],
  ])('in %s', (_where, body) => {
    const program = programOf(body);
    const raw = {
      user,
      request: { scopes: ['s'], authorization_details: [{ type: 'pay' }] },
      subject_type: 'human',
    };
    const context = program.context(raw);
    expect(program.needs(context, {})).toEqual([]);
    const decision = program.decide(context, {});
    expect(decision).toMatchObject({ denied: 'enrichment_unavailable', access: {}, id: {} });
    expect(decision.scopes).toEqual({ add: [], remove: [] });
    expect(decision.outcomes).toContainEqual(spent);
  });

  test('by what claims come to, whatever other claims are made of', () => {
    const text = 'x'.repeat(4096);
    const empty = `e: { value: 'claims.all.map(r, "")', kind: descriptive }`;
    const all = (name: string) => `${name}: { value: user.roles, kind: descriptive }`;
    const program = programOf(
      `claims:\n  ${[all('all'), empty, ...['a', 'b', 'c', 'd'].map(all)].join('\n  ')}`,
    );
    expect(decide(program, { user: { roles: [text] } }).denied).toBeUndefined();
    expect(decide(program, { user: { roles: Array(300).fill(text) } })).toMatchObject({
      denied: 'enrichment_unavailable',
      access: {},
    });
  });

  test('by what many small parts come to', () => {
    const claims = Array.from(
      { length: 60 },
      (_, n) => `  c${n}: { value: 'user.roles.filter(r, r != "${n}").size()', kind: descriptive }`,
    );
    const program = programOf(`claims:\n${claims.join('\n')}`);
    expect(decide(program, { user: { roles: many.slice(0, 100) } }).denied).toBeUndefined();
    expect(decide(program, { user: { roles: [...many, ...many.slice(0, 2000)] } })).toMatchObject({
      denied: 'enrichment_unavailable',
    });
  });

  test('by a value that is written out many times, however little it takes to make', () => {
    const list = (inner: string) => `[${Array.from({ length: 12 }, () => inner).join(', ')}]`;
    const source = `cel.bind(a, ${list('user.name')}, cel.bind(b, ${list('a')}, cel.bind(c, ${list('b')}, ${list('c')})))`;
    const program = programOf(`claims: { c: { value: '${source}', kind: descriptive } }`);
    expect(decide(program, { user: { name: 'x' } }).denied).toBeUndefined();
    expect(decide(program, { user: { name: 'x'.repeat(4096) } })).toMatchObject({
      denied: 'enrichment_unavailable',
    });
  });

  test.each([
    ['scopes', { request: { scopes: Array.from({ length: 5000 }, (_, n) => `a.${n}`) } }],
    [
      'accounts',
      {
        user: { attributes: { accounts: many } },
        request: { scopes: Array.from({ length: 500 }, (_, n) => `a.${n}`) },
      },
    ],
  ])('by many requested %s', (_what, raw) => {
    const patterns = Array.from(
      { length: 9 },
      (_, n) => `  ${n === 0 ? 'a' : `p${n}`}.{x}: { grant: x in user.attributes.accounts }`,
    );
    const program = programOf(
      `user: { attributes: { accounts: list(string) } }\nclaims: {}\nscopes:\n${patterns.join('\n')}`,
    );
    expect(decide(program, raw)).toMatchObject({ denied: 'enrichment_unavailable' });
    expect(decide(program, { ...raw, request: { scopes: ['a.1'] } }).denied).toBeUndefined();
  });

  test('and one of ordinary size never is', () => {
    const program = programOf(`claims: { c: { value: '${slow}', kind: descriptive } }`);
    const some = many.slice(0, 100);
    expect(decide(program, { user: { roles: some, groups: some } })).toMatchObject({
      denied: undefined,
      access: { c: false },
    });
  });
});

describe('when, audiences and clients', () => {
  const program = programOf(`
claims:
  limit: { value: user.attributes.limit, kind: authoritative, when: '"approve" in request.scopes' }
  only: { value: user.id, kind: descriptive, audiences: [https://api.acme.example/], clients: [web] }
  after: { value: claims.limit + 1.0, kind: descriptive }
user: { attributes: { limit: double } }
`);

  test('a false `when` is not a missing value', () => {
    const { denied, access, outcomes } = decide(program, { user: {}, request: { scopes: [] } });
    expect(denied).toBeUndefined();
    expect(Object.keys(access)).toEqual(['policy']);
    expect(outcomes[0]).toEqual({ kind: 'claim', name: 'limit', outcome: 'skipped' });
  });

  test('a `when` that cannot be evaluated is a missing value', () => {
    expect(decide(program, { user: {}, request: { scopes: 'approve' } })).toMatchObject({
      denied: 'enrichment_unavailable',
      outcomes: expect.arrayContaining([
        { kind: 'claim', name: 'limit', outcome: 'denied', cause: 'no_such_key' },
      ]),
    });
  });

  test('audience and client must both be named', () => {
    const raw = (audience: unknown, id: unknown) => ({
      user: { id: 'u' },
      client: { id },
      request: { audience, scopes: [] },
    });
    expect(decide(program, raw('https://api.acme.example/', 'web')).access).toMatchObject({ only: 'u' });
    for (const [audience, client] of [
      ['https://api.acme.example/', 'other'],
      ['https://other.acme.example/', 'web'],
      [undefined, 'web'],
      [['https://api.acme.example/'], 'web'],
    ]) {
      expect(decide(program, raw(audience, client)).access).not.toHaveProperty('only');
    }
  });

  test('a claim reads what another emits', () => {
    const raw = { user: { attributes: { limit: 4 } }, request: { scopes: ['approve'] } };
    expect(decide(program, raw).access).toMatchObject({ limit: 4, after: 5 });
  });
});

describe('deny rules', () => {
  const program = programOf(`
claims: { id: { value: user.id, kind: descriptive } }
deny:
  - { when: 'user.groups.exists(g, g == "suspended")', reason: account_suspended }
  - { when: 'user.?locale.orValue("") == "xx"', reason: locale_refused }
`);

  test('the first that holds gives its constant reason', () => {
    expect(decide(program, { user: { groups: ['suspended'], locale: 'xx' } }).denied).toBe(
      'account_suspended',
    );
    expect(decide(program, { user: { groups: [], locale: 'xx' } }).denied).toBe('locale_refused');
    expect(decide(program, { user: { id: 'u', groups: [] } }).denied).toBeUndefined();
  });

  test('a rule that cannot be told denies', () => {
    for (const groups of [undefined, null, 'suspended', [1], { 0: 'suspended' }]) {
      expect(decide(program, { user: { id: 'u', groups } })).toMatchObject({
        denied: 'enrichment_unavailable',
        access: {},
      });
    }
  });
});

describe('challenges', () => {
  const body = `
sources:
  risk: { http: { url: "https://risk.example/{user.id}" }, returns: { high: bool } }
  crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string } }
  hr: { http: { url: "https://hr.example/{user.id}" }, returns: { blocked: bool } }
claims: { plan: { value: crm.plan, kind: authoritative } }
challenge:
  - { when: 'risk.high && !("mfa" in session.amr)', with: mfa, reason: risky }
  - { when: '"admin" in user.roles && !("mfa" in session.amr)', with: mfa, reason: for_admins, enroll: true }
`;
  const denying = programOf(`${body}deny:
  - { when: '"suspended" in user.roles', reason: suspended }
  - { when: hr.blocked, reason: blocked }
`);
  const program = programOf(body);
  const raw = (roles: readonly string[], amr: unknown = ['pwd']) => ({
    user: { id: 'u1', roles },
    session: { amr },
  });
  const answers = (high: boolean, blocked = false) => ({
    risk: { value: { high }, ageSeconds: 0 },
    crm: { value: { plan: 'gold' }, ageSeconds: 0 },
    hr: { value: { blocked }, ageSeconds: 0 },
  });

  test('issue nothing while they are due, and say what to ask for', () => {
    expect(decide(program, raw(['admin']), answers(false))).toMatchObject({
      denied: 'for_admins',
      challenge: { with: 'mfa', enroll: true },
      access: {},
      id: {},
    });
    expect(decide(program, raw([]), answers(true))).toMatchObject({
      denied: 'risky',
      challenge: { with: 'mfa', enroll: false },
      access: {},
    });
    const after = decide(program, raw(['admin'], ['pwd', 'mfa']), answers(true));
    expect(after).toMatchObject({ denied: undefined, access: { plan: 'gold' } });
    expect(after.challenge).toBeUndefined();
  });

  test.each([
    ['whose method of login is unknown', raw(['admin'], null), answers(false)],
    ['whose risk is unknown', raw([]), { ...answers(false), risk: { failure: 'timeout' } as const }],
    [
      'whose source has answered garbage',
      raw([]),
      { ...answers(false), risk: { value: { high: 'yes' }, ageSeconds: 0 } },
    ],
  ])('that fail deny a user %s, and ask for nothing', (_, context, known) => {
    const { denied, challenge, access } = decide(program, context, known);
    expect({ denied, challenge, access }).toEqual({
      denied: 'enrichment_unavailable',
      challenge: undefined,
      access: {},
    });
  });

  test('come after all deny rules, also after those that ask a source', () => {
    const asked = (context: object, known: ReturnType<typeof answers>) => {
      const { denied, challenge } = decide(denying, context, known);
      return [denied, challenge?.with];
    };
    expect(asked(raw(['suspended', 'admin']), answers(true))).toEqual(['suspended', undefined]);
    expect(asked(raw(['admin']), answers(true, true))).toEqual(['blocked', undefined]);
    expect(asked(raw(['admin']), answers(true))).toEqual(['for_admins', 'mfa']);
  });

  test('that are due end the questions to all sources but those of deny rules', () => {
    const open = (one: typeof program, context: object) => needs(one, context).map(({ source }) => source);
    expect(open(program, raw([]))).toEqual(['risk', 'crm']);
    expect(open(program, raw(['admin']))).toEqual([]);
    expect(open(denying, raw(['admin']))).toEqual(['hr']);
    expect(open(denying, raw([])).toSorted()).toEqual(['crm', 'hr', 'risk']);
    expect(open(denying, raw(['suspended']))).toEqual([]);
  });

  test('without steps left, nothing is asked for', () => {
    const context = program.context({ subject_type: 'human', ...raw(['admin']) });
    Object.assign(context, { budget: { left: -1 } });
    const { denied, challenge } = program.decide(context, {});
    expect([denied, challenge]).toEqual(['enrichment_unavailable', undefined]);
  });
});

describe('scopes', () => {
  const program = programOf(`
claims: { roles: { value: user.roles, kind: authoritative, maxItems: 9 } }
scopes:
  pay: { grant: '"approver" in claims.roles' }
  extra: { grant: '"vip" in claims.roles', add: true }
  account.{id}.read: { grant: 'id in user.attributes.accounts' }
user: { attributes: { accounts: list(string) } }
`);
  const ask = (roles: string[], scopes: unknown, accounts?: string[]) =>
    decide(program, { user: { roles, attributes: { accounts } }, request: { scopes } });

  test('a requested scope stays only where its grant holds', () => {
    expect(ask(['approver'], ['pay', 'openid']).scopes).toEqual({ add: [], remove: [] });
    expect(ask([], ['pay', 'openid']).scopes).toEqual({ add: [], remove: ['pay'] });
  });

  test('only `add` adds one that was not asked for', () => {
    expect(ask(['vip', 'approver'], []).scopes).toEqual({ add: ['extra'], remove: [] });
  });

  test('a dynamic scope names one object', () => {
    expect(ask([], ['account.a1.read', 'account.zz.read'], ['a1']).scopes.remove).toEqual([
      'account.zz.read',
    ]);
  });

  test.each([
    ['account..read'],
    [`account.${'a'.repeat(129)}.read`],
    ['account.a1.write'],
    ['account.a1'],
    ['pay '],
    ['pay\tother'],
    ['account.a1.read x'],
    [''],
  ])('%j does not bypass a grant', (name) => {
    expect(ask(['approver'], [name, 'openid'], ['a1']).scopes.remove).toEqual([name]);
  });

  test('a grant that fails refuses', () => {
    expect(ask([], ['account.a1.read']).scopes.remove).toEqual(['account.a1.read']);
  });

  test('scopes that cannot be read deny where one could name an object', () => {
    expect(ask([], 'pay').denied).toBe('enrichment_unavailable');
    expect(ask([], null).denied).toBe('enrichment_unavailable');
    expect(ask([], undefined).denied).toBeUndefined();
  });

  test('scopes that cannot be read are taken for asked where all names are known', () => {
    const plain = programOf(`
claims: { roles: { value: user.roles, kind: authoritative, maxItems: 9 } }
scopes: { pay: { grant: '"approver" in claims.roles' }, refund: { grant: '"clerk" in claims.roles' } }
`);
    for (const scopes of [null, 'pay', [1]]) {
      const decision = decide(plain, { user: { roles: ['approver'] }, request: { scopes } });
      expect(decision).toMatchObject({ denied: undefined, scopes: { add: [], remove: ['refund'] } });
    }
  });
});

describe('authorization details', () => {
  const program = programOf(`
claims: { limit: { value: user.attributes.limit, kind: authoritative } }
user: { attributes: { limit: double } }
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= claims.limit }
`);
  const ask = (authorization_details: unknown) =>
    decide(program, { user: { attributes: { limit: 10 } }, request: { authorization_details } }).denied;

  test('what is not granted denies', () => {
    expect(ask([{ type: 'payment', amount: 10 }])).toBeUndefined();
    expect(ask([{ type: 'other' }, { type: 'payment', amount: 11 }])).toBe('authorization_details_refused');
    expect(ask([{ type: 'payment', amount: '1' }])).toBe('authorization_details_refused');
    expect(ask([{ type: 'payment' }])).toBe('authorization_details_refused');
  });

  test('details that cannot be read deny', () => {
    expect(ask('payment')).toBe('enrichment_unavailable');
    expect(ask(undefined)).toBeUndefined();
  });
});

describe('sources', () => {
  const program = programOf(`
sources:
  ent:
    http: { url: 'https://ent.acme.example/u/{user.id}' }
    returns: { plan: string, blocked: bool }
    cache: 1m
  dir:
    http: { url: 'https://dir.acme.example/?u={user.id}&n={request.ip}' }
    returns: { role: string }
claims:
  plan: { value: ent.plan, kind: descriptive, maxAge: 5m }
  open: { value: '!has(ent.blocked)', kind: authoritative, when: user.email != "" }
  role: { value: dir.role, kind: descriptive, when: claims.plan == "gold" }
lifetime: { access: 2m }
`);
  const user = { user: { id: 'a/b', email: 'e' }, request: { ip: '1.2.3.4' } };
  const gold = { value: { plan: 'gold' }, ageSeconds: 0 };

  test('are asked with escaped parameters, once their readers are sure to be emitted', () => {
    const first = needs(program, user);
    expect(first).toEqual([{ source: 'ent', url: 'https://ent.acme.example/u/a%2Fb' }]);
    expect(needs(program, user, { ent: gold })).toEqual([
      { source: 'dir', url: 'https://dir.acme.example/?u=a%2Fb&n=1.2.3.4' },
    ]);
    expect(needs(program, user, { ent: { value: { plan: 'free' }, ageSeconds: 0 } })).toEqual([]);
    expect(needs(program, user, { ent: { failure: 'timeout' } })).toEqual([]);
  });

  test.each([['..'], ['.'], [''], ['\ud800'], [undefined], [7]])(
    'the id %j is never part of an address',
    (id) => {
      expect(needs(program, { user: { ...user.user, id } })).toEqual([]);
      expect(decide(program, { user: { ...user.user, id } })).toMatchObject({
        denied: 'enrichment_unavailable',
        outcomes: expect.arrayContaining([expect.objectContaining({ name: 'open', cause: 'ent:unbound' })]),
      });
    },
  );

  test('a failed source fails every claim that reads it, has() included', () => {
    const { denied, outcomes } = decide(program, user, { ent: { failure: 'timeout' } });
    expect(denied).toBe('enrichment_unavailable');
    expect(outcomes).toMatchObject([
      { name: 'plan', outcome: 'omitted', cause: 'ent:timeout' },
      { name: 'open', outcome: 'denied', cause: 'ent:timeout' },
      { name: 'role', outcome: 'omitted', cause: 'no_such_key' },
    ]);
  });

  test('a failed source fails what reads it, not what is decided without it', () => {
    const lazy = programOf(`
sources: { hr: { http: { url: 'https://hr.acme.example/{user.id}' }, returns: { vip: bool, blocked: bool } } }
claims:
  vip: { value: user.email_verified || hr.vip, kind: authoritative, subjects: [human, machine] }
  mail: { value: 'has(user.email) ? user.email : (hr.vip ? "a" : "b")', kind: descriptive, subjects: [human, machine] }
  lax: { value: 'hr.?vip.orValue(true)', kind: descriptive, subjects: [human, machine] }
  loop: { value: 'user.roles.exists(r, r == "a" || hr.vip)', kind: descriptive, subjects: [human, machine] }
deny: [{ when: subject_type == "human" && hr.blocked, reason: blocked }]
`);
    const machine = { subject_type: 'machine', user: { email_verified: true, email: 'e', roles: ['a'] } };
    expect(decide(lazy, machine)).toMatchObject({
      denied: undefined,
      access: { vip: true, mail: 'e', loop: true },
    });
    expect(decide(lazy, machine).access).not.toHaveProperty('lax');
    const human = { ...machine, subject_type: 'human' };
    expect(decide(lazy, human, { hr: { failure: 'timeout' } })).toMatchObject({
      denied: 'enrichment_unavailable',
      outcomes: [{ kind: 'deny', name: 'blocked', cause: 'hr:timeout' }],
    });
    expect(decide(lazy, { ...machine, user: {} })).toMatchObject({
      denied: 'enrichment_unavailable',
      outcomes: expect.arrayContaining([expect.objectContaining({ name: 'vip', cause: 'hr:unbound' })]),
    });
    expect(decide(lazy, { user: machine.user }).denied).toBe('enrichment_unavailable');
  });

  test.each([[null], ['text'], [[]], [1]])('an answer of %j is malformed', (value) => {
    expect(decide(program, user, { ent: { value, ageSeconds: 0 } }).outcomes).toContainEqual(
      expect.objectContaining({ name: 'open', cause: 'ent:malformed' }),
    );
  });

  test('a value older than maxAge less the token lifetime and the leeway is missing', () => {
    const at = (ageSeconds: number) => decide(program, user, { ent: { ...gold, ageSeconds } }).outcomes[0];
    expect(at(120)).toMatchObject({ outcome: 'emitted' });
    expect(at(121)).toMatchObject({ outcome: 'omitted', cause: 'ent:stale' });
    expect(at(Number.NaN)).toMatchObject({ outcome: 'omitted', cause: 'ent:stale' });
  });

  test('nobody is asked about who is denied anyway', () => {
    const strict = programOf(`
sources: { ent: { http: { url: 'https://ent.acme.example/{user.id}' }, returns: { plan: string } } }
claims: { plan: { value: ent.plan, kind: descriptive } }
deny: [{ when: user.id == "mallory", reason: refused }]
`);
    expect(needs(strict, { user: { id: 'alice' } })).toHaveLength(1);
    expect(needs(strict, { user: { id: 'mallory' } })).toEqual([]);
  });
});

test('lag counts against maxAge, like the time in the cache and the life of the token', () => {
  const program = programOf(`
sources: { ent: { http: { url: 'https://ent.acme.example/' }, returns: { plan: string }, cache: 1m, stale: 1m, lag: 30s } }
claims: { plan: { value: ent.plan, kind: authoritative, maxAge: 6m } }
lifetime: { access: 2m }
`);
  const at = (ageSeconds: number) =>
    decide(program, {}, { ent: { value: { plan: 'gold' }, ageSeconds } }).outcomes[0]?.cause;
  expect([at(150), at(151)]).toEqual([undefined, 'ent:stale']);
});

describe('a program for a host that has the fields elsewhere', () => {
  const policy = policyOf(`
user: { attributes: { limit: double, level: int } }
claims:
  id: { value: user.id, kind: authoritative, when: subject_type == "human" }
  limit: { value: user.attributes.limit, kind: descriptive }
  level: { value: user.attributes.level, kind: descriptive }
  ip: { value: request.ip, kind: descriptive }
  other: { const: 1, kind: descriptive, when: subject_type != "human" }
scopes: { pay: { grant: subject_type == "human" && user.attributes.limit > 1.0 } }
authorizationDetails: { t: { fields: { a: int }, grant: detail.a > 0 } }
`);
  const fields = {
    subject_type: "'human'",
    'user.id': 'event.sub',
    'user.attributes': 'event.profile',
    'user.attributes.level': 'event.level',
    'request.scopes': 'event.scopes',
  };
  const text = generateProgram(policy, { origins: { parameter: 'event', fields } });
  const program = evaluateProgram(text);
  const event = { sub: 'u', profile: { limit: 2, level: 7 }, level: 3, scopes: ['pay'] };

  test('takes the event, and checks what it finds', () => {
    expect(decide(program, event)).toMatchObject({
      denied: undefined,
      access: { id: 'u', limit: 2, level: 3 },
      scopes: { remove: [] },
    });
    expect(decide(program, { ...event, sub: 7 }).denied).toBe('enrichment_unavailable');
    expect(decide(program, { ...event, scopes: null }).scopes.remove).toEqual([]);
    expect(decide(program, { ...event, profile: { limit: '2' } }).scopes.remove).toEqual(['pay']);
  });

  test('has no value where the host has none, and nothing was asked where it cannot say so', () => {
    const { outcomes } = decide(program, { ...event, ip: '1.2.3.4', request: { ip: '1.2.3.4' } });
    expect(outcomes).toContainEqual({ kind: 'claim', name: 'ip', outcome: 'omitted', cause: 'no_such_key' });
    expect(outcomes.filter(({ kind }) => kind === 'detail')).toEqual([]);
  });

  test('does not test what always holds there', () => {
    expect(decide(program, event).outcomes).toContainEqual(
      expect.objectContaining({ name: 'other', outcome: 'skipped' }),
    );
    expect(text).toContain('// id: authoritative, missing: deny; its `when` is always true here');
    expect(text).not.toContain('context.subjectType === undefined');
    expect(generateProgram(policy)).toContain('context.subjectType === undefined');
  });
});

test('names in expressions never meet those of the program', () => {
  const program = programOf(`
user: { attributes: { x: string } }
tables: { t: { a: one } }
claims:
  first: { value: 'user.roles.map(c, tables.t[c] + user.name)', kind: descriptive }
  second: { value: 'user.roles.map(k, k + claims.first[0])', kind: descriptive }
  third: { value: 'user.roles.map(s, user.roles.map(p, s + p + org.id))', kind: descriptive }
  fourth: { value: 'user.roles.map(tables, tables + user.name)', kind: descriptive }
  value_first: { value: 'user.roles.map(policy, user.roles.map(need, policy + need + user.name))', kind: descriptive }
`);
  expect(decide(program, { user: { roles: ['a'], name: 'n' }, org: { id: 'o' } }).access).toMatchObject({
    first: ['onen'],
    second: ['aonen'],
    third: [['aao']],
    fourth: ['an'],
    value_first: [['aan']],
  });
});

/** Not by `String`, which calls a `toString` that JSON may hold. */
function keyOf(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value));
}

test('whatever the context, a program answers with data and names only declared claims', () => {
  const program = programOf(`
sources: { ent: { http: { url: 'https://ent.acme.example/{user.id}' }, returns: { plan: string, tags: list(string) } } }
claims:
  tenant: { value: org.id, kind: authoritative }
  tier: { value: 'org.metadata["tier"]', kind: descriptive }
  roles: { value: 'user.roles.filter(r, r.startsWith("a")).map(r, r.substring(1))', kind: authoritative, maxItems: 3 }
  tags: { value: ent.tags, kind: descriptive }
scopes: { pay: { grant: '"b" in claims.roles' } }
deny: [{ when: 'user.groups.exists(g, g == "x")', reason: refused }]
`);
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, -0, 2 ** 60));
  const text = fc.oneof(fc.constantFrom('acme', 'ab', 'x', '__proto__', 'constructor', '\ud800'), junk);
  const raw = fc.record(
    {
      user: fc.oneof(
        junk,
        fc.record({
          id: text,
          roles: fc.oneof(junk, fc.array(text)),
          groups: fc.oneof(junk, fc.array(text)),
        }),
      ),
      org: fc.oneof(
        junk,
        fc.record({ id: text, metadata: fc.oneof(junk, fc.dictionary(text.map(keyOf), junk)) }),
      ),
      request: fc.oneof(junk, fc.record({ scopes: fc.oneof(junk, fc.array(text)) })),
    },
    { requiredKeys: [] },
  );
  const answers = fc.record(
    {
      ent: fc.oneof(
        fc.record({ value: junk, ageSeconds: fc.nat() }),
        fc.constant({ failure: 'timeout' as const }),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(raw, junk), answers, (context, given) => {
      const before = JSON.stringify(context);
      needs(program, context, given as never);
      const decision = decide(program, context, given as never);
      expect(JSON.stringify(context)).toBe(before);
      const allowed = ['tenant', 'tier', 'roles', 'tags', 'policy'];
      expect(Object.keys(decision.access).filter((name) => !allowed.includes(name))).toEqual([]);
      if (decision.denied !== undefined) expect([decision.access, decision.id]).toEqual([{}, {}]);
      else {
        expect(typeof decision.access['tenant']).toBe('string');
        expect(decision.access['policy']).toBe(`test@${program.revision}`);
      }
      expect(() => JSON.stringify(decision)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});

test('what is not asked makes no difference: the rest is decided as if every source had answered', () => {
  const program = programOf(`
user: { attributes: { n: double, on: bool } }
sources:
  p: { http: { url: 'https://p.acme.example/{user.id}' }, returns: { v: string, b: bool, n: double } }
  q: { sql: { connection: 'sqlite:x', query: 'select 1 where a = :a', params: { a: user.id } }, returns: { v: string, b: bool } }
  r: { dynamodb: { table: t, region: eu-central-1, key: { pk: user.id } }, returns: { v: string, b: bool } }
claims:
  a: { value: p.v, kind: descriptive, when: q.b, audiences: [x] }
  b: { value: 'user.attributes.n * 2.0', kind: descriptive, onMissing: { default: 1.0 } }
  c: { value: q.v, kind: descriptive, when: 'claims.b > 1.0' }
  d: { value: r.v, kind: descriptive, when: 'claims.a == "x"' }
  e: { value: r.b, kind: descriptive, clients: [w] }
scopes:
  s: { grant: 'p.n > 1.0' }
  o.{x}: { grant: 'r.v == x' }
authorizationDetails: { t: { fields: { n: double }, grant: detail.n < p.n } }
deny:
  - { when: user.attributes.on, reason: refused }
  - { when: 'client.id == "v" && p.?b.orValue(false)', reason: closed }
`);
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const word = fc.constantFrom('x', 'y');
  const raw = fc.record({
    subject_type: fc.constantFrom('human', 'human', 'machine'),
    user: fc.record({
      id: fc.constant('u'),
      attributes: fc.record({ n: maybe(fc.constantFrom(0, 1, 2)), on: maybe(fc.boolean()) }),
    }),
    client: fc.record({ id: maybe(fc.constantFrom('w', 'v', 'u')) }),
    request: fc.record({
      audience: maybe(word),
      scopes: fc.constantFrom(undefined, null, [], ['s'], ['o.x'], ['o.y', 's'], ['other']),
      authorization_details: fc.constantFrom(undefined, null, [], [{ type: 't', n: 1 }], [{ type: 'u' }]),
    }),
  });
  const answer: fc.Arbitrary<Answer> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        value: fc.record({ v: maybe(word), b: maybe(fc.boolean()), n: fc.constant(2) }),
        ageSeconds: fc.constant(0),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ failure: 'timeout' as const }) },
  );
  const asked = new Set<string>();
  fc.assert(
    fc.property(raw, fc.record({ p: answer, q: answer, r: answer }), (context, all) => {
      const checked = program.context(context);
      const known: Record<string, Answer> = {};
      for (let open = program.needs(checked, known); open.length > 0; open = program.needs(checked, known)) {
        for (const { source } of open) {
          expect(known).not.toHaveProperty(source);
          known[source] = all[source as 'p' | 'q' | 'r'];
        }
      }
      asked.add(Object.keys(known).sort().join());
      expect(program.decide(checked, known)).toEqual(program.decide(checked, all));
    }),
    { numRuns: 3000 },
  );
  // Every choice of sources has come up.
  expect(asked.size).toBe(8);
});

describe('a policy for some tokens', () => {
  const policy = policyOf(`
claims: { tenant: { value: crm.tenant, kind: authoritative } }
sources: { crm: { http: { url: "https://crm.acme.example/" }, returns: { tenant: string } } }
deny: [{ when: 'true', reason: never }]
`);
  const program = evaluateProgram(
    generateProgram({ ...policy, only: { clients: ['web'], audiences: ['urn:api'] } }),
  );
  const web = { client: { id: 'web' } };
  const at = (raw: object) => decide(program, raw);

  test('decides on them, and leaves others alone without asking a source', () => {
    expect(at({ ...web, request: { audience: 'urn:api' } }).denied).toBe('never');
    for (const raw of [
      { client: { id: 'job' }, request: { audience: 'urn:api' } },
      { ...web, request: { audience: 'urn:other' } },
      { ...web, request: {} },
    ]) {
      expect(at(raw)).toEqual({
        denied: undefined,
        left: true,
        access: {},
        id: {},
        scopes: { add: [], remove: [] },
        lifetimeSeconds: undefined,
        outcomes: [{ kind: 'policy', name: 'applies', outcome: 'skipped', cause: undefined }],
      });
      expect(needs(program, raw)).toEqual([]);
    }
  });

  test('decides on a refresh that does not say what it is for', () => {
    expect(at({ ...web, request: { grant_type: 'refresh_token' } }).denied).toBe('never');
  });

  test.each([undefined, null, 7, '', ['web'], { toString: () => 'web' }])(
    'leaves no token alone whose client is %j',
    (id) => {
      const { denied, left } = at({ client: { id }, request: { audience: 'urn:api' } });
      expect([denied, left]).toEqual(id === '' ? [undefined, true] : ['enrichment_unavailable', undefined]);
    },
  );
});

describe('a grant for all other scopes', () => {
  const program = programOf(`
claims: {}
scopes:
  pay: { grant: 'true' }
  read.{id}: { grant: id == "a" }
  "*": { grant: 'client.id == "admin"' }
`);
  const removed = (id: string, ...scopes: string[]) =>
    decide(program, { client: { id }, request: { scopes } }).scopes.remove;

  test('decides on scopes that the spec does not name, except those of OpenID', () => {
    const asked = [
      'openid',
      'profile',
      'email',
      'address',
      'phone',
      'offline_access',
      'pay',
      'read.a',
      'read.b',
      'x',
      '*',
    ];
    expect(removed('admin', ...asked)).toEqual(['read.b']);
    expect(removed('web', ...asked)).toEqual(['read.b', 'x', '*']);
    for (const name of ['__proto__', 'constructor', 'toString', 'OPENID', 'openid2', 'pay2'])
      expect(removed('web', name)).toEqual([name]);
    expect(removed('admin', 'a b', '')).toEqual(['a b', '']);
  });

  test('refuses if it fails, and denies if the scopes are unknown', () => {
    expect(decide(program, { request: { scopes: ['x'] } }).scopes.remove).toEqual(['x']);
    expect(decide(program, { client: { id: 'admin' }, request: { scopes: 7 } }).denied).toBe(
      'enrichment_unavailable',
    );
  });

  test('asks a source only for such a scope', () => {
    const asking = programOf(`
claims: {}
sources: { crm: { http: { url: "https://crm.acme.example/" }, returns: { ok: bool } } }
scopes: { pay: { grant: 'true' }, "*": { grant: crm.ok } }
`);
    const asks = (...scopes: string[]) => needs(asking, { request: { scopes } }).length;
    expect([asks('openid', 'pay'), asks('openid', 'x')]).toEqual([0, 1]);
  });
});

test('a message stands beside the reason of its rule, and of no other denial', () => {
  const program = programOf(`
claims: { tenant: { value: org.id, kind: authoritative } }
deny:
  - { when: client.id == "a", reason: barred, message: This app is barred. }
  - { when: client.id == "b", reason: other }
`);
  const seen = (raw: object) => {
    const { denied, message } = decide(program, raw);
    return [denied, message];
  };
  expect(seen({ client: { id: 'a' } })).toEqual(['barred', 'This app is barred.']);
  expect(seen({ client: { id: 'b' } })).toEqual(['other', undefined]);
  expect(seen({ client: {} })).toEqual(['enrichment_unavailable', undefined]);
  expect(seen({ client: { id: 'c' } })).toEqual(['enrichment_unavailable', undefined]);
  expect(seen({ client: { id: 'c' }, org: { id: 'o' } })).toEqual([undefined, undefined]);
});
