import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../index.ts';
import { linesOf } from '../lines.ts';
import { type Paint, renderPretty } from '../render/index.ts';
import { readSpec } from '../spec/index.ts';
import { displayWidth } from './display.ts';

function pretty(text: string, options: { width?: number; maxLines?: number } = {}): string {
  const { findings, source } = readSpec({ file: 'enrichment.yaml', text }, {});
  return renderPretty(findings, { sources: [source], ...options });
}

/** A finding over part of a text, given by offsets. */
function findingAt(text: string, start: number, end: number, more: Partial<Finding> = {}): Finding {
  const { position } = linesOf(text);
  return {
    rule: 'TE000',
    severity: 'error',
    message: 'Look.',
    range: { file: 'x', start: position(start), end: position(end) },
    ...more,
  };
}

function frameOf(text: string, start: number, end: number, width = 60): string[] {
  const shown = renderPretty([findingAt(text, start, end)], { sources: [{ file: 'x', text }], width });
  return shown.split('\n').slice(3, -3);
}

test('a finding shows its place, its lines with the part underlined, and the way out', () => {
  const text = 'version: 1\nname: demo\nclaims:\n  roles:\n    value: user.roles\n    knd: authoritative\n';
  expect(pretty(text)).toBe(`enrichment.yaml:6:5  error  TE002
  \`knd\` is not a key of \`claims.roles\`.

  4 │   roles:
  ⋮ │${' '}
  6 │     knd: authoritative
    │     ━━━

  help  Did you mean \`kind\`?

1 error
`);
});

test('what issuers say of one place: alike it is one finding, else the lines and the way out stand once', () => {
  const text = 'abc: def';
  const about = { message: 'Too slow.', help: 'Hurry.' };
  const findings = [
    findingAt(text, 0, 3, { ...about, issuer: 'auth0' }),
    findingAt(text, 0, 3, { ...about, issuer: 'okta' }),
    findingAt(text, 0, 3, { ...about, issuer: 'keycloak', message: 'Far too slow.' }),
  ];
  expect(renderPretty(findings, { sources: [{ file: 'x', text }] })).toBe(`x:1:1  error  TE000  auth0, okta
  Too slow.

  1 │ abc: def
    │ ━━━

  help  Hurry.

x:1:1  error  TE000  keycloak
  Far too slow.

2 errors
`);
});

test('all is well in one line', () => {
  expect(pretty('version: 1\nname: demo\nclaims: {}\n')).toBe('No problems found.\n');
});

test('findings are grouped by file, those without a place first, and counted', () => {
  const finding = (file: string, severity: Finding['severity'], offset: number): Finding => ({
    ...findingAt('abc', offset, offset + 1, { severity }),
    range: {
      file,
      start: { line: 1, column: offset + 1, offset },
      end: { line: 1, column: offset + 2, offset: offset + 1 },
    },
  });
  const findings = [
    finding('b', 'warning', 1),
    finding('a', 'error', 2),
    finding('b', 'error', 0),
    { rule: 'TE001', severity: 'error', message: 'Gone.', range: undefined, issuer: 'okta' } as const,
    finding('a', 'info', 0),
  ];
  const shown = renderPretty(findings, { sources: [] });
  expect(shown.split('\n').filter((line) => /TE00/.test(line))).toEqual([
    'error  TE001  okta',
    'b:1:1  error  TE000',
    'b:1:2  warning  TE000',
    'a:1:1  info  TE000',
    'a:1:3  error  TE000',
  ]);
  expect(shown.endsWith('\n\n3 errors, 1 warning, 1 info in 2 files\n')).toBe(true);
});

describe('a long output', () => {
  const text = 'abcdefghij'.replace(/./g, '$&\n');
  const findings = Array.from(text.slice(0, 10), (_, index) =>
    findingAt(text, index * 2, index * 2 + 1, {
      severity: index < 6 ? 'warning' : 'error',
      message: `Look at ${index}.`,
    }),
  );
  const shown = (maxLines: number, more = {}) =>
    renderPretty(findings, { sources: [{ file: 'x', text }], maxLines, ...more });

  test('leaves the lines of the spec out, then shows the gravest alone, in the order of the file', () => {
    expect(shown(100)).toContain('│ ━');
    const brief = shown(30);
    expect(brief).not.toContain('│');
    expect(brief.match(/Look at/g)).toHaveLength(10);
    expect(brief.trimEnd().split('\n')).toHaveLength(22);
    expect(shown(12)).toBe(`x:1:1  warning  TE000
  Look at 0.
x:7:1  error  TE000
  Look at 6.
x:8:1  error  TE000
  Look at 7.
x:9:1  error  TE000
  Look at 8.
x:10:1  error  TE000
  Look at 9.

4 errors, 6 warnings (5 not shown; claimsmith check --verbose shows all)
`);
  });

  test('is never longer than it may be, and shows one finding at least', () => {
    for (let maxLines = 5; maxLines < 80; maxLines += 1)
      expect(shown(maxLines).trimEnd().split('\n').length).toBeLessThanOrEqual(maxLines);
    expect(shown(0)).toContain('Look at 6.');
  });

  test('is whole where all is asked for', () => {
    expect(shown(5, { isVerbose: true })).toBe(shown(1000));
  });
});

describe('findings of one cause', () => {
  const text = 'a\nb\nc\n';
  const of = (index: number, more: Partial<Finding> = {}) =>
    findingAt(text, index * 2, index * 2 + 1, {
      message: `The claim \`${text[index * 2]}\` is wrong.`,
      help: 'Do it.',
      ...more,
    });
  const show = (findings: readonly Finding[], more = {}) =>
    renderPretty(findings, { sources: [{ file: 'x', text }], ...more });

  test('are one finding with its places', () => {
    expect(show([of(0), of(1), of(2)])).toBe(`x:1:1  error  TE000
  The claim \`a\` is wrong.

  1 │ a
    │ ━

  also  2:1 \`b\`, 3:1 \`c\`
  help  Do it.

1 error at 3 places
`);
  });

  test('name a way out for all, where each has another', () => {
    const other = (index: number) => of(index, { help: `Drop ${index}.`, remedy: 'Allow it.' });
    expect(show([other(0), other(1)])).toContain('help  Allow it.');
    expect(show([other(0)])).toContain('help  Drop 0.');
  });

  test('are apart where the way out, the rule, the issuer or the severity is another', () => {
    const others: readonly Partial<Finding>[] = [
      { help: 'Do that.' },
      { rule: 'TE001' },
      { issuer: 'okta' },
      { severity: 'warning' },
    ];
    for (const other of others) expect(show([of(0), of(1, other)])).not.toContain('also');
    const { help: _, ...helpless } = of(0);
    expect(show([helpless, { ...of(1), help: undefined } as unknown as Finding])).not.toContain('also');
  });

  test('of several issuers are one where the places are the same', () => {
    const at = (issuer: string) => [of(0, { issuer }), of(1, { issuer })];
    expect(show([...at('auth0'), ...at('okta')])).toContain('TE000  auth0, okta\n');
    expect(show([...at('auth0'), of(0, { issuer: 'okta' })])).not.toContain('auth0, okta');
  });

  test('show as many places as fit on a line, or all', () => {
    const many = `${Array.from({ length: 2000 }, (_, i) => i % 10).join('\n')}\n`;
    const findings = Array.from({ length: 2000 }, (_, i) =>
      findingAt(many, i * 2, i * 2 + 1, { help: 'Do it.' }),
    );
    const shown = renderPretty(findings, { sources: [], width: 40 });
    expect(shown).toMatch(/also {2}2:1, .* and 199\d more\n/);
    expect(Math.max(...shown.split('\n').map(displayWidth))).toBeLessThanOrEqual(40);
    expect(show([of(0), of(1), of(2)], { isVerbose: true }).match(/is wrong/g)).toHaveLength(3);
  });
});

test('colours come from outside, around whole words', () => {
  const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const paint: Paint = {
    error: tag('e'),
    warning: tag('w'),
    info: tag('i'),
    code: tag('c'),
    strong: tag('s'),
    dim: (text) => text,
  };
  const { findings, source } = readSpec({ file: 'x', text: 'version: 1\nname: demo\nclaim: {}\n' }, {});
  const shown = renderPretty(findings, { sources: [source], paint });
  expect(shown).toContain('<e>error</e>  TE002');
  expect(shown).toContain('<c>`claim`</c> is not a key here.');
  expect(shown).toContain('│ <e>━━━━━</e>');
  expect(shown).toContain('<i>help</i>  Did you mean <c>`claims`</c>?');
});

describe('the frame', () => {
  test('aligns tabs and wide characters', () => {
    const text = 'a:\t"日本"😀 bad\n';
    const start = text.indexOf('bad');
    expect(frameOf(text, start, start + 3)).toEqual(['  1 │ a:  "日本"😀 bad', `    │ ${' '.repeat(13)}━━━`]);
  });

  test('marks the place between two characters, and the end of a line', () => {
    expect(frameOf('ab\n', 1, 1)).toEqual(['  1 │ ab', '    │  ━']);
    expect(frameOf('ab\n', 2, 2)).toEqual(['  1 │ ab', '    │   ━']);
  });

  test('cuts a long line around the part', () => {
    const text = `${'left '.repeat(200)}HERE${' right'.repeat(200)}`;
    const start = text.indexOf('HERE');
    const [line = '', marks = ''] = frameOf(text, start, start + 4, 50);
    expect(displayWidth(line)).toBeLessThanOrEqual(50);
    expect(line).toMatch(/^ {2}1 │ ….*HERE.*…$/);
    expect(marks.indexOf('━')).toBe(line.indexOf('HERE'));
    expect(marks.match(/━/g)).toHaveLength(4);
  });

  test('shows the first lines and the last of a long part, with a bar', () => {
    const text = 'a:\n  one: 1\n  two: 2\n  three: 3\n  four: 4\n  five: 5\n  six: 6\nb: 1\n';
    const end = text.indexOf('\nb');
    expect(frameOf(text, text.indexOf('one'), end)).toEqual([
      '  1 │ a:',
      '  2 │ ┃   one: 1',
      '  3 │ ┃   two: 2',
      '  4 │ ┃   three: 3',
      '  ⋮ │ ┃',
      '  7 │ ┃   six: 6',
    ]);
  });

  test('leaves a line out of which nothing is meant', () => {
    expect(frameOf('a: 1\r\nb: 2\r\n', 0, 6)).toEqual(['  1 │ a: 1', '    │ ━━━━']);
  });

  test('lets no control or bidirectional character through', () => {
    const text = 'owner: "a\u202eb\u001b[31mc\u009b"\n';
    const shown = renderPretty(
      [findingAt(text, 0, 5, { message: 'Bad \u001b[2J\u2066name.', help: 'No\u0007.' })],
      {
        sources: [{ file: 'x', text }],
      },
    );
    expect(shown).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
    expect(shown).toContain('Bad ␛[2J�name.');
    expect(shown).toContain('owner: "a�b␛[31mc�"');
  });

  const joins = (some: string) => some.startsWith('\u200b') || some.startsWith('\u0301');

  test('whatever the line, what is underlined is the part, and the width is kept', () => {
    const units = fc.constantFrom(
      'a',
      'b',
      ' ',
      '\t',
      'é',
      '日',
      '😀',
      'e\u0301',
      '👩‍👧',
      '-',
      '한',
      '\u200b',
    );
    const line = fc.array(units, { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        line,
        fc.nat(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 30, max: 120 }),
        (parts, from, length, width) => {
          const begin = from % parts.length;
          const before = parts.slice(0, begin).join('');
          const part = parts.slice(begin, begin + length).join('');
          const text = `${before}${part}${parts.slice(begin + length).join('')}`;
          // A joiner may tie neighbours into one character, which is then underlined whole.
          fc.pre(!joins(part) && !joins(text.slice(before.length + part.length)));
          const [shown = '', marks = ''] = frameOf(text, before.length, before.length + part.length, width);
          expect(displayWidth(shown)).toBeLessThanOrEqual(width);
          const at = displayWidth(marks.slice(0, marks.indexOf('━')));
          let column = 0;
          let underlined = '';
          for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(shown)) {
            if (column >= at && column < at + (marks.match(/━/g)?.length ?? 0)) underlined += segment;
            column += displayWidth(segment);
          }
          const plainText = (some: string) => some.replace(/[\s\u200b]+/g, '');
          const visible = plainText(underlined).replace(/…$/, '');
          expect(plainText(part).startsWith(visible)).toBe(true);
          if (displayWidth(part) + 4 < width / 3 && !part.includes('\t'))
            expect(visible).toBe(plainText(part));
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a finding about a secret does not print the line that holds it', () => {
  const text = 'headers: { authorization: Bearer abc123secret }\n';
  const at = (offset: number) => ({ line: 1, column: offset + 1, offset });
  const range = { file: 'a.yaml', start: at(11), end: at(24) };
  const finding = { rule: 'TE401', severity: 'error', message: 'A secret stands here.', range } as const;
  expect(renderPretty([finding], { sources: [{ file: 'a.yaml', text }] })).not.toContain('abc123secret');
});
