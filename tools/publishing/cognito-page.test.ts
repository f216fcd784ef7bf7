/** Runs the commands of docs/cognito-first-token.md in one shell, at an emulator of AWS. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { awsCli } from '../servers/aws-cli.ts';
import { serverForTests } from '../servers/for-tests.ts';
import { startMinistack } from '../servers/ministack.ts';
import { isInstalled } from '../servers/python.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(repository, 'docs/cognito-first-token.md'), 'utf8');
const server = await serverForTests(startMinistack);
const root = mkdtempSync(join(tmpdir(), 'claimsmith-first-token-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the page has its reader type, and after it, what the reader sees. */
const parts = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)].map(
  ([, typed = '', seen = '']) => ({ typed, seen: seen.split('\n').filter((line) => line !== '') }),
);

/** `npx claimsmith` is the command of this repository, and `aws` the one that tests have. */
function commands(): string {
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const main = join(bin, 'main.ts');
  writeFileSync(main, `import { main } from '${repository}packages/cli/src/main.ts';\nawait main();\n`);
  const start = `exec '${process.execPath}' --no-warnings --conditions=@claimsmith/source '${main}'`;
  for (const [name, text] of [
    ['npx', `shift\n${start} "$@"`],
    ['aws', `exec '${awsCli.command}' "$@"`],
    ['node', `exec '${process.execPath}' "$@"`],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

test.skipIf(server === undefined || !isInstalled(awsCli))(
  'docs/cognito-first-token.md: its commands do what it says',
  async () => {
    const marks = parts.map(({ typed }, index) => `echo "== ${index}"\n${typed}`);
    const script = `set -eu\n${marks.join('\n')}\necho "== POOL $POOL"\n`;
    const { status, printed } = await shell(script, {
      PATH: `${commands()}:${process.env['PATH']}`,
      HOME: root,
      AWS_ENDPOINT_URL: server?.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'planted-aws-secret',
    });
    expect(status, printed).toBe(0);
    const pool = /^== POOL (\S+)$/m.exec(printed)?.[1] ?? '';
    for (const [index, { seen }] of parts.entries()) {
      const [, own = ''] = printed.split(`== ${index}\n`);
      const [until = ''] = own.split(/^== /m);
      for (const line of seen) expect(until).toContain(line.replaceAll('<POOL>', pool));
    }
    expect(printed).not.toContain('planted');
  },
  300_000,
);

function shell(script: string, variables: Readonly<Record<string, string | undefined>>) {
  return new Promise<{ status: number | null; printed: string }>((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd: root, env: { ...process.env, ...variables } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, printed }));
  });
}
