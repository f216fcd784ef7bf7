import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { caddyServer } from '../../../tools/servers/gateways.ts';
import { freePort } from '../../../tools/servers/process.ts';
import { isInstalled } from '../../../tools/servers/python.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/put-it-behind-a-gateway.md'), 'utf8');

const functions = (folder: string, adminPort: number) => `
set -eu
cd ${folder}
export CADDY_ADMIN=127.0.0.1:${adminPort} NODE_OPTIONS='--no-warnings --conditions=@claimsmith/source' HOME=${folder}
caddy() { exec ${caddyServer.command} "$@" >&2; }
node() { exec ${process.execPath} "$@" >&2; }
npx() { shift; ${process.execPath} ${root}packages/cli/bin/claimsmith.js "$@"; }
npm() { :; }
curl() { command curl -s "$@"; }
listening() { for port; do until (: > /dev/tcp/127.0.0.1/$port) 2> /dev/null; do sleep 0.05; done; done; }
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
`;

test('the commands of the page do what it shows', { timeout: 60_000 }, async ({ skip }) => {
  if (!isInstalled(caddyServer)) return skip('caddy is not there');
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-gateway-page-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  try {
    const ports = new Map(
      await Promise.all(
        ['8000', '8080', '9000'].map(async (port) => [port, String(await freePort())] as const),
      ),
    );
    const own = (text: string) => text.replace(/\b(?:8000|8080|9000)\b/g, (port) => ports.get(port) ?? port);
    const blocks = [...page.matchAll(/^```(sh|console)\n(.*?)^```/gms)];
    const shown: string[][] = [];
    const script = blocks.map(([, language, text = '']) => {
      if (language === 'sh') return own(text);
      const commands = text
        .split(/^\$ /m)
        .slice(1)
        .map((one) => {
          const [command = '', ...lines] = one.trim().split('\n');
          shown.push(lines);
          return `${own(command)}\necho; echo ==`;
        });
      return [`listening ${[...ports.values()].join(' ')}`, ...commands].join('\n');
    });
    const child = spawn('bash', ['-c', `${functions(folder, await freePort())}${script.join('\n')}`]);
    let output = '';
    let errors = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (errors += text));
    const [status] = await once(child, 'close');
    expect(status, errors).toBe(0);
    const answers = output
      .split('HTTP/1.1')
      .slice(1)
      .map((answer) => `HTTP/1.1${answer}`);
    expect(answers).toHaveLength(shown.length);
    for (const [nth, lines] of shown.entries()) {
      const got = answers[nth]?.split(/\r?\n/);
      for (const line of lines) expect(got).toContain(line);
    }
    expect(answers[1]).not.toMatch(/x-claims|admin/i);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
