import { connect } from 'node:net';
import { dataFolder, findCommand, freePort, type Missing, type Running, start } from './process.ts';

/** A Redis of this run that keeps nothing on disk. */
export interface Redis extends Running {
  readonly url: string;
}

/** Starts an empty Redis; says so where none is installed. */
export async function startRedis(): Promise<Redis | Missing> {
  const server = findCommand(['redis-server', 'valkey-server']);
  if (server === undefined) return { missing: 'Redis is not installed' };
  const folder = dataFolder('redis');
  const port = await freePort();
  const running = await start({
    command: server,
    args: [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ],
    port,
    folder,
    check: () => ping(port),
  });
  return { ...running, url: `redis://127.0.0.1:${port}` };
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      socket.destroy();
      if (String(reply).startsWith('+PONG')) resolve();
      else reject(new Error('no PONG'));
    });
    socket.once('error', reject);
  });
}
