import { dataFolder, freePort, type Missing, type Running, start } from './process.ts';
import { isInstalled, pythonProgram } from './python.ts';

export const moto = pythonProgram('moto', 'moto_server', ['moto[server]==5.2.5']);

/** An emulator of AWS that others wrote. Its user pools forget what an update leaves out, as those of Cognito. */
export interface Moto extends Running {
  readonly endpoint: string;
}

/** Starts an empty one on loopback; says so where it cannot be had. */
export async function startMoto(): Promise<Moto | Missing> {
  if (!isInstalled(moto)) return { missing: 'moto is not there' };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await start({
    command: moto.command,
    args: ['-H', '127.0.0.1', '-p', String(port)],
    port,
    folder: dataFolder('moto'),
    check: () => fetch(`${endpoint}/moto-api/`),
  });
  return { ...running, endpoint };
}
