import { parseArgs } from 'node:util';
import { closingLine, fuzzHook } from './run.ts';

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const summary = await fuzzHook({
  seed: values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed),
  count: Number(values.count ?? 500_000),
});
for (const { what, seed, body } of summary.faults)
  console.log(`${what}\n  --seed ${seed} --count 1\n  ${body}`);
console.log(closingLine(summary));
process.exitCode = summary.faults.length > 0 ? 1 : 0;
