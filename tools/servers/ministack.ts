import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dataFolder, freePort, type Missing, type Running, start } from './process.ts';

/** Python and its packages, apart from all others; filled by `install.ts`. */
export const ministackFolder = fileURLToPath(new URL('../../.cache/ministack/', import.meta.url));

/** Its command. */
const command = `${ministackFolder}bin/ministack`;

/** An emulator of AWS that others wrote: Cognito, which runs Lambda functions in Node. It takes any credentials. */
export interface Ministack extends Running {
  readonly endpoint: string;
}

/** Starts an empty one on loopback; says so where it cannot be had. */
export async function startMinistack(): Promise<Ministack | Missing> {
  if (!hasMinistack()) return { missing: 'ministack is not there' };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await start({
    command,
    args: [],
    // Without these it listens on all addresses, and on a second port.
    env: {
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      IOT_MTLS_ENABLED: '0',
    },
    port,
    folder: dataFolder('ministack'),
    // Any answer: it speaks.
    check: () => fetch(endpoint),
  });
  return { ...running, endpoint };
}

/** Whether it has been fetched. */
export function hasMinistack(): boolean {
  return existsSync(command);
}
