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
    ['kind: authoritative', '', [/^TE507 7:3 The authoritative claim `v` depends on the source `s`/]],
    ['kind: authoritative, maxAge: 10m', '', []],
    ['kind: authoritative, maxAge: 6m', '', [/^TE502 .* may be 7m old .*cache 1m \+ stale 5m of `s`/]],
    ['kind: descriptive', '', []],
    [
      'kind: descriptive',
      '  w: { value: claims.v, kind: authoritative }',
      [/^TE507 8:3 The authoritative claim `w`/],
    ],
    ['kind: descriptive', '  w: { value: claims.v, kind: authoritative, maxAge: 10m }', []],
    ['kind: descriptive, maxAge: 10m', '  w: { value: claims.v, kind: authoritative }', []],
    ['kind: descriptive', 'scopes: { a: { grant: s.b } }', [/^TE507 8:16 The grant of `a`/]],
    ['kind: descriptive', 'deny: [{ when: s.b, reason: blocked }]', [/^TE507 8:10 The deny rule `blocked`/]],
  ])('grant nothing without a bound: %s %s', (claim, more, expected) => {
    expect(findings(claim, more)).toEqual(expected.map((text) => expect.stringMatching(text)));
  });
});
