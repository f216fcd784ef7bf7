import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildCommand, project, secrets } from './project.ts';
import { readAction } from './run-action.ts';

vi.setConfig({ testTimeout: 180_000 });
beforeAll(buildCommand, 120_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'examples/ci');
const texts = z.record(z.string(), z.union([z.string(), z.boolean(), z.number()]));
const step = z.strictObject({
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: texts.optional(),
  env: texts.optional(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string().optional(),
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      environment: z.string().optional(),
      permissions: z.record(z.string(), z.enum(['read', 'write'])),
      steps: z.array(step),
    }),
  ),
});
type Step = z.output<typeof step>;

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')));
const own = `claimsmith/claimsmith@v${version}`;
const names = ['check', 'diff', 'plan', 'apply', 'drift'] as const;

function read(name: string) {
  const text = readFileSync(join(folder, `${name}.yml`), 'utf8');
  const parsed = workflow.parse(parse(text));
  const [job] = Object.values(parsed.jobs);
  if (job === undefined) throw new Error('no job');
  return { text, parsed, job, ours: job.steps.filter(({ uses }) => uses === own) };
}

test('there is an example of each kind', () => {
  expect(readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.yml`).sort());
});

describe.each(names)('examples/ci/%s.yml', (name) => {
  const { text, parsed, job, ours } = read(name);

  test('runs nothing of others with more rights than it needs', () => {
    expect(Object.keys(parsed.on)).not.toContain('pull_request_target');
    expect(job.permissions).toEqual(
      {
        check: { contents: 'read', 'security-events': 'write' },
        diff: { contents: 'read', 'pull-requests': 'write' },
        plan: { contents: 'read', 'pull-requests': 'write' },
        apply: { contents: 'write' },
        drift: { contents: 'read' },
      }[name],
    );
    for (const { run = '' } of job.steps) expect(run).not.toContain('${{');
  });

  test('pins each action of others by a commit, and says its version', () => {
    const others = [...text.matchAll(/uses: (?!claimsmith\/)(.*)$/gm)].map(([, use]) => use);
    expect(others.length).toBeGreaterThan(1);
    for (const use of others) expect(use).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(text.match(/uses: claimsmith\//g)).toHaveLength(ours.length);
    expect(ours.length).toBeGreaterThan(0);
  });

  test('gives inputs that the Action has, and secrets only where they are needed', () => {
    const { inputs } = readAction();
    for (const one of ours) {
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(one.with ?? {})));
      expect(one.with).toHaveProperty('command');
    }
    const places = [...text.matchAll(/^ *(.*): \$\{\{ secrets\.(\w+) \}\}$/gm)].map(([, key, secret]) => [
      key,
      secret,
    ]);
    expect(text.match(/\bsecrets\.\w/g) ?? []).toHaveLength(places.length);
    for (const [key, secret] of places) expect(key).toBe(key === 'journal-key' ? 'journal-key' : secret);
    expect(job.environment === undefined).toBe(name === 'check' || name === 'diff');
  });
});

test('an apply that has begun is never cancelled, and nothing else is in its queue', () => {
  const { concurrency } = read('apply').parsed;
  expect(concurrency?.['cancel-in-progress']).toBe(false);
  for (const other of ['check', 'diff', 'plan', 'drift'])
    expect(read(other).parsed.concurrency?.group).not.toBe(concurrency?.group);
});

/** Expressions as GitHub fills them in for a push to main, and for a pull request of this repository. */
function filled({ with: given = {} }: Step): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      String(value)
        .replace("${{ inputs.command || 'apply' }}", 'apply')
        .replace('${{ secrets.CLAIMSMITH_JOURNAL_KEY }}', secrets.key),
    ]),
  );
}

test('one after the other, they take a spec to a tenant', { timeout: 180_000 }, async () => {
  const { run, github, tenant, commit } = await project();
  commit();
  const story: string[] = [];
  for (const name of ['check', 'diff', 'plan', 'apply', 'plan', 'drift'] as const) {
    for (const one of read(name).ours) {
      const inputs = filled(one);
      expect(JSON.stringify(inputs)).not.toContain('${{');
      const { isFailed, outputs, log } = await run(inputs, { env: { GITHUB_BASE_REF: 'main' } });
      expect(isFailed, log).toBe(false);
      story.push(`${inputs['command']} ${outputs['exit-code']}`);
    }
  }
  expect(story).toEqual(['check 0', 'diff 0', 'plan 2', 'apply 0', 'verify 0', 'plan 0', 'drift 0']);
  expect(github.comments).toHaveLength(2);
  expect(tenant.tenant.actions.size).toBe(2);
});
