import { type Attempt, fill, type Reply, type Setting, type Settings, settingOf } from '@claimsmith/runtime';
import {
  type Driver,
  type DynamoDbServerSource,
  dynamoDbDriver,
  mysqlDriver,
  postgresDriver,
  type SqlServerSource,
} from '@claimsmith/runtime/server';

/** A connection that was not used for so long is made anew: NAT gateways forget it after 350 seconds. */
const idleLimitMs = 300_000;

/**
 * What asks the database of one source. It connects at the first question, and keeps one connection as long as the instance of the
 * function lives, or until a setting in the connection has another value.
 *
 * Lambda freezes an instance between two calls, and a connection that ended meanwhile breaks at its next use. The question is
 * asked again then, on a new connection, in what is left of its time.
 */
export function databaseAttempt(
  name: string,
  source: SqlServerSource | DynamoDbServerSource,
  settings: Settings,
): Attempt {
  const setting: Setting = (key) => settingOf(settings, key);
  let driver: Driver | undefined;
  let filled: string | undefined;
  let usedMs = 0;
  let isKept = false;
  return async (need, { signal }) => {
    if (!('parameters' in need)) return { failure: 'address', passing: false };
    try {
      const connection = source.kind === 'sql' ? fill(source.connection, setting) : '';
      if (connection !== filled || Math.abs(Date.now() - usedMs) > idleLimitMs) {
        const next = driverOf(name, source, setting);
        void driver?.close().catch(() => undefined);
        driver = next;
        filled = connection;
        isKept = false;
      }
      usedMs = Date.now();
    } catch {
      return { failure: 'setting', passing: false };
    }
    if (driver === undefined) return { failure: 'address', passing: false };
    const { attempt } = driver;
    const ask = (): Promise<Reply> =>
      attempt(need, signal).catch(() => ({ failure: 'network', passing: true }));
    const wasKept = isKept;
    const reply = await ask();
    isKept = true;
    const isBroken = wasKept && reply.passing && reply.failure !== 'timeout' && !signal.aborted;
    return isBroken ? ask() : reply;
  };
}

/** @throws Error if a setting is missing */
function driverOf(
  name: string,
  source: SqlServerSource | DynamoDbServerSource,
  setting: Setting,
): Driver | undefined {
  if (source.kind === 'dynamodb') return dynamoDbDriver(name, source, setting);
  const [scheme] = /^[a-z]+:/.exec(fill(source.connection, setting)) ?? [];
  if (scheme === 'postgres:' || scheme === 'postgresql:') return postgresDriver(name, source, setting);
  return scheme === 'mysql:' || scheme === 'mariadb:' ? mysqlDriver(name, source, setting) : undefined;
}
