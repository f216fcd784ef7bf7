import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder, findCommand, freePort, type Missing, type Running, start } from './process.ts';

/** DynamoDB Local and what it needs; filled by `install.ts`. */
export const dynamoDbFolder = fileURLToPath(new URL('../../.cache/dynamodb-local/', import.meta.url));

/** A DynamoDB of this run, in memory. It takes any credentials. */
export interface DynamoDb extends Running {
  readonly endpoint: string;
}

/** Starts an empty DynamoDB Local; says so where it cannot be had. */
export async function startDynamoDb(): Promise<DynamoDb | Missing> {
  const java = findCommand(['java']);
  if (java === undefined) return { missing: 'no Java for DynamoDB Local' };
  if (!hasDynamoDb()) return { missing: 'DynamoDB Local is not there' };
  const folder = dataFolder('dynamodb');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const jars = join(dynamoDbFolder, 'jars');
  const running = await start({
    command: java,
    args: [
      '-Xmx256m',
      '-XX:TieredStopAtLevel=1',
      `-Djava.library.path=${jars}`,
      '-DDDBLOCAL_TELEMETRY=0',
      '-cp',
      join(jars, '*'),
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    env: { DDB_LOCAL_TELEMETRY: '0' },
    port,
    folder,
    // Any answer: it speaks.
    check: () => fetch(endpoint),
  });
  return { ...running, endpoint };
}

/** Whether DynamoDB Local has been fetched. */
export function hasDynamoDb(): boolean {
  try {
    return readdirSync(join(dynamoDbFolder, 'jars')).some((jar) => jar.startsWith('DynamoDBLocal'));
  } catch {
    return false;
  }
}
