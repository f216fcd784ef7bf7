import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startCognitoLocal } from './cognito-local.ts';
import { startDynamoDb } from './dynamodb.ts';
import { startMariaDb } from './mariadb.ts';
import { startMinistack } from './ministack.ts';
import { startMoto } from './moto.ts';
import { startPostgres } from './postgres.ts';
import type { Missing, Running } from './process.ts';
import { startRedis } from './redis.ts';

const servers: readonly (readonly [name: string, start: () => Promise<Running | Missing>])[] = [
  ['PostgreSQL', startPostgres],
  ['MariaDB', startMariaDb],
  ['Redis', startRedis],
  ['DynamoDB Local', startDynamoDb],
  ['ministack', startMinistack],
  ['moto', startMoto],
  ['cognito-local', startCognitoLocal],
];

describe('a server of the tests', () => {
  it.for(servers)('%s listens on loopback until it is stopped', async ([, start], { skip }) => {
    const server = await start();
    if ('missing' in server) return skip(server.missing);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await server.stop();
    const late = connect(server.port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
