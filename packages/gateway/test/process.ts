import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../apps/gateway/src/main.ts', import.meta.url));

/** A private key in PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** Writes files into a folder, and starts the gateway's server there as a process of its own, on a free port. */
export async function startProcess(
  folder: string,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const child = spawn(process.execPath, ['--no-warnings', '--conditions=@claimsmith/source', main], {
    cwd: folder,
    env: {
      CONTRACT: 'contract.json',
      RULES: 'gateway.yaml',
      LOOKUPS: 'lookups.mjs',
      CLAIMSMITH_SETTINGS: 'BANK_TOKEN',
      BANK_TOKEN: 'hush',
      PORT: '0',
      LINGER_MS: '0',
      ...environment,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'close').then(([status]): number | null => status);
  const said = async (text: string) => {
    for (let nth = 0; nth < 1_000 && !output.includes(text) && child.exitCode === null; nth++)
      await later(10);
    if (!output.includes(text)) throw new Error(`it has not said ${text}: ${output}`);
  };
  return {
    child,
    ended,
    said,
    output: () => output,
    /** Its port, once it answers. */
    async port() {
      await said('the gateway is running');
      return Number(/"address":"http:\/\/[^"]*:(\d+)"/.exec(output)?.[1]);
    },
    async stop(signal: NodeJS.Signals = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await ended;
    },
  };
}
