import { parseArgs } from 'node:util';
import { closingLine, describe, fuzz } from './run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    differences: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const deadline = values.minutes === undefined ? undefined : Date.now() + Number(values.minutes) * 60_000;
const count = values.count === undefined ? undefined : Number(values.count);

const summary = fuzz({
  seed,
  ...(values.differences === undefined ? {} : { maxDifferences: Number(values.differences) }),
  ...(deadline === undefined ? { count: count ?? 100_000 } : { until: () => Date.now() > deadline }),
});
for (const difference of summary.differences) console.log(describe(difference));
console.log(closingLine(summary));
process.exitCode = summary.differences.length > 0 ? 1 : 0;
