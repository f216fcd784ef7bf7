import type { Reply } from '../request.ts';
import { lasting } from './driver.ts';
import type { SqlServerSource } from './source.ts';

/** The most rows that `rows: many` gives. */
export const rowLimit = 5000;

/** How many rows are worth reading: one more than may come, to find out that there are more. */
export function rowsToRead({ rows }: Pick<SqlServerSource, 'rows'>): number {
  return rows === 'one' ? 2 : rowLimit + 1;
}

type Row = Readonly<Record<string, unknown>>;

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
  const value = wanted === 'one' ? (records[0] ?? {}) : { rows: records };
  if (Buffer.byteLength(JSON.stringify(value)) > limitBytes) return lasting('too_large');
  return { value, ageSeconds: 0 };
}

/** A row as JSON can carry it; undefined where a column has no such form. */
function recordOf(row: Row, booleans: readonly string[]): Record<string, unknown> | undefined {
  const record: Record<string, unknown> = {};
  for (const [column, found] of Object.entries(row)) {
    if (found === null || found === undefined) continue;
    const value = columnOf(found);
    if (value === undefined) return undefined;
    const isFlag = (value === 0 || value === 1) && booleans.includes(column);
    // Assigned so, a column called `__proto__` is a field like any other.
    Object.defineProperty(record, column, {
      value: isFlag ? value === 1 : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return record;
}

/** An integer beyond 2^53 is given as its digits, which no claim takes for a number. */
function columnOf(found: unknown): unknown {
  switch (typeof found) {
    case 'string':
    case 'boolean':
      return found;
    case 'number':
      return Number.isFinite(found) ? found : undefined;
    case 'bigint':
      return exact(found);
    default:
      return found instanceof Uint8Array ? undefined : found;
  }
}

/** A number where that is exact, else the digits. */
export function exact(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}
