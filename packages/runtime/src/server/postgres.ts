import type { Pool, PoolClient, QueryConfig } from 'pg';
import { fill, type Setting } from '../fill.ts';
import type { Reply } from '../request.ts';
import { askedOnce, type Driver, lasting } from './driver.ts';
import { lazy } from './lazy.ts';
import { load } from './load.ts';
import { parserOf } from './postgres-types.ts';
import { areDistinct, boundValues, collector } from './rows.ts';
import type { SqlServerSource } from './source.ts';
import { SourceError } from './source-error.ts';

/** Open connections to one database. More questions wait for a connection, within their time. */
const connectionLimit = 10;

type Pg = typeof import('pg');

/**
 * Asks PostgreSQL, through its own pool, in read-only sessions.
 *
 * A `bigint` is a number up to 2^53, otherwise text with its digits. `numeric` is text with its digits. Dates and times
 * are ISO 8601, in UTC if they have a zone. `json` and arrays are their content. `bytea`, infinity and NaN have no form
 * in JSON and are `malformed`. Every other type is text.
 *
 * Each query sets up its session first, so a pooler in between must not share the session between transactions.
 */
export function postgresDriver(name: string, source: SqlServerSource, setting: Setting): Driver {
  // Each place has a separate parameter, because PostgreSQL gives a parameter one type.
  const text = source.query.reduce((before, after, at) => `${before}$${at}${after}`);
  const opened = lazy(
    async () => {
      const pg = await load('pg', name, () => import('pg'));
      return { pg, pool: poolOf(pg, source, setting) };
    },
    ({ pool }) => pool.end(),
  );

  return {
    async ready() {
      const { pool } = await opened.get();
      let client: PoolClient | undefined;
      try {
        client = await pool.connect();
        await client.query(inTime(`prepare claimsmith as ${text}`, source));
        await client.query(inTime('deallocate claimsmith', source));
        client.release();
      } catch (error) {
        client?.release(true);
        throw new SourceError('connection', name, `PostgreSQL ${complaintOf(error)}`);
      }
    },
    async attempt(need, signal) {
      if ('url' in need) return lasting('address');
      const values = boundValues(source, need);
      const { pg, pool } = await opened.get();
      let client: PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        return failureOf(error);
      }
      if (!signal.aborted) return ask(pg, client, source, text, values, signal);
      client.release();
      return { failure: 'timeout', passing: true };
    },
    close: opened.end,
  };
}

function poolOf({ Pool }: Pg, source: SqlServerSource, setting: Setting): Pool {
  const pool = new Pool({
    connectionString: fill(source.connection, setting),
    max: source.connections ?? connectionLimit,
    connectionTimeoutMillis: source.timeoutMs,
    keepAlive: true,
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf },
    // After the connection's own parameters, so that they cannot undo it.
    async onConnect(client) {
      await client.query(setup(source));
    },
  });
  // An idle connection that breaks has left the pool already.
  pool.on('error', () => undefined);
  return pool;
}

function setup(source: SqlServerSource): QueryConfig {
  return inTime(
    `set default_transaction_read_only = on; set statement_timeout = ${Math.ceil(source.timeoutMs)}; ` +
      "set timezone = 'UTC'; set datestyle = 'ISO'; set client_encoding = 'UTF8'",
    source,
  );
}

/** Resets a connection before reuse, because a function that a query calls may have changed the session. */
async function giveBack(client: PoolClient, source: SqlServerSource): Promise<void> {
  const ignore = () => undefined;
  client.on('error', ignore);
  try {
    await client.query(setup(source));
    client.release();
  } catch {
    client.release(true);
  } finally {
    client.off('error', ignore);
  }
}

/** For work that a signal does not cancel: the setup of a session, and getting ready. */
function inTime(
  text: string,
  { timeoutMs }: SqlServerSource,
): QueryConfig & { readonly query_timeout: number } {
  return { text, query_timeout: timeoutMs };
}

/** One query. */
function ask(
  { Query }: Pg,
  client: PoolClient,
  source: SqlServerSource,
  text: string,
  values: readonly unknown[],
  signal: AbortSignal,
): Promise<Reply> {
  const collected = collector(source);
  let lost = (_error: unknown): void => undefined;
  const finish = (isUsable: boolean) => {
    client.off('error', lost);
    if (isUsable) void giveBack(client, source);
    else client.release(true);
  };
  return askedOnce(signal, finish, (end) => {
    lost = (error) => end(codeOf(error) !== undefined, failureOf(error));
    client.on('error', lost);
    // Extended even without parameters, because it accepts only one statement.
    const config = { text, values: [...values], queryMode: 'extended' };
    const query = new Query(config);
    query.on('row', (row, result) => {
      if (result !== undefined && !areDistinct(result.fields)) end(false, lasting('malformed'));
      else if (!collected.take(row)) end(false, collected.reply());
    });
    query.on('end', () => end(true, collected.reply()));
    query.on('error', lost);
    client.query(query);
  });
}

function failureOf(error: unknown): Reply {
  const code = codeOf(error);
  if (code === undefined) return { failure: 'network', passing: true };
  if (code === canceled) return { failure: 'timeout', passing: true };
  const passing = passingClasses.has(code.slice(0, 2)) || code === lockNotAvailable;
  return { failure: 'status', passing, refusal: refusalOf(code) };
}

/** SQLSTATE: the server itself has answered. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' && error.code.length === 5 ? error.code : undefined;
}

/** Errors of authorization and of an unknown database are ours; a missing privilege may concern one row. */
function refusalOf(code: string): 'us' | 'either' | undefined {
  if (code.startsWith('28') || code.startsWith('3D')) return 'us';
  return code === insufficientPrivilege ? 'either' : undefined;
}

const insufficientPrivilege = '42501';
const canceled = '57014';
const lockNotAvailable = '55P03';
/**
 * Connection, authorization, unknown database, rollback, resources, operator, system and internal errors: they fail for
 * every user.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passingClasses: ReadonlySet<string> = new Set(['08', '28', '3D', '40', '53', '57', '58', 'F0', 'XX']);

/** Why, without the server's words, which may repeat what was sent. */
function complaintOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) return `refuses its query or the login (SQLSTATE ${code})`;
  const system = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `cannot be reached${system}`;
}
