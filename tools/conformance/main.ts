// Compares all issuers on random specs: `node --conditions=@claimsmith/source tools/conformance/main.ts [specs]
// [situations of each] [seed]`. With `--json` the result is one line, for the test that runs this.
import { runConformance } from './run.ts';

const isJson = process.argv.includes('--json');
const [specs = '50', trials = '20', seed = String(Date.now() % 2 ** 31)] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--json');
const started = Date.now();
const run = await runConformance({ seed: Number(seed), specs: Number(specs), trials: Number(trials) });

if (isJson) {
  const counts = [...run.counts].map(([issuer, { compared, impossible, denied, departed }]) => ({
    issuer,
    compared,
    impossible,
    denied,
    departed,
  }));
  const [first] = run.differences;
  console.log(JSON.stringify({ ...run, counts, differences: run.differences.length, first }));
} else {
  for (const { issuer, spec, trial, differences } of run.differences.slice(0, 3)) {
    console.log(`── ${issuer}\n${spec}\n${JSON.stringify(trial, undefined, 1)}`);
    for (const { at, expected, actual } of differences)
      console.log(`${at}: policy ${JSON.stringify(expected)}, issuer ${JSON.stringify(actual)}`);
  }
  console.log(
    `seed ${seed}: ${run.specs} specs, ${run.triples} triples, ${run.differences.length} differences, ${Date.now() - started} ms`,
  );
  for (const [issuer, { compared, impossible, denied, departed, refused }] of run.counts)
    console.log(
      `  ${issuer}: ${compared} compared, ${impossible} impossible, ${denied} denied, ${departed} as announced, refused specs`,
      Object.fromEntries(refused),
    );
  if (run.differences.length > 0) process.exitCode = 1;
}
