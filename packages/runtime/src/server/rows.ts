import type { ParameterNeed } from '../program.ts';
import type { Reply } from '../request.ts';
import { bounded, lasting } from './driver.ts';
import type { SqlServerSource } from './source.ts';

/** The most rows that `rows: many` gives. */
export const rowLimit = 5000;

/** A column as its driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** How many rows to read: one more than allowed, to notice that there are more. */
export function rowsToRead({ rows }: Pick<SqlServerSource, 'rows'>): number {
  return rows === 'one' ? 2 : rowLimit + 1;
}

/**
 * The parameter for each placeholder of the query.
 *
 * @throws TypeError if a parameter is missing
 */
export function boundValues({ bound }: SqlServerSource, { parameters }: ParameterNeed) {
  return bound.map((name) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new TypeError('parameter');
    return value;
  });
}

/** Whether column names are unique. Of two columns with one name, it is unclear which one is meant. */
export function areDistinct(columns: readonly { readonly name: string }[]): boolean {
  return new Set(columns.map(({ name }) => name)).size === columns.length;
}

/** Takes rows one by one from a driver that does not accept a limit. */
export function collector(source: SqlServerSource) {
  const keepLimit = rowsToRead(source);
  const rows: Row[] = [];
  let count = 0;
  let size = 0;
  return {
    /** Whether to read the remaining rows: a few unneeded rows cost less than a new connection. */
    take(row: Row): boolean {
      count++;
      for (const value of Object.values(row)) size += typeof value === 'string' ? value.length : 1;
      if (rows.length < keepLimit) rows.push(row);
      return count <= rowLimit && size <= source.limitBytes;
    },
    /** The answer to an accepted question. */
    reply: (): Reply => (size > source.limitBytes ? lasting('too_large') : replyOf(source, rows)),
  };
}

/** The answer that rows make. */
export function replyOf(
  { rows: wanted, limitBytes, booleans = [] }: Pick<SqlServerSource, 'rows' | 'limitBytes' | 'booleans'>,
  rows: readonly Row[],
): Reply {
  if (wanted === 'one' && rows.length > 1) return lasting('ambiguous');
  if (rows.length > rowLimit) return lasting('too_large');
  const records: Record<string, unknown>[] = [];
  for (const row of rows) {
    const record = recordOf(row, booleans);
    if (record === undefined) return lasting('malformed');
    records.push(record);
  }
  return bounded(wanted === 'one' ? (records[0] ?? {}) : { rows: records }, limitBytes);
}

/** A row as JSON can carry it; undefined if a column has no such form. */
function recordOf(row: Row, booleans: readonly string[]): Record<string, unknown> | undefined {
  const record: Record<string, unknown> = {};
  for (const [column, found] of Object.entries(row)) {
    if (found === null || found === undefined) continue;
    const value = columnOf(found);
    if (value === undefined) return undefined;
    const isFlag = (value === 0 || value === 1) && booleans.includes(column);
    put(record, column, isFlag ? value === 1 : value);
  }
  return record;
}

/** Sets a field, one called `__proto__` included. */
export function put(record: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A column that JSON cannot carry, as distinct from one that is null. */
export const unsuitable: unique symbol = Symbol('unsuitable');

/** Text, numbers and booleans stay as they are; lists and objects come from columns of JSON or arrays. */
function columnOf(found: unknown): unknown {
  switch (typeof found) {
    case 'string':
    case 'boolean':
      return found;
    case 'number':
      return Number.isFinite(found) ? found : undefined;
    case 'bigint':
      return exact(found);
    case 'object':
      return ArrayBuffer.isView(found) ? undefined : found;
    default:
      return undefined;
  }
}

/**
 * An integer as a number if that is exact. Beyond 2^53 it is text with its digits, which claims do not accept as a
 * number.
 */
export function exact(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}

const dateTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?(?:(\+00)(?::?00)?)?$/;

/**
 * A date and time in ISO 8601, from the form of a database: `2026-01-31 08:00:00+00` becomes `2026-01-31T08:00:00Z`. No
 * zone is added. Other texts (`infinity`) stay as they are.
 */
export function isoDateTime(text: string): string {
  const found = dateTime.exec(text);
  if (found === null) return text;
  const [, date, time, fraction = '', zone] = found;
  return `${date}T${time}${fraction}${zone === undefined ? '' : 'Z'}`;
}
