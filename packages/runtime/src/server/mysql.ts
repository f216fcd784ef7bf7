import { Duplex } from 'node:stream';
import type { Pool, PoolConnection, TypeCastField, TypeCastNext } from 'mysql2';
import { fill, type Setting } from '../fill.ts';
import type { Reply } from '../request.ts';
import { askedOnce, type Driver, lasting } from './driver.ts';
import { lazy } from './lazy.ts';
import { load } from './load.ts';
import { areDistinct, boundValues, collector, isoDateTime, type Row } from './rows.ts';
import type { SqlServerSource } from './source.ts';
import { SourceError } from './source-error.ts';

const readOnly = 'set session transaction read only';
/** Open connections to one database. More questions wait for a connection, within their time. */
const connectionLimit = 10;
/** Allowed parameters of the connection's address. Others could change the meaning of answers. */
const addressParameters: ReadonlySet<string> = new Set(['ssl', 'charset']);

type Mysql = typeof import('mysql2');

/**
 * Asks MySQL or MariaDB, through its own pool, in read-only sessions.
 *
 * `BIGINT` is a number up to 2^53, otherwise text with its digits. `DECIMAL` is text with its digits. Dates and times
 * are ISO 8601; a `TIMESTAMP` is in UTC. `JSON` is its content. Binary columns have no form in JSON and are
 * `malformed`.
 *
 * MySQL's own comparison decides which rows a parameter finds. By default `U1`, `u1` and `ü1` are equal, and a numeric
 * column is compared with the number at the beginning of a text, so `5abc` finds 5. Give a key column a binary
 * collation, and use its type in the query.
 */
export function mysqlDriver(name: string, source: SqlServerSource, setting: Setting): Driver {
  const text = source.query.join('?');
  const opened = lazy(
    async () => poolOf(await load('mysql2', name, () => import('mysql2')), source, setting),
    (pool) => new Promise<void>((resolve) => pool.end(() => resolve())),
  );
  const connect = connector(() => opened.get(), source.timeoutMs);

  return {
    async ready(signal) {
      let connection: PoolConnection | undefined;
      const stop = () => connection && cut(connection);
      signal.addEventListener('abort', stop, { once: true });
      try {
        connection = await connect(signal);
        await prepare(connection, text);
        connection.release();
      } catch (error) {
        if (connection) cut(connection);
        if (error instanceof SourceError) throw error;
        throw new SourceError('connection', name, `MySQL ${complaintOf(error)}`);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    async attempt(need, signal) {
      if ('url' in need) return lasting('address');
      const values = boundValues(source, need);
      let connection: PoolConnection;
      try {
        connection = await connect(signal);
      } catch (error) {
        return failureOf(error);
      }
      if (!signal.aborted) return ask(connection, source, text, values, signal);
      connection.release();
      return { failure: 'timeout', passing: true };
    },
    close: opened.end,
  };
}

/** Opens connections of a pool and sets them up. If the setup is aborted, the connection is closed. */
function connector(open: () => Promise<Pool>, timeoutMs: number) {
  const prepared = new WeakSet<PoolConnection>();
  return async (signal: AbortSignal): Promise<PoolConnection> => {
    const pool = await open();
    const connection = await new Promise<PoolConnection>((resolve, reject) =>
      pool.getConnection((error, found) => (error ? reject(error) : resolve(found))),
    );
    if (prepared.has(connection)) return connection;
    // A connection that breaks while idle has already left the pool.
    connection.on('error', () => undefined);
    const stop = () => cut(connection);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await run(connection, "set session time_zone = '+00:00'");
      await run(connection, readOnly);
      await limitTime(connection, timeoutMs);
    } catch (error) {
      cut(connection);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    prepared.add(connection);
    return connection;
  };
}

function poolOf({ createPool }: Mysql, source: SqlServerSource, setting: Setting): Pool {
  const address = new URL(fill(source.connection, setting));
  for (const parameter of [...address.searchParams.keys()]) {
    if (!addressParameters.has(parameter)) address.searchParams.delete(parameter);
  }
  return createPool({
    uri: address.href,
    connectionLimit: source.connections ?? connectionLimit,
    connectTimeout: source.timeoutMs,
    enableKeepAlive: true,
    supportBigNumbers: true,
    dateStrings: true,
    // A server must not be able to read our files.
    flags: ['-LOCAL_FILES'],
  });
}

/** Closes a connection both ways; otherwise the driver reads until the server has sent everything. */
function cut(connection: PoolConnection): void {
  connection.destroy();
  if ('stream' in connection && connection.stream instanceof Duplex) connection.stream.destroy();
}

function run(connection: PoolConnection, sql: string): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.query(sql, (error) => (error ? reject(error) : resolve())),
  );
}

function prepare(connection: PoolConnection, sql: string): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.prepare(sql, (error, statement) => {
      if (error) return reject(error);
      statement.close();
      resolve();
    }),
  );
}

/** MariaDB and MySQL name it differently, and count differently. */
async function limitTime(connection: PoolConnection, timeoutMs: number): Promise<void> {
  try {
    await run(connection, `set session max_statement_time = ${timeoutMs / 1000}`);
  } catch {
    // MySQL does not have this variable. If both fail, the connection is not used.
    await run(connection, `set session max_execution_time = ${Math.ceil(timeoutMs)}`);
  }
}

/** One query. */
function ask(
  connection: PoolConnection,
  source: SqlServerSource,
  text: string,
  values: ReturnType<typeof boundValues>,
  signal: AbortSignal,
): Promise<Reply> {
  const collected = collector(source);
  const giveBack = (isUsable: boolean) => {
    if (!isUsable) return cut(connection);
    // A function that a query calls may have changed the session.
    run(connection, readOnly).then(
      () => connection.release(),
      () => cut(connection),
    );
  };
  return askedOnce(signal, giveBack, (end) => {
    const query = connection.execute({ sql: text, values, typeCast: cast });
    query.on('fields', (fields: unknown) => {
      // None: the statement gives no rows.
      if (!Array.isArray(fields) || !areDistinct(fields)) end(false, lasting('malformed'));
    });
    query.on('result', (row: Row) => {
      if (!collected.take(row)) end(false, collected.reply());
    });
    query.on('end', () => end(true, collected.reply()));
    query.on('error', (error) => end(isAnswered(error), failureOf(error)));
  });
}

function cast(field: TypeCastField, next: TypeCastNext): unknown {
  const value = next();
  return (field.type === 'DATETIME' || field.type === 'TIMESTAMP') && typeof value === 'string'
    ? isoDateTime(field.type === 'TIMESTAMP' ? `${value}+00` : value)
    : value;
}

function failureOf(error: unknown): Reply {
  if (!isAnswered(error)) return { failure: 'network', passing: true };
  if (timeoutErrors.has(error.errno)) return { failure: 'timeout', passing: true };
  const refusal = privilegeErrors.has(error.errno) ? 'either' : undefined;
  return { failure: 'status', passing: passingErrors.has(error.errno), refusal };
}

/** Whether the error comes from the server, and not from a broken connection. */
function isAnswered(error: unknown): error is Error & { errno: number } {
  if (!(error instanceof Error) || !('errno' in error) || 'fatal' in error) return false;
  return typeof error.errno === 'number' && error.errno >= 1000;
}

/** Statement interrupted, of MySQL and of MariaDB. */
const timeoutErrors: ReadonlySet<number> = new Set([1317, 1969, 3024]);
/**
 * Too many connections, no memory, access denied, unknown database, shutdown, lock waits, deadlocks: they fail for
 * every user.
 *
 * @see https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
const passingErrors: ReadonlySet<number> = new Set([
  1037, 1038, 1040, 1041, 1044, 1045, 1049, 1053, 1129, 1130, 1135, 1203, 1205, 1213, 1226, 1290, 1836,
]);

/** No right to a table, a column or a routine. */
const privilegeErrors: ReadonlySet<number> = new Set([1142, 1143, 1370]);

/** Why, without the server's words, which may repeat what was sent. */
function complaintOf(error: unknown): string {
  if (isAnswered(error)) return `refuses its query or the login (error ${error.errno})`;
  const system = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `cannot be reached${system}`;
}
