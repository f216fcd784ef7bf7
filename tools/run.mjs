// Runs a task of this workspace from a bare clone: installs what is missing, then goes on with the workspace's
// own Node. Plain JavaScript for Node 20, since it may be the first thing that runs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const source = ['--conditions=@claimsmith/source'];

/** Steps by task: a title, and a command with its arguments. What the caller adds goes to the last step. */
const tasks = {
  build: [['build', 'nx', 'run-many', '-t', 'build', '--outputStyle=static']],
  lint: [['lint', 'biome', 'check', '--error-on-warnings', '.']],
  generate: [
    ['generate', 'node', ...source, '--disable-warning=ExperimentalWarning', 'tools/generate/main.ts'],
  ],
  test: [
    ['build', 'nx', 'run-many', '-t', 'build', '--outputStyle=static'],
    ['lint and layering', 'biome', 'check', '--error-on-warnings', '.'],
    ['types of tests and tools, types and built-ins of the ES5 libraries', 'tsc', '-b'],
    ['tests', 'node', 'tools/test.mjs'],
  ],
  demo: [
    ['build', 'nx', 'run-many', '-t', 'build', '--outputStyle=static'],
    ['demo', 'node', 'packages/cli/bin/claimsmith.js', 'preview', 'examples/payments'],
    ['proof', 'node', 'packages/cli/bin/claimsmith.js', 'test', 'examples/payments'],
    ['a real server', 'node', ...source, 'tools/publishing/demo.ts'],
  ],
  service: [
    ['build', 'nx', 'run-many', '-t', 'build', '--outputStyle=static'],
    ['a service behind the guard', 'node', 'examples/payments/service/demo.ts'],
  ],
  bench: [
    ['build', 'nx', 'run-many', '-t', 'build', '--outputStyle=static'],
    ['bench', 'node', ...source, 'tools/bench/main.ts'],
  ],
  fuzz: [
    ['the properties, on new inputs', 'vitest', 'run', 'packages'],
    ['publishing, every fault at every request', 'vitest', 'run', 'tools/publishing'],
    ['the longest issuance', 'node', ...source, 'tools/worst-case/main.ts'],
    ['tokens that grant more', 'node', ...source, 'tools/wider/main.ts', '200000'],
    ['all issuers on random specs', 'node', ...source, 'tools/conformance/main.ts', '800', '25'],
    ['the hook', 'node', ...source, 'tools/fuzz-hook/main.ts'],
    ['the guard', 'node', ...source, 'tools/fuzz-guard/main.ts'],
    ['fuzz', 'node', ...source, 'tools/fuzz/main.ts'],
  ],
};

const [task = '', ...more] = process.argv.slice(2);
const steps = tasks[task];
if (steps === undefined) {
  console.error(`unknown task; one of: ${Object.keys(tasks).join(', ')}`);
  process.exit(64);
}

install();
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  ...(task === 'fuzz' && { PROPERTY_SEED: String(Date.now() % 2 ** 31) }),
};
for (const [index, [title, command, ...given]] of steps.entries()) {
  const last = index === steps.length - 1;
  // A build that only prepares speaks when it fails.
  const quiet = !last && command === 'nx';
  if (steps.length > 1) console.log(`${index > 0 ? '\n' : ''}── ${title}`);
  run(command, last ? [...given, ...more] : given, quiet);
}

function install() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  if (existsSync(installed) && sameVersions(lock, installed)) return;
  console.log('installing dependencies (once)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** A fresh checkout touches the lock file without changing what it asks for. */
function sameVersions(lock, installed) {
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const found = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || found[path]?.version === entry.version,
  );
}

function run(command, given, quiet) {
  const { status, stdout, stderr } = spawnSync(join(bin, command), given, {
    cwd: root,
    env: environment,
    stdio: quiet ? 'pipe' : 'inherit',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  process.exit(status ?? 1);
}
