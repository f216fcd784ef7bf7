import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import {
  complete,
  dataFolder,
  findCommand,
  freePort,
  type Missing,
  type Running,
  start,
  userNamed,
} from './process.ts';

/** A MariaDB of this run: user and database `claimsmith`, no password. */
export interface MariaDb extends Running {
  readonly url: string;
}

/** Starts an empty MariaDB; says so where none is installed. */
export async function startMariaDb(): Promise<MariaDb | Missing> {
  const server = findCommand(['mariadbd', 'mysqld']);
  const install = findCommand(['mariadb-install-db', 'mysql_install_db']);
  if (server === undefined || install === undefined) return { missing: 'MariaDB is not installed' };

  const folder = dataFolder('mariadb');
  const user = userNamed('mysql', 'nobody');
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const first = join(folder, 'first.sql');
  // The server reads one statement a line.
  const statements = [
    'create database claimsmith;',
    "create user claimsmith@'%';",
    "grant all on *.* to claimsmith@'%';",
  ];
  writeFileSync(first, `${statements.join('\n')}\n`);
  complete({
    command: install,
    args: ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--innodb-flush-log-at-trx-commit=0'],
    cwd: folder,
    user,
  });
  const port = await freePort();
  const url = `mysql://claimsmith@127.0.0.1:${port}/claimsmith`;
  const running = await start({
    command: server,
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${first}`,
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    user,
    port,
    folder,
    async check() {
      const connection = await createConnection(url);
      await connection.end();
    },
  });
  return { ...running, url };
}
