import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { added, call, plainSpec, policyText, secret } from '../../../packages/okta-server/test/served.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-app-'));
const policyFile = join(folder, 'policy.mjs');
const auditFile = join(folder, 'audit.jsonl');
const running = new Set<ChildProcess>();

beforeAll(() => {
  const build = fileURLToPath(new URL('../build.ts', import.meta.url));
  const bundle = join(folder, 'bundle');
  execFileSync(process.execPath, ['--conditions=@claimsmith/source', build, bundle], { stdio: 'inherit' });
  // As in the image: says that the files are modules.
  writeFileSync(join(folder, 'bundle', 'package.json'), '{ "type": "module" }');
});

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const beside of ['', '.end', '.lock']) rmSync(`${auditFile}${beside}`, { force: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(environment: Readonly<Record<string, string>>, ...given: string[]): Run {
  const child = spawn(process.execPath, [join(folder, 'bundle', 'main.js'), ...given], { env: environment });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'close').then(([status]) => {
    running.delete(child);
    return status;
  });
  return { child, output: () => output, ended };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Serves a policy; resolves when it answers. */
async function serve(spec = plainSpec, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(policyFile, policyText(spec));
  const port = await freePort();
  const process = run({
    POLICY: policyFile,
    HOOK_SECRET: secret,
    AUDIT_FILE: auditFile,
    PORT: String(port),
    LINGER_MS: '0',
    ...environment,
  });
  await said(process, 'the hook is running');
  return { ...process, hook: `http://127.0.0.1:${port}/okta/token-hook`, port };
}

async function said(process: Run, text: string) {
  for (let i = 0; i < 500 && !process.output().includes(text); i++) await later(10);
  expect(process.output()).toContain(text);
}

const withRole = `${plainSpec}  role: { const: clerk, kind: descriptive }\n`;

test('what lacks is told at once, and it does not start', async () => {
  const { ended, output } = run({ PORT: 'x', HOOK_SECRET: 'hush' });
  expect(await ended).toBe(1);
  expect(output().trim().split('\n')).toHaveLength(4);
  expect(output()).not.toContain('hush');
});

test('a policy that does not load keeps it from starting', async () => {
  writeFileSync(policyFile, 'export const policy = {');
  const { ended, output } = run({ POLICY: policyFile, HOOK_SECRET: secret, AUDIT_FILE: 'off' });
  expect(await ended).toBe(1);
  expect(output()).toBe(`${policyFile} cannot be loaded: SyntaxError\n`);
});

test('it serves, follows its policy, and ends when told', async () => {
  const process = await serve();
  expect(await call(process.hook)).toEqual(added({ login: 'ada@acme.example', policy: expect.anything() }));

  // As a mounted configuration changes: by a rename.
  writeFileSync(`${policyFile}.new`, policyText(withRole));
  renameSync(`${policyFile}.new`, policyFile);
  await said(process, 'serving a new policy');
  expect(JSON.stringify(await call(process.hook))).toContain('clerk');

  writeFileSync(policyFile, 'export const policy = { program: 1 };');
  process.child.kill('SIGHUP');
  await said(process, 'the new policy was refused');
  expect(process.output()).toContain(`${policyFile} is not a policy for this server`);
  expect(JSON.stringify(await call(process.hook))).toContain('clerk');
  const metrics = await (await fetch(`http://127.0.0.1:${process.port}/metrics`)).text();
  expect(metrics).toContain('claimsmith_policy_reloads_total{outcome="taken"} 1\n');
  expect(metrics).toContain('claimsmith_policy_reloads_total{outcome="refused"}');

  const startMs = performance.now();
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(3_000);
  expect(process.output()).not.toMatch(/ada@|clerk|5d41402a/);

  const verified = run({}, 'verify', auditFile);
  expect(await verified.ended).toBe(0);
  expect(JSON.parse(verified.output())).toMatchObject({ isWhole: true, lines: 3 });
});

test('verify tells what is missing from a chain that holds', async () => {
  const file = join(folder, 'torn.jsonl');
  const process = await serve(plainSpec, { AUDIT_FILE: file });
  await call(process.hook);
  process.child.kill('SIGKILL');
  await process.ended;
  appendFileSync(file, '{"torn');
  const again = await serve(plainSpec, { AUDIT_FILE: file });
  again.child.kill('SIGTERM');
  await again.ended;
  const verified = run({}, 'verify', file);
  expect(await verified.ended).toBe(3);
  expect(JSON.parse(verified.output())).toMatchObject({
    isWhole: true,
    incidents: [{ line: 2, event: 'recovered' }],
  });
});

test('verify tells a file that is changed, and one that is not there', async () => {
  writeFileSync(auditFile, '{}\n');
  const changed = run({}, 'verify', auditFile);
  expect(await changed.ended).toBe(1);
  expect(JSON.parse(changed.output())).toEqual({ isWhole: false, line: 1, problem: 'shape' });
  const none = run({}, 'verify', join(folder, 'none'));
  expect(await none.ended).toBe(2);
});

test('SIGHUP takes another secret, though the policy is the same', async () => {
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, secret);
  const process = await serve(plainSpec, { HOOK_SECRET: '', HOOK_SECRET_FILE: secretFile });
  const next = 'Bearer the next secret';
  writeFileSync(secretFile, next);
  process.child.kill('SIGHUP');
  await said(process, 'policy and settings were read again');
  expect(await call(process.hook)).toHaveProperty('error');
  expect(await call(process.hook, undefined, next)).toHaveProperty('commands');
  writeFileSync(secretFile, 'short');
  process.child.kill('SIGHUP');
  await said(process, 'the new policy was refused');
  expect(await call(process.hook, undefined, next)).toHaveProperty('commands');
  expect(process.output()).not.toContain(next);
});

test('an audit file has one process', async () => {
  const first = await serve();
  const second = run({ POLICY: policyFile, HOOK_SECRET: secret, AUDIT_FILE: auditFile, PORT: '0' });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`another process writes to it (it holds ${auditFile}.lock`);
  first.child.kill('SIGKILL');
  await first.ended;
  await serve();
});

const slowSpec = (port: number) => `${plainSpec}
  plan: { value: plans.plan, kind: authoritative }
sources:
  plans:
    http: { url: "http://127.0.0.1:${port}/{user.id}" }
    returns: { plan: string }
    timeout: 1800ms
`;

test('what comes at the end of the longest linger is answered still', async () => {
  const source = createHttpServer((_, response) => {
    setTimeout(() => response.end('{"plan":"gold"}'), 1_700);
  }).listen(0, '127.0.0.1');
  await once(source, 'listening');
  const address = source.address();
  const process = await serve(slowSpec(typeof address === 'object' ? (address?.port ?? 0) : 0), {
    LINGER_MS: '8000',
  });
  process.child.kill('SIGTERM');
  await later(7_900);
  expect(JSON.stringify(await call(process.hook))).toContain('gold');
  expect(await process.ended).toBe(0);
  source.close();
}, 20_000);
