// Looks for tokens that grant more than the policy: `node --conditions=@claimsmith/source tools/wider/main.ts [pairs]
// [seed]`. With `--json` the result is one line, for the test that runs this.
import { searchWider } from './run.ts';

const isJson = process.argv.includes('--json');
const [pairs = '20000', seed = String(Date.now() % 2 ** 31)] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--json');
const started = Date.now();
const search = await searchWider({ seed: Number(seed), pairs: Number(pairs), simulateEvery: 500 });

if (isJson) console.log(JSON.stringify({ ...search, found: search.found.slice(0, 1) }));
else {
  for (const { spec, ...found } of search.found.slice(0, 3))
    console.log(`${spec}${JSON.stringify(found, undefined, 1)}`);
  const { found, ...counts } = search;
  console.log(`seed ${seed}:`, { ...counts, found: found.length }, `${Date.now() - started} ms`);
  if (found.length > 0) process.exitCode = 1;
}
