import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSpec } from '../../test/policies.ts';
import { OktaError } from '../okta-error.ts';
import { readFilter } from './group-filter.ts';

describe('a filter of groups', () => {
  test.each([
    ['pay:.*|ops', 'pay:[\\s\\S]*|ops'],
    ['^(pay|ship)-.+$', '(?:pay|ship)-[\\s\\S]+'],
    ['^a$|^b$', 'a|b'],
    ['(?:a|b){2,3}?c{4}d{5,}', '(?:a|b){2,3}?c{4}d{5,}'],
    ['a\\.b\\-c\\/d\\_', 'a\\.b-c/d_'],
    ['[a-z\\d_.:/€-]', '[a-z\\d_\\.:/€\\-]'],
    ['[^-a&b]', '[^\\-a\\x26b]'],
    ['\\s\\S[\\s_]', '[ \\t\\n\\x0B\\f\\r][^ \\t\\n\\x0B\\f\\r][ \\t\\n\\x0B\\f\\r_]'],
    ['[\\S\\s][\\d\\D][\\W\\w]', '[\\s\\S][\\s\\S][\\s\\S]'],
    ['[!--]\\x41\\u20ac😀', '[!-\\-]\\x41\\u20ac😀'],
  ])('%s is written as %s', (text, pattern) => {
    expect(readFilter(text).pattern).toBe(pattern);
  });

  test.each([
    ['risk-(?!secret).*', 'without look-arounds'],
    ['(?<=a)b', 'without look-arounds'],
    ['(?i:admin)', 'without look-arounds, flags'],
    ['(?<name>a)', 'names'],
    ['[A&&B]+', 'without `&&` in brackets'],
    ['[a[b]]', 'without brackets in brackets'],
    ['[]a]', 'without empty brackets'],
    ['[^]', 'without empty brackets'],
    ['[a-c-e]', 'with `-` in brackets only between two characters'],
    ['[\\d-z]', 'with ranges between two characters'],
    ['[ -\\s]', 'with ranges between two characters'],
    ['[z-a]', 'with the smaller character first in a range'],
    ['a{3,2}', 'with the smaller bound first'],
    ['[\\Sa]', 'without `\\S` in brackets'],
    ['a++', 'without possessive quantifiers'],
    ['a**', 'that escapes `*`'],
    ['a{,3}', 'that escapes `{`'],
    ['a]', 'that escapes `]`'],
    ['a^b', 'only at its ends'],
    ['(a$)', 'only at its ends'],
    ['(a', 'that closes each parenthesis'],
    ['a)', 'that escapes `)`'],
    ['[a', 'that is complete'],
    ['a\\', 'that is complete'],
    ['\\ud83d\\ude00', 'stand for whole characters'],
    ['\ud83d', 'with whole characters only'],
    ...[
      '\\bx',
      '\\p{L}',
      '\\pL',
      '\\Qa.b\\E',
      '\\1',
      '\\0',
      '\\h',
      '\\v',
      '\\R',
      '\\A',
      '\\z',
      '\\cA',
      '\\e',
    ].map(
      (text) =>
        [text, `without \`${text.slice(0, 2)}\`, which Java and JavaScript read differently`] as const,
    ),
  ] as const)('%s is refused', (text, why) => {
    expect(() => readFilter(text)).toThrow(OktaError);
    expect(() => readFilter(text)).toThrow(why);
  });

  test.each([
    '(a+)+',
    '(a|a)*b',
    '(a|ab|b){2,}',
    '(.*)*',
    `${'a?'.repeat(40)}${'a'.repeat(40)}`,
    '(a{0,9}){9}',
    '(((a?){9}){9}){9}',
    '.*a.*b.*c.*d',
    '[ab]*[bc]*[cd]*d',
    `(?:${Array(70).fill('.*x.*y').join('|')})`,
  ])('%s may backtrack for long and is refused', (text) => {
    expect(() => readFilter(text)).toThrow('that never backtracks for long');
  });

  test.each([
    ['.*-(admin|ops)-.*', `${'-admin'.repeat(5_000)}-ops`],
    ['[^-]*-[^-]*-[^-]*-[^-]*-.*', '-'.repeat(20_000)],
    ['(abc)*x', `${'abc'.repeat(5_000)}x`],
    [`${'('.repeat(150)}a{0}${'){9}'.repeat(150)}`, ''],
    ['(?:(?:a|b)c?|d)e?.*f', `ac${'f'.repeat(9_000)}`],
  ])('%s is followed without backtracking', (text, name) => {
    const { passes, passesAll } = readFilter(text);
    expect(passes(name)).toBe(true);
    expect(passes(`${name}\u0000`)).toBe(text.endsWith('.*'));
    passesAll(name);
  });

  test('is told at its place in the spec', () => {
    const { findings } = compileSpec(`claims: {}\nissuers: { okta: { groups: 'risk-(?!secret).*' } }`);
    expect(findings).toMatchObject([{ severity: 'error', range: { start: { line: 4 } } }]);
    expect(findings[0]?.message).toContain('must be a regular expression without look-arounds');
  });

  test.each([
    ['risk-.*', 'risk-', true],
    ['risk.*', 'risk-', true],
    ['.*', 'risk-', true],
    ['.*', '', true],
    ['a|(?:b|(risk|pay)-.*)', 'risk-', true],
    ['ris[k-z].+', 'risk-', true],
    ['r.*k-.*', 'risk-', true],
    ['risk-[\\d\\D]{0,}', 'risk-', true],
    ['risk-.+', 'risk-', false],
    ['risk-.{2,}', 'risk-a', false],
    ['risk-.{2,}', 'risk-ab', true],
    ['risk-a.*', 'risk-', false],
    ['risk-.{0,100}', 'risk-', false],
    ['risk-[a-zA-Z0-9 ._:/€é-]*|x', 'risk-', false],
    ['(risk-.*)?x', 'risk-', false],
    ['risk-.*x', 'risk-', false],
    ['risk-.*|x', '', false],
  ])('%s lets all through that begin with %s: %s', (text, prefix, isSure) => {
    expect(readFilter(text).passesAll(prefix)).toBe(isSure);
  });

  const part = fc.constantFrom(
    ...'ab.|*+?()[]-^$'.split(''),
    '.*',
    '.*',
    'ab',
    '(?:',
    '{1,2}',
    '[ab]',
    '[^a]',
    '\\w',
    '\\.',
  );
  const texts = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
  const name = fc.array(fc.constantFrom('a', 'b', '.', '\n', '\u0085', '\u2028', '😀'), { maxLength: 5 });

  test('is what the text says, and lets all through where it promises that', () => {
    const seen = { refused: 0, passing: 0, promising: 0 };
    fc.assert(
      fc.property(texts, name, name, (text, beginning, end) => {
        const prefix = beginning.join('');
        const whole = prefix + end.join('');
        const filter = tried(text);
        if (filter === undefined) {
          seen.refused++;
          return;
        }
        const { passes, passesAll } = filter;
        expect(passes(whole)).toBe(new RegExp(`^(?:${text})$`, 'su').test(whole));
        if (passes(whole)) seen.passing++;
        if (!passesAll(prefix)) return;
        seen.promising++;
        expect(passes(whole)).toBe(true);
      }),
      { numRuns: 8_000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(60);
  });

  function tried(text: string) {
    try {
      return readFilter(text);
    } catch (error) {
      if (error instanceof OktaError) return undefined;
      throw error;
    }
  }
});
