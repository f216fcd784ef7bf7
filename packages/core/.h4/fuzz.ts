import { parseDocument, isScalar } from 'yaml';
import { decodeScalar } from '../src/spec/scalar.ts';
import { readDocument } from '../src/spec/document.ts';
const pick = <T>(a: readonly T[]) => a[Math.floor(Math.random() * a.length)]!;
const styles: Record<string, () => string> = {
  plain: () =>
    'a' +
    Array.from({ length: (Math.random() * 12) | 0 }, () =>
      pick([' ', '\n  ', '\r\n  ', 'b', 'c', '\t', '"', "'", '\n\n  ', 'é', '😀']),
    ).join('') +
    'z',
  single: () =>
    "'" +
    Array.from({ length: (Math.random() * 12) | 0 }, () =>
      pick([' ', '\n  ', '\r\n  ', 'b', '\t', '"', "''", '\n\n  ', '\\n', '😀']),
    ).join('') +
    "'",
  double: () =>
    '"' +
    Array.from({ length: (Math.random() * 12) | 0 }, () =>
      pick([
        ' ',
        '\n  ',
        '\r\n  ',
        'b',
        '\t',
        '\\"',
        "'",
        '\n\n  ',
        '\\n',
        '😀',
        '\\x41',
        '\\u00e9',
        '\\U0001F600',
        '\\\n  ',
        '\\\r\n \t ',
        '\\ ',
        '\\\\',
        '\\/',
        '\\t',
        '\n \t \n  ',
      ]),
    ).join('') +
    '"',
  block: () =>
    pick(['|', '>']) +
    pick(['', '', '-', '+', '2', '-1', '+3', '1+']) +
    pick(['', ' # c', ' ']) +
    pick(['\n', '\r\n']) +
    Array.from(
      { length: (Math.random() * 8) | 0 },
      () =>
        pick(['', ' ', '  ', '   ', '    ', '     ']) +
        pick(['', 'a', 'a b', '\t', '# x', 'b: c']) +
        pick(['\n', '\n', '\r\n']),
    ).join(''),
};
let bad = 0,
  ok = 0,
  skipped = 0;
for (let i = 0; i < 200000 && bad < 5; i++) {
  const body = pick(Object.values(styles))();
  const text = pick(['x: ', 'q:\n  x: ', 'x:\n - - ']) + body + pick(['', '\n', '\ny: 1\n', ' # c\n']);
  const d = readDocument({ file: 'a.yaml', text });
  if (!d.readable || d.findings.some((f) => f.severity === 'error')) {
    skipped++;
    continue;
  }
  const find = (v: unknown, path: (string | number)[]): [string, (string | number)[]] | undefined =>
    typeof v === 'string'
      ? [v, path]
      : v && typeof v === 'object'
        ? Object.entries(v)
            .map(([k, c]) => find(c, [...path, Array.isArray(v) ? +k : k]))
            .find(Boolean)
        : undefined;
  const hit = find(d.data, []);
  if (!hit || hit[0].trim() === '') {
    skipped++;
    continue;
  }
  const [value, path] = hit;
  const whole = d.source.value(path);
  // every plain char maps onto itself
  let fail = '';
  for (let k = 0; k < value.length; k++) {
    const r = d.source.within(path, k, k + 1);
    const t = text.slice(r.start.offset, r.end.offset);
    const c = value[k]!;
    if (
      r.start.offset === whole.start.offset &&
      r.end.offset === whole.end.offset &&
      whole.end.offset - whole.start.offset > 1
    )
      fail ||= `fallback at ${k}`;
    if (/[a-z]/.test(c) && t !== c && !t.startsWith(c) && !t.startsWith('\\'))
      fail ||= `char ${k} ${JSON.stringify(c)} -> ${JSON.stringify(t)}`;
  }
  if (fail) {
    bad++;
    console.log(JSON.stringify(text), JSON.stringify(value), fail);
  } else ok++;
}
console.log({ ok, bad, skipped });
