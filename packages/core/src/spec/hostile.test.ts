import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderPretty } from '../render/index.ts';
import { readSpec } from '../spec/index.ts';

const head = 'version: 1\nname: demo\n';
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

/** Laughs nine times at each of twelve levels: 9^12 values when unfolded. */
const bomb = `a0: &a0 [${'x,'.repeat(9)}]\n${many(11, (i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`)}`;

const texts: readonly [string, string][] = [
  [
    '10,000 good claims',
    `${head}claims:\n${many(10_000, (i) => `  c${i}: { value: user.id, kind: descriptive }\n`)}`,
  ],
  ['10,000 bad claims', `${head}claims:\n${many(10_000, (i) => `  c${i}: { valu: user.id, kind: desc }\n`)}`],
  ['an alias bomb', bomb],
  ['nested lists', `a: ${'['.repeat(500_000)}`],
  ['nested mappings', '{a: '.repeat(200_000)],
  ['nested items', '- '.repeat(400_000)],
  ['nested keys', '? '.repeat(400_000)],
  ['commas', `a: [${','.repeat(900_000)}`],
  ['a line of 5 MB', `${head}owner: ${'a'.repeat(5_000_000)}`],
  ['an open quote', `${head}owner: "${'a '.repeat(490_000)}`],
  ['trailing blanks', `${head}owner: a${' \n'.repeat(450_000)} b`],
  ['a folded block', `${head}owner: >\n${'  a\n\n'.repeat(190_000)}`],
  ['a key many times', `${head}${'a: 1\n'.repeat(190_000)}`],
  ['many aliases', `${head}x: &a 1\n${many(60_000, (i) => `k${i}: *a\n`)}`],
  ['many documents', '---\n'.repeat(240_000)],
  ['many tags', `a: ${'!x '.repeat(300_000)}`],
  ['many anchors', `a: ${'&a '.repeat(300_000)}`],
  ['many directives', '%FOO\n'.repeat(190_000)],
  ['a long key', `${'k'.repeat(900_000)}: 1`],
  ['dashes', '-'.repeat(900_000)],
];

test.each(texts)('%s: read or refused in seconds, with few findings', (_, text) => {
  const started = performance.now();
  const { spec, findings, source } = readSpec({ file: 'x.yaml', text }, {});
  const pretty = renderPretty(findings, { sources: [source] });
  // About 1 s on an idle machine; the bound leaves room for a busy one, and none for growth with the square.
  expect(performance.now() - started).toBeLessThan(8_000);
  expect(spec === undefined).toBe(findings.length > 0);
  expect(findings.length).toBeLessThanOrEqual(1_001);
  expect(pretty.length).toBeLessThan(200_000);
});

test.each([
  ['nested lists', 'Mappings and lists are nested deeper than 50 levels.'],
  ['nested keys', 'Mappings and lists are nested deeper than 50 levels.'],
  ['commas', 'The file has more than 400000 parts.'],
  ['a line of 5 MB', 'The file is longer than 1000000 characters.'],
  ['many documents', 'A second YAML document begins here; a file holds one.'],
])('%s: refused at the bound', (name, message) => {
  const text = texts.find(([each]) => each === name)?.[1] ?? '';
  expect(readSpec({ file: 'x.yaml', text }, {}).findings).toMatchObject([{ rule: 'TE001', message }]);
});

test('a text full of errors takes no longer than a good one, and leaves stack traces as they were', () => {
  const timed = (text: string) => {
    const started = performance.now();
    readSpec({ file: 'x.yaml', text }, {});
    return performance.now() - started;
  };
  const before: unknown = Reflect.get(Error, 'stackTraceLimit');
  const good = timed(`${head}owner: [${'a,'.repeat(190_000)}]`);
  // Ten times as long, with a stack trace for each.
  expect(timed(`${head}owner: [${','.repeat(380_000)}]`)).toBeLessThan(4 * good);
  expect(Reflect.get(Error, 'stackTraceLimit')).toBe(before);
});

test('no text makes the reader throw, or pass a spec with an error', () => {
  const pieces = fc.constantFrom(
    'version: 1\n',
    'name: demo\n',
    'claims:\n',
    '  a:\n',
    '    kind: descriptive\n',
    '    value: user.id\n',
    'a',
    ': ',
    '\n',
    '  ',
    '- ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '&a ',
    '*a',
    '!t ',
    '|',
    '>',
    '%',
    '@',
    '`',
    '<<: ',
    '? ',
    '---\n',
    '...\n',
    '\t',
    '\r\n',
    '\u0000',
    '\ufeff',
    '__proto__',
    '😀',
    '\ud800',
    '.nan',
    '0x1F',
    'null',
    '~',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom('x.yaml', 'x.json'), (parts, file) => {
      const { spec, findings, source } = readSpec({ file, text: parts.join('') }, {});
      renderPretty(findings, { sources: [source] });
      const failed = findings.some(({ severity }) => severity === 'error');
      expect(spec === undefined).toBe(failed);
    }),
    { numRuns: 3_000 },
  );
  expect(Reflect.get({}, 'kind')).toBeUndefined();
});

test('aliases unfold to 10,000 values, and no further', () => {
  const withItems = (items: number, uses: number) =>
    `${head}claims: {}\ntables:\n  t: { a: &a [${'x,'.repeat(items)}] }\n  u: { ${many(uses, (i) => `b${i}: *a,`)} }\n`;
  expect(readSpec({ file: 'x.yaml', text: withItems(98, 100) }, {}).findings).toEqual([]);
  const { spec, findings } = readSpec({ file: 'x.yaml', text: withItems(98, 102) }, {});
  expect(spec).toBeUndefined();
  expect(findings[0]).toMatchObject({ rule: 'TE001', message: 'The aliases expand to too many values.' });
});

test('mappings nest 50 deep, and no further', () => {
  const nested = (depth: number) =>
    `${head}claims: {}\ntables: { t: { a: ${'['.repeat(depth - 3)}1${']'.repeat(depth - 3)} } }`;
  expect(readSpec({ file: 'x.yaml', text: nested(50) }, {}).findings).toEqual([]);
  expect(readSpec({ file: 'x.yaml', text: nested(51) }, {}).findings).toMatchObject([{ rule: 'TE001' }]);
});
