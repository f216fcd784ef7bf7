import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuery } from './query.ts';

const names = (text: string) => readQuery(text, ['id', 'b']).bound.map(({ name }) => name);
const messages = (text: string) => readQuery(text, ['id', 'b']).problems.map(({ message }) => message);

describe('a query', () => {
  test.each([
    ['select role from user_role where user_id = :id', ['id']],
    ['select :id, :b, :id', ['id', 'b', 'id']],
    ['select a::text, :id::uuid from t', ['id']],
    ["select 'it''s :c', \":c\", `:c` from t where a = :id", ['id']],
    ['select a -- not :b, it is a comment\n from t where a = :id', ['id']],
    ["select /* :b, isn't it */ :id", ['id']],
    ["select $$ :c it's $$ || $t$ :c $$ :c $t$ || :id", ['id']],
    ['select a$b$c, :id', ['id']],
    ["select \"a\" #>> '{x,y}', j -> '$.a', j @> :id from t", ['id']],
    ["select '{\"a\": 1}', '12:30:00', '{a}' from t where b = :b;\n-- over\n;", ['b']],
    ['select 1', []],
  ])('binds what it binds: %s', (text, bound) => {
    expect([messages(text), names(text)]).toEqual([[], bound]);
  });

  test('comes in pieces around its parameters', () => {
    expect(readQuery('a = :id and b = :b', [])).toMatchObject({
      query: ['a = ', ' and b = ', ''],
      bound: [
        { name: 'id', start: 4, end: 7 },
        { name: 'b', start: 16, end: 18 },
      ],
    });
  });

  test.each([
    ['select {user.id}', /^A value in the text/],
    ["select '{user.id}'", /^A value in the text/],
    ["select 'a' || '$" + "{NAME}'", /^A setting would become part/],
    ['select * from $' + '{TABLE}', /^A setting would become part/],
    ["select ':id'", /^In quotes, `:id` is text/],
    ['select $$ it is :b $$', /^In quotes, `:b` is text/],
    ['select 1; select 2', /^A query is one statement/],
    ["select 1;'", /^A query is one statement/],
    ["select 'a\\' or :id'", /^Databases disagree about backslashes/],
    ['select 1 --:id', /^Databases disagree about which part of this is a comment/],
    ['select 1 # :id', /^Databases disagree about which part of this is a comment/],
    ['select /*! :id */ 1', /^Databases disagree about which part of this is a comment/],
    ['select /* a /* b */ :id */ 1', /^Databases disagree about which part of this is a comment/],
    ["select 'open", /^This quote or comment is not closed/],
    ['select /* open', /^This quote or comment is not closed/],
    ['select "open', /^This quote or comment is not closed/],
    ['select $1', /^Some databases read this as a parameter/],
    ['select ?', /^Some databases read this as a parameter/],
    ['select @id', /^Some databases read this as a parameter/],
    ['select @@version', /^Some databases read this as a parameter/],
    ['select $id', /^Some databases read this as a parameter/],
    ['select $$ open', /^Some databases read this as a parameter/],
  ])('is refused: %s', (text, message) => {
    expect(messages(text)[0]).toMatch(message);
  });

  test.each([
    ["  -- what follows\n vacuum into 'a.db'", 'vacuum'],
    ["attach 'a.db' as b", 'attach'],
    ["ATTACH DATABASE 'a.db' AS b", 'ATTACH'],
    ['pragma query_only = off', 'pragma'],
    ['/* a */ (insert into t values (1))', 'insert'],
    ['update t set a = :id', 'update'],
    ['delete from t returning a', 'delete'],
    ['begin', 'begin'],
    ['set default_transaction_read_only = off', 'set'],
    ["copy t to program 'sh'", 'copy'],
    ['do $$ begin end $$', 'do'],
    ['call f(:id)', 'call'],
    ['explain analyze delete from t', 'explain'],
    ["select * into outfile '/tmp/a' from t", 'into'],
    ['select a into b from t', 'into'],
    ['with gone as (delete from t returning a) select a from gone', 'delete'],
    ['with gone as materialized (\nUpdate t set a = 1 returning a) select a from gone', 'Update'],
    ['with a as (select 1) delete from t returning *', 'delete'],
    ['with a as (select 1)/* */delete from t returning *', 'delete'],
    ["select load_extension('a')", 'load_extension'],
    ["select SET_CONFIG ('a', 'b', false)", 'SET_CONFIG'],
    ['"select"', '"'],
    ['2', '2'],
  ])('only asks: %s', (text, what) => {
    const { problems } = readQuery(text, ['id']);
    expect(problems.map(({ message }) => message)).toEqual([
      `A source may only read, but \`${what}\` does more.`,
    ]);
    const [{ start = 0, end = 0 } = {}] = problems;
    expect(text.slice(start, end)).toBe(what);
  });

  test.each([
    'with a as (select 1 as x) select x from a',
    'WITH RECURSIVE n(i) AS (select 1 union all select i + 1 from n where i < 3) select i from n',
    '((select a from t) union (select b from u))',
    'values (1, 2)',
    'table t',
    'select replace(a, :id, :b), insert(a, 1, 1, :b) from t',
    'select a from (t) for update',
    'select "update", `into`, \'delete from t\' from t -- insert into t',
    'select updated, deleted_at, into_stock from t where a = :id',
    ' -- why\n\n select 1;',
  ])('may be %s', (text) => {
    expect(messages(text)).toEqual([]);
  });

  test('loses nothing: pieces and parameters make the text again', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom(
        ':id',
        "'",
        '"',
        '`',
        '--',
        '\n',
        '/*',
        '*/',
        '$$',
        '$a$',
        ';',
        '::',
        ' ',
        '{',
        '}',
        '\\',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        const { query, bound, problems } = readQuery(text, ['id']);
        expect(query.map((piece, i) => piece + (bound[i] ? `:${bound[i].name}` : '')).join('')).toBe(text);
        for (const { start, end } of problems)
          expect(start >= 0 && start < end && end <= text.length).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('is read in linear time, however it ends', () => {
    for (const piece of [
      "'",
      "''",
      '$a$',
      '$a',
      '/*',
      '--',
      '{',
      '"x',
      '`',
      ' ',
      '( ',
      'delete ',
      '(delete ',
    ]) {
      const text = `select ${piece.repeat(16_384 / piece.length)}`;
      // The best of three: a busy machine is slow now and then, the square of the length always.
      const times = [1, 2, 3].map(() => {
        const started = performance.now();
        readQuery(text, ['id']);
        return performance.now() - started;
      });
      expect(Math.min(...times)).toBeLessThan(200);
    }
  });
});
