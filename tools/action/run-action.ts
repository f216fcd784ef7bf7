/** Runs the steps of action.yml in a shell, as GitHub does: with its variables, files, and rules for expressions. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Only what the Action uses: anything else, such as a step with `uses`, is an error here. */
export const action = z.strictObject({
  name: z.string(),
  description: z.string(),
  author: z.string(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string(),
    z.strictObject({
      description: z.string(),
      required: z.literal(true).optional(),
      default: z.string().optional(),
    }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        id: z.string().optional(),
        if: z.literal('${{ always() }}').optional(),
        shell: z.literal('bash'),
        run: z.string(),
        env: z.record(z.string(), z.string()),
      }),
    ),
  }),
});

export function readAction(): z.output<typeof action> {
  return action.parse(parse(readFileSync(join(root, 'action.yml'), 'utf8')));
}

export interface Surroundings {
  /** The folder with the checked-out repository. */
  readonly workspace: string;
  /** The file with the event that started the workflow. */
  readonly event: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly runId?: string;
  /** Secrets and others, as `env` of the step gives them to the Action. */
  readonly env: Readonly<Record<string, string>>;
  /** Called before a step, by its name. */
  readonly before?: (step: string) => void;
  /** Called with the process of each step. */
  readonly started?: (pid: number) => void;
}

export interface ActionRun {
  readonly isFailed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** Everything that the steps have printed. */
  readonly log: string;
  readonly summary: string;
}

/** @param inputs those that the workflow gives */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<ActionRun> {
  const { inputs: declared, outputs, runs } = readAction();
  const temp = mkdtempSync(join(tmpdir(), 'claimsmith-runner-'));
  const given = Object.fromEntries(
    Object.entries(declared).map(([name, { default: fallback = '' }]) => [name, inputs[name] ?? fallback]),
  );
  const byStep = new Map<string, Readonly<Record<string, string>>>();
  const fill = (text: string): string =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const [scope = '', name = '', part, output = ''] = expression.split('.');
      if (expression === 'github.token') return surroundings.token;
      if (scope === 'inputs' && name in given) return fill(given[name] ?? '');
      if (scope === 'steps' && part === 'outputs') return byStep.get(name)?.[output] ?? '';
      throw new Error(`an expression that is not known here: ${expression}`);
    });
  const summary = join(temp, 'summary.md');
  writeFileSync(summary, '');
  let isFailed = false;
  let log = '';
  for (const [index, step] of runs.steps.entries()) {
    if (isFailed && step.if === undefined) continue;
    surroundings.before?.(step.name);
    const [script, output] = [join(temp, `step-${index}.sh`), join(temp, `output-${index}`)];
    writeFileSync(script, step.run);
    writeFileSync(output, '');
    const env = {
      ...runnerVariables(temp, surroundings),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      ...surroundings.env,
      ...Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, fill(value)])),
    };
    const { code, text } = await bash(script, surroundings.workspace, env, surroundings.started);
    log += `## ${step.name}\n${text}`;
    if (code !== 0) isFailed = true;
    if (step.id !== undefined) byStep.set(step.id, outputsIn(readFileSync(output, 'utf8')));
  }
  return {
    isFailed,
    log,
    summary: readFileSync(summary, 'utf8'),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, fill(value)])),
  };
}

function runnerVariables(temp: string, { workspace, event, serverUrl, apiUrl, runId = '7' }: Surroundings) {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: temp,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: root,
    GITHUB_API_URL: apiUrl,
    GITHUB_EVENT_PATH: event,
    GITHUB_REPOSITORY: 'acme/specs',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: runId,
    GITHUB_SERVER_URL: serverUrl,
    GITHUB_SHA: 'c0ffee'.padEnd(40, '0'),
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: temp,
  };
}

/** As the runner starts it for `shell: bash`. */
export function bash(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  started?: (pid: number) => void,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const args = ['--noprofile', '--norc', '-e', '-o', 'pipefail', script];
  const child = spawn('bash', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) started?.(child.pid);
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

function outputsIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
