/** `node … tools/worst-case/main.ts --minutes 5`: the search for the longest issuance, and what it took. */
import { parseArgs } from 'node:util';
import { findNashorn } from '../nashorn.ts';
import { timeInNashorn } from './in-nashorn.ts';
import { search } from './search.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const endMs = Date.now() + Number(values.minutes ?? 2) * 60_000;
const { tried, spent, forms, slowest, underestimated, issued } = search(seed, () => Date.now() > endMs);
console.log(`seed ${seed}: ${tried} issuances, ${spent} beyond the budget, ${forms} forms`);
for (const { ms, steps, isSpent, source } of slowest)
  console.log(
    `${ms.toFixed(1).padStart(8)} ms ${String(Math.round(steps)).padStart(9)} steps${isSpent ? ', spent' : ''}  ${source}`,
  );
const nashorn = findNashorn();
if (nashorn.ok) {
  for (const [index, { firstMs, laterMs }] of timeInNashorn(nashorn.classPath, slowest).entries())
    console.log(
      `${firstMs.toFixed(0).padStart(8)} ms at first, ${laterMs.toFixed(0)} ms later in Nashorn  ${slowest[index]?.source}`,
    );
} else console.log(`Nashorn: skipped, ${nashorn.reason}`);
for (const { source, steps, estimated } of underestimated)
  console.log(`${Math.round(steps)} steps, estimated ${Math.round(estimated)}: ${source}`);
process.exitCode = issued.length + underestimated.length > 0 ? 1 : 0;
