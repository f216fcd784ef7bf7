import { parseArgs } from 'node:util';
import { runMutants } from './run.ts';

/** Prints what `test` does not notice: `node … main.ts [--issuer okta] [--file manifest.json] [--all] <spec>`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { issuer: { type: 'string' }, file: { type: 'string' }, all: { type: 'boolean' } },
});
for (const spec of positionals) {
  let count = 0;
  let missed = 0;
  const isWanted = (issuer: string, { file }: { readonly file: string }) =>
    (values.issuer ?? issuer) === issuer && file.includes(values.file ?? '');
  for await (const { issuer, file, at, noticed } of runMutants(spec, isWanted)) {
    count++;
    if (noticed === undefined) missed++;
    if (noticed === undefined || values.all)
      console.log(`${noticed ? '✓' : '✗'} ${issuer} ${file} ${at}${noticed ? `: ${noticed}` : ''}`);
  }
  console.log(`${spec}: ${missed} of ${count} unnoticed`);
}
