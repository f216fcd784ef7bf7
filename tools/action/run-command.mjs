/** Runs the command, and writes what it says into the log, the summary of the job, and a report for a comment. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { reportOf, withinLimit } from './report.mjs';
import {
  ActionError,
  acceptInput,
  allowWiderInput,
  commandInput,
  environmentInput,
  input,
  runStep,
  setOutput,
  specInput,
  variable,
} from './workflow.mjs';

/** GitHub takes 1 MiB for a step. */
const summaryLimit = 900_000;
const changed = 2;

await runStep(async () => {
  const command = commandInput();
  const environment = environmentInput();
  const folder = mkdtempSync(join(variable('RUNNER_TEMP'), 'claimsmith-'));
  requireFitting(command);
  if (command === 'check') return await check(folder, environment);
  if (command === 'diff') return await diff(folder, environment);
  const planFile = planInput(command, folder);
  const { code, stdout, stderr } = await claimsmith(argumentsOf(command, environment, planFile));
  const json = join(folder, `${command}.json`);
  writeFileSync(json, stdout);
  const document = parsed(stdout);
  const report = reportOf({ command, environment, code, document, stderr });
  const text = join(folder, `${command}.md`);
  writeFileSync(text, report);
  show(report);
  const isConflict = /** @type {any[]} */ (document?.places ?? []).some(
    ({ status }) => status === 'conflict',
  );
  setOutput('exit-code', String(code));
  setOutput('json', json);
  setOutput('report', text);
  setOutput('changes', String(code === changed));
  setOutput('plan', command === 'plan' && planFile !== '' && existsSync(planFile) ? planFile : '');
  const isFine = code === 0 || (command === 'plan' && code === changed && !isConflict);
  if (!isFine) throw new ActionError(failureOf(command, environment, code, isConflict));
});

/** Findings as annotations, and as SARIF for code scanning. */
async function check(/** @type {string} */ folder, /** @type {string} */ environment) {
  const sarif = join(folder, 'check.sarif');
  const spec = ['check', specInput(), ...(environment === '' ? [] : ['--env', environment])];
  const { stdout } = await claimsmith([...spec, '--format', 'sarif']);
  if (parsed(stdout) !== undefined) {
    writeFileSync(sarif, stdout);
    setOutput('sarif', sarif);
  }
  const { code, stdout: annotations } = await claimsmith([...spec, '--format', 'github']);
  process.stdout.write(annotations);
  setOutput('exit-code', String(code));
  if (code !== 0) throw new ActionError('check has found errors.');
}

/** The report for reviewers, and the same as JSON. */
async function diff(/** @type {string} */ folder, /** @type {string} */ environment) {
  const args = [
    'diff',
    ...(environment === '' ? [] : ['--env', environment]),
    ...allowWiderInput().map((part) => `--allow-wider=${part}`),
  ];
  const sides = ['--', baseInput(), specInput()];
  const { code, stdout: report, stderr } = await claimsmith([...args, ...sides]);
  const text = join(folder, 'diff.md');
  const shown =
    report === '' ? reportOf({ command: 'diff', environment, code, document: undefined, stderr }) : report;
  writeFileSync(text, shown);
  show(shown);
  setOutput('report', text);
  setOutput('exit-code', String(code));
  if (report !== '') {
    const json = join(folder, 'diff.json');
    writeFileSync(json, (await claimsmith([...args, '--json', ...sides])).stdout);
    setOutput('json', json);
  }
  if (code === changed)
    throw new ActionError(
      report === ''
        ? 'diff: the spec has errors.'
        : 'diff: tokens may grant more, and nobody has said so. If it is meant, name the parts in the input allow-wider.',
    );
  if (code !== 0) throw new ActionError(`diff failed with exit code ${code}.`);
}

/** What the spec is compared with: in a pull request, the branch that it goes to. @returns {string} */
function baseInput() {
  const { GITHUB_BASE_REF: branch = '' } = process.env;
  const base = input('BASE') || (branch === '' ? '' : `origin/${branch}`);
  if (base === '') throw new ActionError('diff needs the input base, but in a pull request.');
  return base;
}

/** Inputs of other commands are mistakes. */
function requireFitting(/** @type {string} */ command) {
  if (command !== 'diff' && (input('BASE') !== '' || allowWiderInput().length > 0))
    throw new ActionError('The inputs base and allow-wider go with diff.');
  const release = input('RELEASE');
  if (release !== '' && (command !== 'rollback' || !/^\d{1,9}$/.test(release)))
    throw new ActionError('release is a number, and goes with rollback.');
  if (acceptInput().length > 0 && command !== 'drift')
    throw new ActionError('The input accept goes with drift.');
  if (input('PLAN') !== '' && command !== 'plan' && command !== 'apply')
    throw new ActionError('The input plan goes with plan and apply.');
}

function planInput(/** @type {string} */ command, /** @type {string} */ folder) {
  const plan = input('PLAN');
  if (plan === '') return command === 'plan' ? join(folder, 'plan.json') : '';
  return resolve(plan);
}

/** @returns {string[]} */
function argumentsOf(
  /** @type {string} */ command,
  /** @type {string} */ environment,
  /** @type {string} */ planFile,
) {
  const release = input('RELEASE');
  const common = ['--env', environment, '--json'];
  switch (command) {
    case 'plan':
      return ['plan', specInput(), ...common, '--out', planFile];
    case 'apply':
      return planFile === ''
        ? ['apply', specInput(), ...common, '--yes']
        : ['apply', planFile, '--env', environment, '--json'];
    case 'rollback':
      return ['rollback', specInput(), ...common, '--yes', ...(release === '' ? [] : ['--to', release])];
    case 'drift':
      return ['drift', specInput(), ...common, ...acceptInput().map((name) => `--accept=${name}`)];
    default:
      return [command, specInput(), ...common];
  }
}

/**
 * Runs claimsmith without a shell. Its messages go into the log at once. A cancelled workflow ends it right away, which leaves
 * time to keep the journal.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
async function claimsmith(args) {
  const [program = '', ...before] = programOf();
  const child = spawn(program, [...before, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
  const stop = () => void child.kill('SIGINT');
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  /** @type {Buffer[]} */
  const out = [];
  /** @type {Buffer[]} */
  const err = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => {
    err.push(chunk);
    process.stderr.write(chunk);
  });
  const code = await new Promise((done, fail) => {
    child.once('error', (error) =>
      fail(
        new ActionError(
          `claimsmith does not start: ${error.message}. Is there a step with actions/setup-node?`,
        ),
      ),
    );
    child.once('close', (status) => done(status ?? 130));
  });
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}

/** The installed command of the project, else one from npm of the version of this Action. @returns {string[]} */
function programOf() {
  const wanted = input('VERSION');
  if (wanted !== '' && !/^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/.test(wanted))
    throw new ActionError('version is a version of the package claimsmith, such as 1.2.3.');
  const installed = [resolve(specInput()), process.cwd()].flatMap(installedAbove)[0];
  if (wanted === '' && installed !== undefined) return [installed];
  const manifest = join(variable('GITHUB_ACTION_PATH'), 'packages', 'cli', 'package.json');
  const version = wanted || JSON.parse(readFileSync(manifest, 'utf8')).version;
  return ['npm', 'exec', '--yes', `--package=claimsmith@${version}`, '--', 'claimsmith'];
}

/** @param {string} folder @returns {string[]} */
function installedAbove(folder) {
  const program = join(folder, 'node_modules', '.bin', 'claimsmith');
  if (existsSync(program)) return [program];
  const parent = dirname(folder);
  return parent === folder ? [] : installedAbove(parent);
}

/** @returns {any} undefined if it is not JSON */
function parsed(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The log must not obey what a report quotes: GitHub takes lines that begin with two colons as commands. */
function show(/** @type {string} */ report) {
  const token = `claimsmith-${crypto.randomUUID()}`;
  process.stdout.write(`::stop-commands::${token}\n${report}\n::${token}::\n`);
  const { GITHUB_STEP_SUMMARY: summary } = process.env;
  if (summary) appendFileSync(summary, `${withinLimit(report, summaryLimit)}\n`);
}

function failureOf(
  /** @type {string} */ command,
  /** @type {string} */ environment,
  /** @type {number} */ code,
  /** @type {boolean} */ isConflict,
) {
  if (isConflict) return `${command} ${environment}: there are conflicts, so nothing would be written.`;
  if (code === 3) return `${command} ${environment}: a place cannot be reached.`;
  if (code === changed && command === 'drift')
    return `drift ${environment}: somebody changed something, or the last apply was not finished.`;
  if (code === changed && command === 'verify')
    return `verify ${environment}: a token differs from what the policy decides, or nothing was asked.`;
  return `${command} ${environment} failed with exit code ${code}.`;
}
