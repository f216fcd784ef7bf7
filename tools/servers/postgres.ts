import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  complete,
  dataFolder,
  findCommand,
  freePort,
  type Missing,
  type Running,
  start,
  userNamed,
  versionsIn,
} from './process.ts';

/** A PostgreSQL of this run: user and database `claimsmith`, no password. */
export interface Postgres extends Running {
  readonly url: string;
}

/** Starts an empty PostgreSQL; says so where none is installed. */
export async function startPostgres(): Promise<Postgres | Missing> {
  const installed = versionsIn('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`);
  const server = findCommand(['postgres'], installed);
  const initdb = findCommand(['initdb'], installed);
  if (server === undefined || initdb === undefined) return { missing: 'PostgreSQL is not installed' };

  const folder = dataFolder('postgres');
  const data = join(folder, 'data');
  const user = userNamed('postgres', 'nobody');
  mkdirSync(data);
  if (user) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
  const env = { LC_ALL: 'C' };
  complete({
    command: initdb,
    args: ['-D', data, '-A', 'trust', '-U', 'claimsmith', '-E', 'UTF8', '--no-sync'],
    env,
    cwd: folder,
    user,
  });
  const port = await freePort();
  const url = `postgres://claimsmith@127.0.0.1:${port}/postgres`;
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=40',
  ];
  const running = await start({
    command: server,
    args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    env,
    user,
    port,
    folder,
    // Fast shutdown: it does not wait for clients.
    signal: 'SIGINT',
    async check() {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      await client.end();
    },
  });
  return { ...running, url };
}
