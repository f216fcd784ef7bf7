import { readFileSync } from 'node:fs';
import { readSpec } from '/work/main/packages/core/src/spec/read.ts';
import { renderPretty } from '/work/main/packages/core/src/render/pretty.ts';
import { z } from 'zod';
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const r = readSpec({ file, text }, { auth0: z.strictObject({ a: z.string().optional() }) });
  console.log(renderPretty(r.findings, { sources: [r.source] }));
}
