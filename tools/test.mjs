// Runs the tests and closes with the figures that the tests report and one line of counts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const figures = join(root, '.cache', 'figures');
const report = join(root, '.cache', 'tests.json');
rmSync(figures, { recursive: true, force: true });
mkdirSync(figures, { recursive: true });

// Databases to test sources with; what cannot be had is told, and its tests are skipped.
spawnSync(
  process.execPath,
  ['--conditions=@claimsmith/source', join(root, 'tools', 'servers', 'install.ts')],
  {
    cwd: root,
    stdio: 'inherit',
  },
);

const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CLAIMSMITH_FIGURES: figures } },
);

console.log();
for (const name of readdirSync(figures).sort()) console.log(readFileSync(join(figures, name), 'utf8').trim());
let skipped = 0;
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  skipped = numPendingTests;
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
if (skipped > 0 && process.env.CI) {
  console.error('CI accepts no skipped test: what they need is missing on this machine.');
  process.exit(1);
}
process.exit(status ?? 1);
