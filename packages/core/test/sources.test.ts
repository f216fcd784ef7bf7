import type { Answers } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSpec, decide, needs, policyOf, programOf } from './kit.ts';

const rules = (body: string) =>
  compileSpec(body).findings.map(
    ({ rule, range, message }) => `${rule} ${range?.start.line}:${range?.start.column} ${message}`,
  );

/** Findings of a spec with one source and a claim that reads it. */
const source = (how: string, more = '') =>
  rules(`sources:\n  s:\n    ${how}\n    returns: { v: string }\n${more}claims: {}`);

describe('a source', () => {
  test.each([
    ['timeout: 1s', 'TE013 4:3 The spec does not say how to ask `s`.'],
    [
      'http: { url: "https://s.example/" }\n    sql: { connection: "sqlite:a", query: select 1 }',
      'TE013 4:3 `s` has `http` and `sql`.',
    ],
  ])('has exactly one kind: %s', (how, finding) => {
    expect(source(how)).toEqual([finding]);
  });

  const sql = (rest: string) => source(`sql: { connection: "\${DB}", ${rest} }`);

  test.each([
    ['query: "select 1 where a = :id"', 'TE014 5:60 The parameter `:id` has no value.'],
    ['query: select 1, params: { id: user.id }', 'TE014 5:60 The query does not use the parameter `:id`.'],
    [
      'query: "select :id", params: { id: user.roles }',
      'TE014 5:68 A parameter must be a string, int, double or bool, found list(string).',
    ],
    ['query: "select :id", params: { id: user.nmae }', 'TE004 5:73 `user` has no field `nmae`.'],
    ['query: "select :id", params: { id: claims.a }', 'TE004 5:68 Unknown name `claims`.'],
    ['query: "select \'{user.id}\'"', expect.stringMatching(/^TE410 5:49 A value in/)],
    ['query: select 1; drop table t', expect.stringMatching(/^TE014 5:50 A query is one/)],
  ])('of SQL is checked: %s', (rest, finding) => {
    expect(sql(rest)).toEqual([finding]);
  });

  test.each([
    [
      '"oracle://x"',
      ['TE014 5:25 A connection must begin with sqlite:, postgres:// or mysql://, or be a setting.'],
    ],
    ['"$' + '{A"', ['TE014 5:25 This `${` is not closed.']],
    ['"postgres://u:hunter2@h/d"', [expect.stringMatching(/^TE401 5:12 The password in the connection/)]],
    ['"postgres://h/d?password=hunter2"', [expect.stringMatching(/^TE401 5:12 The password in the/)]],
    ['"postgres://u:$' + '{PASSWORD}@h/d"', []],
    ['"postgres://u@h/d"', []],
    ['"sqlite:data/users.db"', []],
  ])('of SQL holds no password: %s', (connection, findings) => {
    expect(source(`sql: { connection: ${connection}, query: select 1 }`)).toEqual(findings);
  });

  const dynamodb = (rest: string) => source(`dynamodb: { table: users, region: eu-central-1, ${rest} }`);

  test.each([
    ['key: {}', ['TE014 5:58 A primary key has one or two attributes, not 0.']],
    [
      'key: { a: user.id, b: user.id, c: user.id }',
      ['TE014 5:58 A primary key has one or two attributes, not 3.'],
    ],
    [
      'key: { a: user.email_verified }',
      ['TE014 5:63 A parameter must be a string, int or double, found bool.'],
    ],
    [
      'key: { a: user.id }, endpoint: "http://db.example/"',
      [expect.stringMatching(/^TE408 .* is not https/)],
    ],
    ['key: { a: user.id }, endpoint: "http://localhost:8000"', []],
    ['key: { pk: user.id, sk: "1" }', []],
  ])('of DynamoDB is checked: %s', (rest, findings) => {
    expect(dynamodb(rest)).toEqual(findings);
  });

  test('says what settings it needs, whatever its kind', () => {
    const { secrets } = policyOf(`
sources:
  a: { sql: { connection: "postgres://u:\${PASSWORD}@h/d", query: "select 1" }, returns: {} }
  b: { dynamodb: { table: "\${TABLE}", region: "\${REGION}", endpoint: "\${AT}", key: { pk: user.id } }, returns: {} }
claims: {}
`);
    expect(secrets).toEqual(['AT', 'PASSWORD', 'REGION', 'TABLE']);
  });
});

describe('rows', () => {
  const many = (claim: string) => `
sources:
  dir:
    sql: { connection: "\${DB}", query: "select role, deep from t where u = :u", params: { u: user.id }, rows: many }
    returns: { role: string, deep: { n: int } }
claims: { a: { value: '${claim}', kind: descriptive } }
`;

  test('are a list of the declared record', () => {
    const program = programOf(many('dir.rows.filter(r, has(r.role)).map(r, r.role)'));
    const raw = { user: { id: 'u' } };
    expect(needs(program, raw)).toEqual([{ source: 'dir', parameters: { u: 'u' } }]);
    const given = (rows: unknown) =>
      decide(program, raw, { dir: { value: { rows }, ageSeconds: 0 } }).access['a'];
    expect(given([{ role: 'x' }, { role: 7 }, {}, { role: 'y', more: 1 }])).toEqual(['x', 'y']);
    expect(given([])).toEqual([]);
    for (const rows of [undefined, null, {}, [null], [['x']], 'x']) expect(given(rows)).toBeUndefined();
  });

  test('have records inside, and errors of their own', () => {
    const program = programOf(many('dir.rows[0].deep.n + 1'));
    const given = (row: unknown) =>
      decide(program, { user: { id: 'u' } }, { dir: { value: { rows: [row] }, ageSeconds: 0 } }).outcomes[0];
    expect(given({ deep: { n: 1 } })).toMatchObject({ outcome: 'emitted' });
    expect(given({ deep: 1 })).toMatchObject({ outcome: 'omitted', cause: 'no_such_key' });
    expect(rules(many('dir.rows[0].rol'))[0]).toMatch(/^TE004 .*has no field `rol`/);
    expect(rules(many('dir.role'))[0]).toMatch(/^TE004 .*`dir` has no field `role`/);
  });

  test.each(['dir.rows', 'dir.rows[0]', 'dir.rows.filter(r, has(r.role))', '{"a": dir.rows}'])(
    'are not claims: %s',
    (value) => {
      expect(rules(many(value))).toEqual([expect.stringMatching(/^TE302 .* whole row/)]);
    },
  );
});

describe('an answer that is a list', () => {
  const asks = 'http: { url: "https://s.example/{user.id}" }';
  const listed = (claim: string) => `
sources: { s: { ${asks}, returns: [{ role: string, tags: [{ name: 'enum(a, b)' }] }] } }
claims: { c: { value: '${claim}', kind: descriptive, subjects: [human] } }`;
  const raw = { user: { id: 'u' } };
  const claimed = (claim: string, value: unknown) =>
    decide(programOf(listed(claim)), raw, { s: { value, ageSeconds: 0 } }).access['c'];

  test('is read as items, with lists inside', () => {
    expect(claimed('s.items.map(i, i.role)', [{ role: 'x', more: 1 }, { role: 'y' }])).toEqual(['x', 'y']);
    expect(claimed('s.items[0].tags.map(t, t.name)', [{ tags: [{ name: 'a' }, { name: 'b' }] }])).toEqual([
      'a',
      'b',
    ]);
    expect(claimed('s.items[0].tags.map(t, t.name)', [{ tags: [{ name: 'c' }] }])).toBeUndefined();
    expect(claimed('s.items.map(i, i.role)', [])).toEqual([]);
  });

  test.each([[{ items: [{ role: 'x' }] }], [null], ['x'], [[1]], [[[]]], [[null]]])(
    'is a failure or has no value if it is something else: %j',
    (value) => {
      expect(claimed('s.items.map(i, i.role)', value)).toBeUndefined();
    },
  );

  test('is one of several with `each`', () => {
    const program = programOf(`
sources: { s: { each: { it: user.roles }, maxItems: 3, http: { url: "https://s.example/{it}" }, returns: [{ role: string }] } }
claims: { c: { value: 's.answers.flatten().map(i, i.role)', kind: descriptive, subjects: [human] } }`);
    const answers = [[{ role: 'x' }], [], [{ role: 'y' }]];
    const { access } = decide(program, raw, { s: { value: { answers }, ageSeconds: 0 } });
    expect(access['c']).toEqual(['x', 'y']);
  });

  test.each([
    ['sql: { connection: "sqlite:a", query: select 1 as v }', /^TE014 .*rows are records/],
    ['dynamodb: { table: t, region: eu-central-1, key: { pk: user.id } }', /^TE014 .*items are records/],
  ])('comes over HTTP: %s', (how, finding) => {
    expect(rules(`sources: { s: { ${how}, returns: [{ v: string }] } }\nclaims: {}`)).toEqual([
      expect.stringMatching(finding),
    ]);
  });

  test.each(['s.items', 's.items[0]', '{"a": s.items}'])('is not copied whole: %s', (value) => {
    expect(rules(listed(value))).toEqual([expect.stringMatching(/^TE302/)]);
  });
});

describe('parameters', () => {
  const program = programOf(`
user: { attributes: { level: double, on: bool } }
sources:
  one:
    sql:
      connection: sqlite:x
      query: select v from t where a = :a and b = :b and c = :c
      params: { c: user.attributes.on, a: user.id, b: user.attributes.level * 2.0 }
    returns: { v: string }
  item:
    dynamodb: { table: t, region: eu-central-1, key: { pk: user.id, sk: 'size(user.roles)' } }
    returns: { v: string }
claims:
  v: { value: one.v, kind: descriptive }
  w: { value: item.v, kind: authoritative }
`);
  const user = { id: "' or 1=1", attributes: { level: 1.5, on: false }, roles: ['a'] };

  test('are values as they are, in the order of the spec', () => {
    const asked = needs(program, { user });
    expect(asked).toEqual([
      { source: 'one', parameters: { c: false, a: "' or 1=1", b: 3 } },
      { source: 'item', parameters: { pk: "' or 1=1", sk: 1 } },
    ]);
    expect(asked.map((need) => ('parameters' in need ? Object.keys(need.parameters) : []))).toEqual([
      ['c', 'a', 'b'],
      ['pk', 'sk'],
    ]);
  });

  test.each([
    ['is missing', { id: undefined }],
    ['is of another type', { id: 7 }],
    ['is not a number', { attributes: { level: 1e308 * 10, on: true } }],
    ['is beyond all numbers', { attributes: { level: 1e308, on: true } }],
    ['fails', { attributes: undefined }],
  ])('where one %s, the source is not asked and counts as failed', (_, more) => {
    const raw = { user: { ...user, ...more } };
    expect(needs(program, raw).map(({ source }) => source)).not.toContain('one');
    expect(decide(program, raw).outcomes).toContainEqual(
      expect.objectContaining({ name: 'v', outcome: 'omitted', cause: 'one:unbound' }),
    );
  });
});

describe('stale answers', () => {
  const findings = (claim: string, more = '') =>
    rules(`
lifetime: { access: 1m }
sources: { s: { http: { url: "https://s.example/" }, returns: { v: string, b: bool }, cache: 1m, stale: 5m } }
claims:
  v: { value: s.v, ${claim} }
${more}`);

  test.each([
    [
      'kind: authoritative',
      '',
      [/^TE507 5:105 While `s` fails, its answers are used for 5m longer, .* for the claim `v`\.$/],
    ],
    ['kind: authoritative, maxAge: 10m', '', []],
    ['kind: authoritative, maxAge: 6m', '', [/^TE502 .* may be 8m old .*cache 1m \+ stale 5m of `s`/]],
    ['kind: descriptive', '', []],
    [
      'kind: descriptive',
      '  w: { value: claims.v, kind: authoritative }',
      [/^TE507 5:105 .* for the claim `w`\.$/],
    ],
    ['kind: descriptive', '  w: { value: claims.v, kind: authoritative, maxAge: 10m }', []],
    [
      'kind: authoritative',
      '  w: { value: claims.v, kind: authoritative }\ndeny: [{ when: s.b, reason: blocked }]',
      [/ for the claim `v`, the claim `w`, the deny rule `blocked`\.$/],
    ],
    ['kind: descriptive, maxAge: 10m', '  w: { value: claims.v, kind: authoritative }', []],
    ['kind: descriptive', 'scopes: { a: { grant: s.b } }', [/^TE507 5:105 .* for the grant of `a`\.$/]],
    [
      'kind: descriptive',
      'deny: [{ when: s.b, reason: blocked }]',
      [/^TE507 5:105 .* for the deny rule `blocked`\.$/],
    ],
  ])('grant nothing without a bound: %s %s', (claim, more, expected) => {
    const told = findings(claim, more).filter((line) => !line.startsWith('TE203'));
    expect(told).toEqual(expected.map((text) => expect.stringMatching(text)));
  });
});

describe('a body', () => {
  const post = (body: string, more = 'method: POST, ') =>
    source(`http: { url: "https://s.example/", ${more}body: ${body} }`);

  test.each([
    ['{ a: user.nmae }', ['TE004 5:70 `user` has no field `nmae`.']],
    ['{ a: { b: [1, user.nmae] } }', ['TE004 5:79 `user` has no field `nmae`.']],
    ['{ a: user }', ['TE302 5:65 `user` is a whole record; a policy picks single fields.']],
    ['{ a: optional.of(user.id) }', [expect.stringMatching(/^TE010 5:65 A body cannot carry a value of/)]],
    ['{ a: null }', [expect.stringMatching(/^TE003 5:62 .*must be an expression, a number, a truth value/)]],
    ['[1]', [expect.stringMatching(/^TE003 .*must be a mapping of names to expressions/)]],
    ['{ a: "\'$' + '{TOKEN}\'" }', [expect.stringMatching(/^TE019 .* is not filled in/)]],
    ['{ a: user.id, b: [true, -1.5, { c: user.roles }] }', []],
  ])('is checked: %s', (body, findings) => {
    expect(post(body)).toEqual(findings);
  });

  test('belongs to a POST', () => {
    expect(post('{ a: user.id }', '')).toEqual(['TE010 5:40 Only a POST has a body.']);
  });

  const program = programOf(`
sources:
  s:
    http:
      url: https://s.example/
      method: POST
      body: { query: '"{ a }"', deep: [true, -1.5, { id: user.id, roles: user.roles }] }
    returns: { v: string }
claims: { a: { value: s.v, kind: descriptive } }
`);

  test('carries every text as one value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'binary' })), (id, roles) => {
        const [need] = needs(program, { user: { id, roles } });
        const { body, ...rest } = Object(need);
        expect(rest).toEqual({ source: 's', url: 'https://s.example/' });
        expect(JSON.parse(body)).toEqual({ query: '{ a }', deep: [true, -1.5, { id, roles }] });
      }),
    );
  });

  test.each([
    { roles: [] },
    { id: null, roles: [] },
    { id: 'u', roles: ['\ud800'] },
    { id: '\udc00', roles: [] },
  ])('is not sent without its values: %j', (user) => {
    expect(needs(program, { user })).toEqual([]);
  });
});

describe('a source that is asked with the answer of another', () => {
  const chain = `
sources:
  entitlements:
    http: { url: "https://e.example/{org.tier}/{org.id}" }
    returns: { plan: string }
  org:
    http: { url: "https://o.example/", method: POST, body: { id: profile.org_id } }
    returns: { id: string, tier: string }
  profile:
    http: { url: "https://p.example/{user.id}" }
    returns: { org_id: string }
claims:
  plan: { value: entitlements.plan, kind: descriptive, when: 'client.id == "web"' }
`;
  const program = programOf(chain.replaceAll('org:', 'company:').replaceAll('org.', 'company.'));
  const raw = { user: { id: 'u' }, client: { id: 'web' } };
  const profile = { value: { org_id: 'o' }, ageSeconds: 0 };
  const company = { value: { id: 'o', tier: 't' }, ageSeconds: 0 };
  const cause = (answers: Answers) => decide(program, raw, answers).outcomes[0]?.cause;

  test('is asked after it, each only where its answer is used', () => {
    expect(needs(program, raw)).toEqual([{ source: 'profile', url: 'https://p.example/u' }]);
    expect(needs(program, raw, { profile })).toEqual([
      { source: 'company', url: 'https://o.example/', body: '{"id":"o"}' },
    ]);
    expect(needs(program, raw, { profile, company })).toEqual([
      { source: 'entitlements', url: 'https://e.example/t/o' },
    ]);
    const entitlements = { value: { plan: 'gold' }, ageSeconds: 0 };
    const all = { profile, company, entitlements };
    expect(needs(program, raw, all)).toEqual([]);
    expect(decide(program, raw, all).access).toMatchObject({ plan: 'gold' });
    expect(needs(program, { ...raw, client: { id: 'other' } })).toEqual([]);
  });

  test('is not asked where it failed, and says why', () => {
    const failed = { profile: { failure: 'timeout' } } as const;
    expect(needs(program, raw, failed)).toEqual([]);
    expect(cause(failed)).toBe('entitlements:unbound:company:unbound:profile:timeout');
    const late = { profile, company: { failure: 'status' } } as const;
    expect(needs(program, raw, late)).toEqual([]);
    expect(cause(late)).toBe('entitlements:unbound:company:status');
  });

  test.each([null, undefined, '', '..', '.', 7, ['o'], { id: 'o' }, '\ud800'])(
    'is not asked where a part of an address is %j',
    (tier) => {
      const odd = { ...company, value: { id: 'o', tier } };
      expect(needs(program, raw, { profile, company: odd })).toEqual([]);
      expect(cause({ profile, company: odd })).toBe('entitlements:unbound');
    },
  );

  test.each([
    '../../admin',
    '//evil.example/',
    'evil.example@',
    'a?b#c',
    'a\r\nb',
    '__proto__',
    '$' + '{TOKEN}',
  ])('escapes %j in an address', (tier) => {
    const [need] = needs(program, raw, { profile, company: { ...company, value: { id: 'o', tier } } });
    const { url } = Object(need);
    expect(url).toBe(`https://e.example/${encodeURIComponent(tier)}/o`);
    expect(new URL(url).origin).toBe('https://e.example');
  });

  const http = (path: string) => `{ http: { url: "https://s.example/${path}" }, returns: { v: string } }`;
  test.each([
    [{ a: '{a.v}' }, 'TE005 4:3 The source `a` is asked with its own answer.'],
    [
      { a: '{b.v}', b: '{c.v}', c: '{a.v}', d: '{a.v}' },
      "TE005 4:3 Sources are asked with each other's answers in a cycle: a → b → c → a.",
    ],
  ])('does not come before itself: %j', (sources, finding) => {
    const texts = Object.entries(sources).map(([name, path]) => `  ${name}: ${http(path)}\n`);
    const claims = 'claims: { x: { value: a.v, kind: descriptive, maxAge: 1m } }';
    expect(rules(`sources:\n${texts.join('')}${claims}`)).toEqual([finding]);
  });

  test('is as old as the oldest of them', () => {
    const spec = (more: string) => `
sources:
  p: { http: { url: "https://p.example/{user.id}" }, returns: { v: string }, ${more} }
  q: { http: { url: "https://q.example/{p.v}" }, returns: { v: string } }
claims: { x: { value: q.v, kind: descriptive, maxAge: 10m } }`;
    expect(rules(spec('cache: 11m'))).toEqual([expect.stringMatching(/^TE502 .*`p`/)]);
    const [p, q] = [
      { value: { v: 'v' }, ageSeconds: 541 },
      { value: { v: 'w' }, ageSeconds: 0 },
    ];
    const aged = programOf(spec('cache: 1m'));
    expect(decide(aged, raw, { p, q }).outcomes[0]).toMatchObject({ outcome: 'omitted', cause: 'p:stale' });
    const young = { ...p, ageSeconds: 540 };
    expect(decide(aged, raw, { p: young, q }).access).toMatchObject({ x: 'w' });
  });

  test('its condition has an age, too', () => {
    const program = programOf(`
sources: { p: { http: { url: "https://p.example/" }, returns: { vip: bool } } }
claims: { x: { const: true, when: p.vip, kind: authoritative, maxAge: 10m } }`);
    const p = (vip: boolean, ageSeconds: number) => ({ p: { value: { vip }, ageSeconds } });
    expect(decide(program, raw, p(true, 540)).access).toMatchObject({ x: true });
    expect(decide(program, raw, p(true, 541)).denied).toBe('enrichment_unavailable');
    expect(decide(program, raw, p(false, 541)).denied).toBeUndefined();
  });

  test('waits for what the first part of another claim decides', () => {
    const program = programOf(`
sources:
  gate: { http: { url: "https://g.example/" }, returns: { open: bool } }
  p: { http: { url: "https://p.example/{user.id}" }, returns: { v: string } }
  q: { http: { url: "https://q.example/{p.v}" }, returns: { v: string } }
claims:
  open: { value: gate.open, kind: descriptive }
  x: { value: q.v, kind: descriptive, when: claims.open }`);
    const gate = (open: boolean) => ({ value: { open }, ageSeconds: 0 });
    const asked = (answers: Answers) => needs(program, raw, answers).map(({ source }) => source);
    expect(asked({})).toEqual(['gate']);
    expect(asked({ gate: gate(false) })).toEqual([]);
    expect(asked({ gate: gate(true) })).toEqual(['p']);
    const p = { value: { v: 'v' }, ageSeconds: 0 };
    expect(asked({ gate: gate(true), p })).toEqual(['q']);
  });
});

describe('a client of an authorization server', () => {
  const whole = {
    tokenUrl: '"https://login.example/token"',
    clientId: 'id',
    clientSecret: '"$' + '{SECRET}"',
  };
  const oauth2 = (parts: object, more = '') => {
    const text = Object.entries({ ...whole, ...parts }).map(([name, value]) => `${name}: ${value}`);
    return source(`http: { url: "https://s.example/", auth: { oauth2: { ${text.join(', ')} } }${more} }`);
  };

  test.each([
    [{}, '', []],
    [{ scope: '"a b"', audience: '"urn:x"', credentialsIn: 'body' }, '', []],
    [{ tokenUrl: '"$' + '{LOGIN}/token"' }, '', []],
    [
      { tokenUrl: '"http://login.example/token"' },
      '',
      [/^TE408 5:\d+ The token address of `s` is not https/],
    ],
    [{ tokenUrl: '"https://a:b@login.example/"' }, '', [/^TE408 .* token address of `s` holds credentials/]],
    [{ tokenUrl: '"https://{org.id}.example/token"' }, '', [/^TE409 .* who gets the client secret/]],
    [{ tokenUrl: '"https://login.example/{user.id}"' }, '', [/^TE409 .* who gets the client secret/]],
    [{ tokenUrl: '"not an address"' }, '', [/^TE003 .*tokenUrl/]],
    [{ tokenUrl: '"login.example"' }, '', [/^TE010 .* not a valid URL/]],
    [
      { clientSecret: 'hunter2hunter2' },
      '',
      [/^TE401 .* The client secret looks like a secret in plain text/],
    ],
    [{ clientSecret: '"$' + '{AWS_SECRET_ACCESS_KEY}"' }, '', [/^TE411 /]],
    [{ clientId: '"$' + '{A"' }, '', [/^TE010 .* is not closed/]],
    [{}, ', headers: { Authorization: "Bearer $' + '{X}" }', [/^TE010 .* which the spec sets too/]],
  ])('is checked: %j%s', (parts, more, findings) => {
    expect(oauth2(parts, more)).toEqual(findings.map((finding) => expect.stringMatching(finding)));
  });

  test('needs its settings where it is deployed', () => {
    const { secrets } = policyOf(`
sources:
  s:
    http:
      url: https://s.example/
      auth: { oauth2: { tokenUrl: "\${URL}/t", clientId: "\${ID}", clientSecret: "\${SECRET}", scope: "\${SCOPE}" } }
    returns: {}
claims: {}
`);
    expect(secrets).toEqual(['ID', 'SCOPE', 'SECRET', 'URL']);
  });
});

describe('a signature for AWS', () => {
  const whole = 'region: eu-central-1, service: execute-api';

  test.each([
    [`aws: { ${whole} }`, '', []],
    ['aws: { region: "$' + '{REGION}", service: lambda }', '', []],
    ['aws: { region: eu-central-1 }', '', [/^TE003 .*service/]],
    ['aws: { region: "eu central", service: lambda }', '', [/^TE003 .*region/]],
    [`aws: { ${whole} }`, ', headers: { authorization: "$' + '{X}" }', [/^TE010 .* which the spec sets too/]],
    ['', '', [/^TE003 .* must be either `oauth2` or `aws`/]],
    [
      `aws: { ${whole} }, oauth2: { tokenUrl: "https://l.example/", clientId: i, clientSecret: "$\{S}" }`,
      '',
      [/^TE003 .* must be either `oauth2` or `aws`/],
    ],
  ])('is checked: %s%s', (auth, more, findings) => {
    const found = source(`http: { url: "https://s.example/", auth: { ${auth} }${more} }`);
    expect(found).toEqual(findings.map((finding) => expect.stringMatching(finding)));
  });

  test('needs its settings where it is deployed', () => {
    const { secrets } = policyOf(`
sources:
  s: { http: { url: https://s.example/, auth: { aws: { region: "\${REGION}", service: lambda } } }, returns: {} }
claims: {}
`);
    expect(secrets).toEqual(['REGION']);
  });
});

describe('a source with a condition', () => {
  const spec = `
user: { attributes: { vip: bool } }
sources:
  gate: { http: { url: "https://g.example/{client.id}" }, returns: { open: bool } }
  p: { http: { url: "https://p.example/{user.id}" }, returns: { v: string } }
  q: { http: { url: "https://q.example/{p.v}" }, when: gate.open && user.attributes.vip, returns: { v: string } }
claims:
  x: { value: q.v, kind: descriptive }
  y: { value: 'has(q.v) ? q.v : "none"', kind: descriptive }`;
  const program = programOf(spec);
  const raw = (vip: unknown) => ({ user: { id: 'u', attributes: { vip } }, client: { id: 'c' } });
  const said = (value: object) => ({ value, ageSeconds: 0 });
  const asked = (vip: unknown, answers: Answers) =>
    needs(program, raw(vip), answers).map(({ source }) => source);
  const outcomes = (vip: unknown, answers: Answers) => {
    const {
      access,
      outcomes: [x],
    } = decide(program, raw(vip), answers);
    return [x?.outcome, x?.cause, access['y']];
  };

  test('is asked only where it is true, and so are the sources that only it needs', () => {
    expect(asked(true, {})).toEqual(['gate']);
    const gate = said({ open: true });
    expect(asked(true, { gate })).toEqual(['p']);
    expect(asked(true, { gate, p: said({ v: 'v' }) })).toEqual(['q']);
    expect(asked(false, { gate })).toEqual([]);
    expect(asked(true, { gate: said({ open: false }) })).toEqual([]);
  });

  test('has fields without a value where it is false', () => {
    expect(outcomes(false, { gate: said({ open: true }) })).toEqual(['omitted', 'no_such_key', 'none']);
  });

  test('has failed where that is not known', () => {
    const gate = { failure: 'timeout' } as const;
    expect(asked(true, { gate })).toEqual([]);
    expect(outcomes(true, { gate })).toEqual(['omitted', 'q:unbound:gate:timeout', undefined]);
    expect(outcomes(undefined, { gate: said({ open: true }) })).toEqual(['omitted', 'q:unbound', undefined]);
    expect(outcomes('yes', { gate: said({ open: true }) })).toEqual(['omitted', 'q:unbound', undefined]);
  });

  test('is checked', () => {
    const conditional = (when: string) => source(`http: { url: "https://s.example/" }\n    when: ${when}`);
    expect(conditional('user.id')).toEqual(['TE004 6:11 Expected an expression of type bool, found string.']);
    expect(conditional('s.v == "x"')).toEqual(['TE005 4:3 The source `s` is asked with its own answer.']);
    expect(conditional('client.id == "web"')).toEqual([]);
  });
});

describe('a source that is asked for each element', () => {
  const spec = `
user: { attributes: { teams: list(string) } }
sources:
  team:
    each: { id: user.attributes.teams }
    maxItems: 3
    http: { url: "https://t.example/{id}/{client.id}", method: POST, body: { id: 'id + "!"' } }
    returns: { role: string }
claims:
  roles: { value: 'team.answers.map(t, t.role)', kind: descriptive }`;
  const program = programOf(spec);
  const raw = (teams: unknown) => ({ user: { attributes: { teams } }, client: { id: 'c' } });
  const cause = (teams: unknown, answers: Answers = {}) =>
    decide(program, raw(teams), answers).outcomes[0]?.cause;

  test('has a question for each, in order', () => {
    expect(needs(program, raw(['b', 'a']))).toEqual([
      {
        source: 'team',
        each: [
          { source: 'team', url: 'https://t.example/b/c', body: '{"id":"b!"}' },
          { source: 'team', url: 'https://t.example/a/c', body: '{"id":"a!"}' },
        ],
      },
    ]);
    expect(needs(program, raw([]))).toEqual([{ source: 'team', each: [] }]);
    const team = { value: { answers: [{ role: 'x' }, { role: 'y' }] }, ageSeconds: 0 };
    expect(decide(program, raw(['b', 'a']), { team }).access).toMatchObject({ roles: ['x', 'y'] });
  });

  test('is not asked for too many, or for one that makes no question', () => {
    expect(needs(program, raw(['a', 'b', 'c', 'd']))).toEqual([]);
    expect(cause(['a', 'b', 'c', 'd'])).toBe('team:max_items');
    for (const teams of [['a', '..'], ['a', ''], undefined, 'a', [1], ['a', '\ud800']]) {
      expect(needs(program, raw(teams))).toEqual([]);
      expect(cause(teams)).toBe('team:unbound');
    }
  });

  test.each([[undefined], [null], [[null]], [[{ role: 'x' }, 7]], [{}]])('has failed with %j', (answers) => {
    const { access } = decide(program, raw(['a']), { team: { value: { answers }, ageSeconds: 0 } });
    expect(access).not.toHaveProperty('roles');
  });

  const each = (parts: string) =>
    source(`http: { url: "https://s.example/${parts.startsWith('max') ? '' : '{x}'}" }\n    ${parts}`);
  test.each([
    ['each: { x: user.roles }\n    maxItems: 10', []],
    ['each: { x: user.roles }', [/^TE014 6:5 The list of `each` has no bound/]],
    ['each: { x: user.roles }\n    maxItems: 11', [/^TE003 .*maxItems/]],
    [
      'each: { x: user.roles, y: user.groups }\n    maxItems: 1',
      [/^TE014 6:5 `each` has one name and one list/],
    ],
    ['each: {}\n    maxItems: 1', [/^TE014 6:5 `each` has one name and one list/]],
    ['each: { x: user.id }\n    maxItems: 1', [/^TE014 6:5 `each` needs a list .* this is string/]],
    ['each: { user: user.roles }\n    maxItems: 1', [/^TE008 6:5 Expressions already have `user`/]],
    ['each: { s: user.roles }\n    maxItems: 1', [/^TE008 6:5 Expressions already have `s`/]],
    ['each: { x: user.rolls }\n    maxItems: 1', [/^TE004 /]],
    ['maxItems: 1', [/^TE014 6:5 `maxItems` has no effect without `each`/]],
  ])('is checked: %s', (parts, findings) => {
    const found = each(parts);
    expect(found).toEqual(findings.map((finding) => expect.stringMatching(finding)));
  });
});

test('a claim whose condition reads a source asks it only for its subjects', () => {
  const program = programOf(`
sources: { crm: { http: { url: "https://crm.example/{client.id}" }, returns: { open: bool } } }
claims:
  a: { const: 1, when: crm.open, kind: authoritative, subjects: [machine] }
  b: { const: 1, when: 'client.id == "b" && crm.open', kind: authoritative }`);
  const of = (subject_type: string, id: string) => ({ subject_type, user: { id: 'u1' }, client: { id } });
  expect(needs(program, of('human', 'a'))).toEqual([]);
  expect(needs(program, of('machine', 'a'))).toHaveLength(1);
  expect(needs(program, of('human', 'b'))).toHaveLength(1);
  const down = { crm: { failure: 'timeout' } } as const;
  expect(decide(program, of('human', 'a'), down).denied).toBeUndefined();
  expect(decide(program, of('machine', 'a'), down).denied).toBe('enrichment_unavailable');
});

describe('a condition in front of a source', () => {
  const rule = (when: string) =>
    programOf(`
sources: { crm: { http: { url: "https://crm.example/{user.id}" }, returns: { open: bool, rows: list(string) } } }
claims: {}
deny: [{ when: '${when}', reason: closed }]`);
  const of = (client: string) => ({ user: { id: 'u1' }, client: { id: client } });
  const down = { crm: { failure: 'timeout' } } as const;

  // Nothing after `crm.` fails if the source answers; that the source may be down counts all the same.
  test.each([
    'client.id == "a" && !crm.?open.orValue(false)',
    '!crm.?open.orValue(false) && client.id == "a"',
    'client.id == "a" && !has(crm.open)',
    'client.id == "a" && crm.?rows.orValue([]).size() == 0',
    'client.id == "a" && !crm[?"open"].orValue(false)',
    'client.id == "a" ? !crm.?open.orValue(false) : false',
  ])('decides whether it is asked, and whether its failure counts: %s', (when) => {
    const program = rule(when);
    expect(needs(program, of('b'))).toEqual([]);
    expect(decide(program, of('b'), down).denied).toBeUndefined();
    expect(needs(program, of('a'))).toHaveLength(1);
    expect(decide(program, of('a'), down).denied).toBe('enrichment_unavailable');
    expect(decide(program, of('a'), { crm: { value: {}, ageSeconds: 0 } }).denied).toBe('closed');
  });
});
