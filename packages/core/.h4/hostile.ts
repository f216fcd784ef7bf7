import { readSpec } from '../src/spec/read.ts';
import { renderPretty } from '../src/render/pretty.ts';
const head = 'version: 1\nname: a\n';
const claims = Array.from(
  { length: 10000 },
  (_, i) => `  c${i}: { value: user.id, kind: descriptive }\n`,
).join('');
const badClaims = Array.from({ length: 10000 }, (_, i) => `  c${i}: { valu: user.id, kind: desc }\n`).join(
  '',
);
let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
for (let i = 1; i < 12; i++)
  bomb += `a${i}: &a${i} [${Array(9)
    .fill('*a' + (i - 1))
    .join(',')}]\n`;
const rnd = (n: number, alphabet: string) => {
  let s = 1234567,
    o = '';
  for (let i = 0; i < n; i++) {
    s = (s * 1103515245 + 12345) & 0x7fffffff;
    o += alphabet[s % alphabet.length];
  }
  return o;
};
const cases: Record<string, string> = {
  claims: head + 'claims:\n' + claims,
  badClaims: head + 'claims:\n' + badClaims,
  bomb,
  deepFlow: 'a: ' + '['.repeat(500000),
  deepMap: '{a: '.repeat(200000),
  deepSeq: '- '.repeat(400000),
  deepQ: '? '.repeat(400000),
  commas: 'a: [' + ','.repeat(900000),
  line1M: head + 'x: ' + 'a'.repeat(999000),
  line5M: head + 'x: ' + 'a'.repeat(5000000),
  words: head + 'x: ' + 'a '.repeat(490000),
  quote: head + 'x: "' + 'a '.repeat(490000),
  squote: head + "x: '" + "''".repeat(490000),
  newlines: head + 'x: "' + '\n'.repeat(900000) + '"',
  spacesNl: head + 'x: a' + ' \n'.repeat(450000) + ' b',
  block: head + 'x: |\n' + '  a\n'.repeat(240000),
  folded: head + 'x: >\n' + '  a\n\n'.repeat(190000),
  comments: head + '# a\n'.repeat(240000),
  colons: head + 'a: '.repeat(330000),
  keys: head + Array.from({ length: 90000 }, (_, i) => `k${i}:\n`).join(''),
  dups: head + 'a: 1\n'.repeat(190000),
  anchors: head + Array.from({ length: 60000 }, (_, i) => `k${i}: &a${i} 1\n`).join(''),
  aliases: head + 'x: &a 1\n' + Array.from({ length: 60000 }, (_, i) => `k${i}: *a\n`).join(''),
  docs: '---\n'.repeat(240000),
  directives: '%FOO\n'.repeat(190000),
  tags: 'a: ' + '!x '.repeat(300000),
  bangs: 'a: ' + '!'.repeat(900000),
  amps: 'a: ' + '&a '.repeat(300000),
  garbage: rnd(900000, ' \n\t:-?[]{},#&*!|>\'"%@`ab1\\\r\n'),
  garbage2: rnd(900000, ' \n:-{}[],"ab'),
  garbage3: rnd(900000, ' \n- :'),
  bytes: rnd(900000, Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')),
  nul: 'a\0b',
  bom: '\ufeff' + head + 'claims: {}',
  crlf: 'version: 1\r\nname: a\r\nclaims:\r\n  a:\r\n    kind: nope\r\n',
  openers: '[{'.repeat(20) + 'x',
  tabs: 'a:\n\tb: 1\n',
  manyTabs: '\t'.repeat(900000),
  dash: '-'.repeat(900000),
  pct: '%'.repeat(900000),
  indent: Array.from({ length: 45 }, (_, i) => ' '.repeat(i) + 'a:\n').join(''),
  longKey: 'k'.repeat(900000) + ': 1',
  qkeys: '"a" "b" '.repeat(120000),
  flowpairs: '{' + 'a, '.repeat(300000) + '}',
  flowseqpairs: '[' + 'a: b, '.repeat(160000) + ']',
  literal: head + 'tables: { a: { b: [' + '{a: 1},'.repeat(120000) + '] } }\nclaims: {}',
  literalBad: head + 'tables: { a: { b: [' + 'null,'.repeat(190000) + '] } }\nclaims: {}',
  nestlit: head + 'tables: { a: { b: ' + '['.repeat(46) + 'null' + ']'.repeat(46) + ' } }\nclaims: {}',
};
const only = process.argv[2];
for (const [name, text] of Object.entries(cases))
  for (const file of ['x.yaml', 'x.json']) {
    if (only && name !== only) continue;
    const t = performance.now();
    const r = readSpec({ file, text }, {});
    const t1 = performance.now();
    const p = renderPretty(r.findings, { sources: [r.source] });
    const t2 = performance.now();
    const slow = t1 - t > 500 || t2 - t1 > 200 ? ' <<<<<' : '';
    console.log(
      name.padEnd(12),
      file,
      (t1 - t).toFixed(0).padStart(6),
      (t2 - t1).toFixed(0).padStart(6),
      r.findings.length,
      r.spec ? 'OK' : '',
      r.findings[0]
        ? `${r.findings[0].rule} ${r.findings[0].range?.start.line}:${r.findings[0].range?.start.column} ${r.findings[0].message}`.slice(
            0,
            100,
          )
        : '',
      slow,
    );
  }
