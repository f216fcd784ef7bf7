import { type Attempt, fill, type Setting, type Settings, settingOf } from '@claimsmith/runtime';
import {
  type Driver,
  type DynamoDbServerSource,
  dynamoDbDriver,
  mysqlDriver,
  postgresDriver,
  type SqlServerSource,
} from '@claimsmith/runtime/server';

/**
 * What asks one database. It connects at the first question, and keeps one connection as long as the instance of the
 * function lives, or until a setting in the connection has another value.
 */
export function databaseAttempt(
  name: string,
  source: SqlServerSource | DynamoDbServerSource,
  settings: Settings,
): Attempt {
  const setting: Setting = (key) => settingOf(settings, key);
  let driver: Driver | undefined;
  let filled: string | undefined;
  return async (need, { signal }) => {
    if (!('parameters' in need)) return { failure: 'address', passing: false };
    try {
      const connection = source.kind === 'sql' ? fill(source.connection, setting) : '';
      if (connection !== filled) {
        const next = driverOf(name, source, setting);
        void driver?.close().catch(() => undefined);
        driver = next;
        filled = connection;
      }
    } catch {
      return { failure: 'setting', passing: false };
    }
    return driver === undefined ? { failure: 'address', passing: false } : driver.attempt(need, signal);
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
