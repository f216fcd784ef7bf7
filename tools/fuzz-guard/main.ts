// `npm run fuzz`: tokens and headers that the guard must refuse.
import { fuzzGuard, fuzzSigned } from './run.ts';

const tries = Number(process.argv[2] ?? 500_000);
const seed = Number(process.env['PROPERTY_SEED'] ?? 1);
const searches = [await fuzzGuard(tries, seed), await fuzzSigned(Math.ceil(tries / 50), seed + 1)];
for (const { tried, refused, faults } of searches) {
  const codes = [...refused].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
  console.log(`${tried} tokens and headers, seed ${seed}: ${faults.length} faults; ${codes.join(', ')}`);
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
}
process.exitCode = searches.some(({ faults }) => faults.length > 0) ? 1 : 0;
