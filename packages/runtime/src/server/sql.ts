import { fill, type Setting } from '../fill.ts';
import { type Driver, lasting } from './driver.ts';
import { mysqlDriver } from './mysql.ts';
import { postgresDriver } from './postgres.ts';
import type { SqlServerSource } from './source.ts';
import { requireSettings, SourceError } from './source-error.ts';
import { sqliteDriver } from './sqlite.ts';

type Make = (name: string, source: SqlServerSource, setting: Setting) => Driver;

const makers: Readonly<Record<string, Make | undefined>> = {
  'sqlite:': sqliteDriver,
  'postgres:': postgresDriver,
  'postgresql:': postgresDriver,
  'mysql:': mysqlDriver,
  'mariadb:': mysqlDriver,
};

/** Asks the database of a connection, after filling in its settings. */
export function sqlDriver(name: string, source: SqlServerSource, setting: Setting): Driver {
  let made: Driver | undefined;

  /** @throws if a setting is not given */
  function driver(): Driver | undefined {
    const [scheme = ''] = /^[a-z]+:/.exec(fill(source.connection, setting)) ?? [];
    made ??= makers[scheme]?.(name, source, setting);
    return made;
  }

  return {
    async ready(signal) {
      requireSettings(name, source.connection, setting);
      const found = driver();
      if (found === undefined) {
        throw new SourceError(
          'address',
          name,
          'its connection must begin with sqlite:, postgres:// or mysql://',
        );
      }
      await found.ready(signal);
    },
    async attempt(need, signal) {
      let found: Driver | undefined;
      try {
        found = driver();
      } catch {
        return lasting('setting');
      }
      return found === undefined ? lasting('address') : found.attempt(need, signal);
    },
    async close() {
      await made?.close();
    },
  };
}
