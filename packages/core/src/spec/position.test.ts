import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSpec } from '../spec/index.ts';

/** Reads a scalar as `owner` and says what stands behind a part of it. */
function behind(scalar: string, wanted: string): string {
  const text = `version: 1\nname: demo\nclaims: {}\nowner: ${scalar}\n`;
  const { spec, source } = readSpec({ file: 'x.yaml', text }, {});
  const start = spec?.owner?.indexOf(wanted) ?? -1;
  expect(start).toBeGreaterThanOrEqual(0);
  const range = source.within(['owner'], start, start + wanted.length);
  return text.slice(range.start.offset, range.end.offset);
}

describe('a part of a string is found', () => {
  test.each([
    ['plain', 'user.name + "x"', 'name', 'name'],
    ['plain over lines', 'user.a\n  && user.b', 'b', 'b'],
    ['plain over lines, across the break', 'user.a\n  && user.b', 'a &&', 'a\n  &&'],
    ['single-quoted', "'it''s user.a'", "t's", "t''s"],
    ['double-quoted with escapes', String.raw`"\"a\" in \u0062 + c"`, '"a"', String.raw`\"a\"`],
    ['double-quoted, one escape', String.raw`"\"a\" in \u0062 + c"`, 'b', String.raw`\u0062`],
    ['double-quoted, after a line break', '"a \\\n   b c"', 'c', 'c'],
    ['a literal block', '|\n  user.a\n    .b\n  && c', '  .b\n&&', '  .b\n  &&'],
    ['a literal block with Windows breaks', '|\r\n  a\r\n  b\r\n', 'a\nb', 'a\r\n  b'],
    ['a folded block', '>-\n  a\n  && b\n\n  c', 'b\nc', 'b\n\n  c'],
    ['a block with an indentation sign', '|2\n    a\n  b', '  a\nb', '  a\n  b'],
    ['beyond the first plane', '"😀" + a', 'a', 'a'],
  ])('%s', (_, scalar, wanted, expected) => {
    if (scalar.startsWith('"😀')) scalar = `'${scalar}'`;
    expect(behind(scalar, wanted)).toBe(expected);
  });
});

test('where a part cannot be told, the whole stands for it', () => {
  const text = 'version: 1\nname: demo\nclaims: {}\nowner: |+\n\n';
  const { spec, source } = readSpec({ file: 'x.yaml', text }, {});
  expect(spec?.owner).toBe('\n');
  expect(source.within(['owner'], 0, 1)).toEqual(source.value(['owner']));
});

const pieces = (...all: string[]) =>
  fc
    .array(fc.constantFrom('b', 'c', ' ', '\t', '\n  ', '\r\n   ', '\n\n  ', 'é', '😀', ...all), {
      maxLength: 14,
    })
    .map((parts) => parts.join(''));
const scalars: fc.Arbitrary<string> = fc.oneof(
  pieces('"', "'").map((text) => `a${text}z`),
  pieces('"', "''", '\\').map((text) => `'x${text}'`),
  pieces(
    "'",
    '\\"',
    '\\n',
    '\\x41',
    '\\u00e9',
    '\\U0001F600',
    '\\\n  ',
    '\\\r\n \t ',
    '\\ ',
    '\\\\',
    '\\/',
  ).map((text) => `"x${text}"`),
  fc
    .tuple(
      fc.constantFrom('|', '>'),
      fc.constantFrom('', '-', '+', '2', '1-', '3+'),
      fc.array(
        fc.tuple(fc.nat(5), fc.constantFrom('', 'b', 'b c', '# c', '\tb'), fc.constantFrom('\n', '\r\n')),
      ),
    )
    .map(
      ([style, header, lines]) =>
        `${style}${header}\n   a\n${lines.map(([indent, text, end]) => ' '.repeat(indent) + text + end).join('')}`,
    ),
);

test('in every style, each letter of a string stands behind itself', () => {
  let checked = 0;
  fc.assert(
    fc.property(scalars, (scalar) => {
      const text = `version: 1\nname: demo\nclaims: {}\nowner: ${scalar}\n`;
      const { spec, source } = readSpec({ file: 'x.yaml', text }, {});
      const owner = spec?.owner;
      if (owner === undefined) return;
      for (let i = 0; i < owner.length; i += 1) {
        const { start, end } = source.within(['owner'], i, i + 1);
        const written = text.slice(start.offset, end.offset);
        if (/[a-zé]/.test(owner.charAt(i)) && !written.startsWith('\\'))
          expect(written.startsWith(owner.charAt(i))).toBe(true);
        expect(end.offset).toBeGreaterThanOrEqual(start.offset);
      }
      checked += 1;
    }),
    { numRuns: 2_000 },
  );
  expect(checked).toBeGreaterThan(400);
});

test('line and column count the same text as the offset', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a: ', 'b', '\n', '\r\n', '  ', '- ', '"😀"', '#é', '[', '}', '\t'), {
        maxLength: 40,
      }),
      (parts) => {
        const text = parts.join('');
        const { findings } = readSpec({ file: 'x.yaml', text }, {});
        expect(findings.length).toBeGreaterThan(0);
        for (const { range } of findings) {
          for (const at of range ? [range.start, range.end] : []) {
            const before = text.slice(0, at.offset).split('\n');
            expect(at).toEqual({
              line: before.length,
              column: (before.at(-1)?.length ?? 0) + 1,
              offset: at.offset,
            });
          }
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
