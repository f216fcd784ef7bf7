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
    ['select {user.id}', /^What is put into the text/],
    ["select '{user.id}'", /^What is put into the text/],
    ["select 'a' || '$" + "{NAME}'", /^A setting would become part/],
    ['select * from $' + '{TABLE}', /^A setting would become part/],
    ["select ':id'", /^In quotes `:id` is text/],
    ['select $$ it is :b $$', /^In quotes `:b` is text/],
    ['select 1; select 2', /^A source asks with one statement/],
    ["select 1;'", /^A source asks with one statement/],
    ["select 'a\\' or :id'", /^Databases disagree about a backslash/],
    ['select 1 --:id', /^Databases disagree about what of this is a comment/],
    ['select 1 # :id', /^Databases disagree about what of this is a comment/],
    ['select /*! :id */ 1', /^Databases disagree about what of this is a comment/],
    ['select /* a /* b */ :id */ 1', /^Databases disagree about what of this is a comment/],
    ["select 'open", /^A quote or a comment that begins here/],
    ['select /* open', /^A quote or a comment that begins here/],
    ['select "open', /^A quote or a comment that begins here/],
    ['select $1', /^A database may take this for a parameter/],
    ['select ?', /^A database may take this for a parameter/],
    ['select @id', /^A database may take this for a parameter/],
    ['select @@version', /^A database may take this for a parameter/],
    ['select $id', /^A database may take this for a parameter/],
    ['select $$ open', /^A database may take this for a parameter/],
  ])('is refused: %s', (text, message) => {
    expect(messages(text)[0]).toMatch(message);
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
    for (const piece of ["'", "''", '$a$', '$a', '/*', '--', '{', '"x', '`']) {
      const text = piece.repeat(16_384 / piece.length);
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
