import { Composer, Lexer, Parser, CST } from 'yaml';
const claims =
  'claims:\n' +
  Array.from({ length: 10000 }, (_, i) => `  c${i}: { value: user.id, kind: descriptive }\n`).join('');
const commas = 'a: [' + ','.repeat(900000);
for (const text of [claims, commas])
  for (let k = 0; k < 2; k++) {
    let t = performance.now();
    let n = 0;
    for (const l of new Lexer().lex(text)) n++;
    const t1 = performance.now();
    const toks = [...new Parser().parse(text)];
    const t2 = performance.now();
    const c = [...new Composer({ uniqueKeys: false, keepSourceTokens: true }).compose(toks)];
    const t3 = performance.now();
    console.log(
      n,
      'lex',
      (t1 - t).toFixed(0),
      'lex+parse',
      (t2 - t1).toFixed(0),
      'compose',
      (t3 - t2).toFixed(0),
      c[0].errors.length,
    );
  }
