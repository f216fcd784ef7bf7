import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DEPTH, MAX_NODES, MAX_SOURCE_LENGTH, parse } from './index.ts';

/** The first problem as `code: message [text it points at]`, with the help if there is any. */
function firstProblem(source: string): string {
  const [problem] = parse(source).problems;
  if (problem === undefined) return 'none';
  const { code, message, range, help } = problem;
  return `${code}: ${message} [${source.slice(range.start, range.end)}]${help === undefined ? '' : ` ${help}`}`;
}

describe('syntax problems', () => {
  it.each([
    ['', 'syntax: the expression ends here, expected a value []'],
    ['a +', 'syntax: the expression ends here, expected a value []'],
    ['a b', 'syntax: unexpected `b` [b]'],
    ['a = b', 'syntax: unexpected `=` [=] write == or !='],
    ['a !== b', 'syntax: unexpected `=` [=] write == or !='],
    ['a.filter(x => x)', 'syntax: unexpected `=` [=] write filter(x, x > 1), without an arrow'],
    ['a and b', 'syntax: unexpected `and` [and] write &&'],
    ['a?.b == c', 'syntax: unexpected `?.` [?.] write .? for a field that may be missing'],
    ['a & b', 'syntax: unexpected `&` [&] write &&'],
    ['a | b', 'syntax: unexpected `|` [|] write ||'],
    ['(a', 'syntax: the expression ends here, expected `)` []'],
    ['[a, b', 'syntax: the expression ends here, expected `]` []'],
    ['{"a" 1}', 'syntax: unexpected `1`, expected `:` [1]'],
    ['f(a,)', 'syntax: unexpected `)`, expected an argument [)]'],
    ['a ? b', 'syntax: the expression ends here, expected `:` []'],
    ['a.1', 'syntax: unexpected `.1` [.1]'],
    ['a.', 'syntax: the expression ends here, expected a field or function name []'],
    ['a.true', 'syntax: unexpected `true`, expected a field or function name [true]'],
    ['"open', 'syntax: string is not closed ["open]'],
    ['"line\nbreak"', 'syntax: string is not closed on its line ["line] use """ for several lines'],
    ['"\\q"', 'syntax: unknown escape [\\q] write \\\\ for a backslash'],
    ['"\\u12"', 'syntax: \\u takes 4 hexadecimal digits [\\u12"]'],
    ['"\\ud800"', 'syntax: not a Unicode character [\\ud800]'],
    ['"\\U00110000"', 'syntax: not a Unicode character [\\U00110000]'],
    ['1x', 'syntax: unexpected `x` after a number [x]'],
    ['while', 'syntax: `while` is a reserved word [while]'],
    ['a.`b', 'syntax: unexpected ``` [`] close the name with `'],
    ['\u0000', 'syntax: unexpected character U+0000 [\u0000]'],
    ['has(a)', 'syntax: has takes a field, such as has(a.b) [a]'],
    ['has(a["b"])', 'syntax: has takes a field, such as has(a.b) [a["b"]]'],
    ['has(a.b, c)', 'syntax: has takes one field, such as has(a.b) [has]'],
    ['a.all(x)', 'syntax: all takes a variable and a condition [all] write all(x, …), with x for an item'],
    [
      'a.map(x, y, z, w)',
      'syntax: map takes a variable, an optional condition and an expression [map] write map(x, …), with x for an item',
    ],
    ['not a', 'syntax: unexpected `a` [a] write !'],
    ['if a then b', 'syntax: `if` is a reserved word [if] write condition ? a : b'],
    ['a ?: "b"', 'syntax: unexpected `:` [:] write has(a.b) ? a.b : "…", or a.?b.orValue("…")'],
    ['a ?? "b"', 'syntax: unexpected `?` [?] write has(a.b) ? a.b : "…", or a.?b.orValue("…")'],
    ['${a}', 'syntax: unexpected `$` [$] write the name alone, without ${ }'],
    ['a == “b”', 'syntax: unexpected `“` [“] write straight quotes'],
    ['f(@a)', 'syntax: unexpected `@` [@] put text in quotes'],
    [
      'a.filter(1, true)',
      'syntax: filter: the first argument is a variable name [1] write a plain name such as x',
    ],
    ['cel.bind(x, 1)', 'syntax: bind takes a variable, its value and an expression [bind]'],
    ['a.optMap(x)', 'syntax: optMap takes a variable and an expression [optMap]'],
  ])('%j', (source, expected) => {
    expect(firstProblem(source)).toBe(expected);
  });
});

describe('CEL outside the JSON profile', () => {
  it.each([
    ['1u', 'unsupported: unsigned numbers are not part of JSON [1u] write 1'],
    ['b"x"', 'unsupported: bytes are not part of JSON [b"] use a string'],
    ['a.B{c: 1}', 'unsupported: messages are not part of JSON [{] write a map such as {"a": 1}'],
    [
      '9007199254740992',
      'unsupported: integer beyond 2^53 - 1, which JSON cannot carry exactly [9007199254740992] use a string',
    ],
    ['1e999', 'unsupported: number too large [1e999]'],
  ])('%s', (source, expected) => {
    expect(firstProblem(source)).toBe(expected);
  });
});

describe('what parses', () => {
  it.each([
    '.99 > 1.e',
    '9007199254740991',
    '-9007199254740991',
    '0xFF',
    '1e3',
    '[1, 2,]',
    '{"a": 1,}',
    'a.?b[?0].`c-d`',
    '{?"a": b, "c": d}',
    '[?a, b]',
    '!!a',
    '--1',
    "r'\\d' + \"\"\"a\n'b\"\"\" + '''c'''",
    'a // comment\n + b // and another',
    '.a.b',
    'a ? b : c ? d : e',
    'a.if.while',
    'a in b in c',
    '"\\x41\\101\\u0041\\U00000041"',
  ])('%j', (source) => {
    const valid = source.replace('1.e', '1.0');
    expect(firstProblem(valid)).toBe('none');
  });

  it('gives every node its place in the text', () => {
    const source = ' user.roles . filter(r, r != "x")[0]';
    const { expr } = parse(source);
    const text = (range: { start: number; end: number } | undefined) =>
      range && source.slice(range.start, range.end);
    expect(text(expr?.range)).toBe('user.roles . filter(r, r != "x")[0]');
    expect(expr?.kind === 'index' ? text(expr.operand.range) : undefined).toBe(
      'user.roles . filter(r, r != "x")',
    );
  });

  it('balances a long chain of one logical operator', () => {
    expect(firstProblem(Array.from({ length: 200 }, () => 'a').join(' || '))).toBe('none');
  });
});

describe('limits', () => {
  it.each([
    ['length', ' '.repeat(MAX_SOURCE_LENGTH + 1), /^limit: expression of 2049 characters/],
    ['brackets', '('.repeat(MAX_SOURCE_LENGTH), /^limit: nested more than 50 deep/],
    ['lists', '['.repeat(MAX_SOURCE_LENGTH), /^limit: nested more than 50 deep/],
    ['maps', '{1:'.repeat(600), /^limit: nested more than 50 deep/],
    ['calls', 'f('.repeat(1000), /^limit: nested more than 50 deep/],
    ['negations', '!'.repeat(MAX_SOURCE_LENGTH), /^syntax: the expression ends here/],
    ['negations of something', `${'!'.repeat(MAX_SOURCE_LENGTH - 1)}a`, /^limit: nested more than 50 deep/],
    ['minuses', `${'-'.repeat(MAX_SOURCE_LENGTH - 1)}a`, /^limit: nested more than 50 deep/],
    ['conditions', `${'a?'.repeat(500)}`, /^syntax|^limit/],
    ['outcomes', `${'a?a:'.repeat(500)}a`, /^limit: nested more than 50 deep/],
    ['fields', `a${'.b'.repeat(500)}`, /^limit: nested more than 50 deep/],
    ['sums', `a${'+a'.repeat(500)}`, /^limit: nested more than 50 deep/],
    ['parts', `[${'a,'.repeat(MAX_NODES)}]`, /^limit: more than 1000 parts/],
    ['macros', 'a.all(w, a.all(x, a.all(y, a.all(z, true))))', /^limit: macros nested more than 3 deep/],
  ])('bounds %s', (_, source, expected) => {
    expect(firstProblem(source)).toMatch(expected);
  });

  it('allows what is just inside', () => {
    expect(firstProblem('a.all(x, a.all(y, a.all(z, true)))')).toBe('none');
    expect(firstProblem(`${'('.repeat(MAX_DEPTH - 1)}a${')'.repeat(MAX_DEPTH - 1)}`)).toBe('none');
  });

  it('does not count a chain of macros as nesting', () => {
    expect(firstProblem(`a${'.filter(x, true)'.repeat(10)}`)).toBe('none');
  });
});

const fragment = fc.constantFrom(
  'a',
  '.',
  '.?',
  '[',
  '[?',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  ':',
  '?',
  '!',
  '-',
  '+',
  '*',
  '/',
  '%',
  '&&',
  '||',
  '==',
  '<',
  ' in ',
  '"x"',
  "'",
  '"""',
  'r"',
  '\\',
  '\\u',
  '1',
  '1.5',
  '0x',
  'e',
  'u',
  '`',
  '//',
  '\n',
  'true',
  'null',
  'has(',
  '.map(',
  '.all(x,',
  'cel.bind(',
  '\u2028',
  '\ud800',
  '😀',
  '__proto__',
  'constructor',
);

describe('whatever the text', () => {
  it('parse answers with a tree or a problem inside the text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fragment).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { expr, problems } = parse(source);
        expect(problems.length === 0).toBe(expr !== undefined);
        for (const { range } of problems) {
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.end).toBeLessThanOrEqual(source.length);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
