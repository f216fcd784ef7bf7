import { dataFolder, freePort, type Missing, type Running, start } from './process.ts';
import { isInstalled, pythonProgram } from './python.ts';

export const ministack = pythonProgram('ministack', 'ministack', ['ministack==1.5.33', 'cryptography']);

/** An emulator of AWS that others wrote: Cognito, which runs Lambda functions in Node. It takes any credentials. */
export interface Ministack extends Running {
  readonly endpoint: string;
}

/** Starts an empty one on loopback; says so where it cannot be had. */
export async function startMinistack(): Promise<Ministack | Missing> {
  if (!isInstalled(ministack)) return { missing: 'ministack is not there' };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await start({
    command: ministack.command,
    args: [],
    // Without these it listens on all addresses, and on a second port.
    env: {
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      IOT_MTLS_ENABLED: '0',
      // Functions find its other services by it.
      AWS_ENDPOINT_URL: endpoint,
    },
    port,
    folder: dataFolder('ministack'),
    // Any answer: it speaks.
    check: () => fetch(endpoint),
  });
  return { ...running, endpoint };
}
