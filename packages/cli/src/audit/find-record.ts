import { auditRecord, type FoundRecord } from './record.ts';

/** What a line of a log is: records, something else, or what should be a record and is not. */
export type Sighting = { readonly records: readonly FoundRecord[]; readonly isBroken: boolean };

const nothing: Sighting = { records: [], isBroken: false };

/**
 * The records in a line: a line of Okta's audit, a record by itself, or a record as the message of a log.
 *
 * Users write into logs too, with the names that they log in with and the programs that they use. So a record counts only
 * where a message begins and ends with it, never within other text or other members.
 */
export function findRecords(line: string): Sighting {
  if (!line.includes('claimsmith')) return nothing;
  const entry = parsed(line);
  if (entry !== undefined) return ofEntry(entry);
  const [, literal] = /^\s*"(?:message|@message|log|msg)"\s*:\s*(".*"),?\s*$/s.exec(line) ?? [];
  const message = literal === undefined ? line : parsed(literal);
  return typeof message === 'string' ? ofMessage(message) : nothing;
}

/** An entry of a log in JSON: its message, or those of the entries in it. */
function ofEntry(entry: unknown, depth = 0): Sighting {
  if (typeof entry === 'string') return ofMessage(entry);
  // Logs do not nest entries deeper, and who writes one must not stop the reading of the others.
  if (depth > deepest) return nothing;
  const inner = (entries: readonly unknown[]) =>
    all(entries.slice(0, entriesLimit).map((one) => ofEntry(one, depth + 1)));
  if (Array.isArray(entry)) return inner(entry);
  if (!isObject(entry)) return nothing;
  if ('claimsmith' in entry) return ofRecord(entry);
  if (entry['type'] === 'io.claimsmith.audit.issuance') return ofRecord(entry['data']);
  const entries = entry['logEvents'] ?? entry['events'];
  if (Array.isArray(entries)) return inner(entries);
  const message = entry['message'] ?? entry['@message'] ?? entry['log'] ?? entry['msg'];
  // Keycloak says who has written a message.
  const writer = entry['loggerName'];
  if (writer !== undefined && writer !== 'claimsmith') return nothing;
  if (typeof message === 'string') return ofMessage(message);
  return isObject(message) && 'claimsmith' in message ? ofRecord(message) : nothing;
}

/** How deep entries stand within others at most: a list of batches of events. */
const deepest = 4;
/** The most entries in one line. */
const entriesLimit = 100_000;

/**
 * - `{…}`
 * - Keycloak: `2026-12-01 04:00:00,000 INFO  [claimsmith] (executor-thread-1) {…}`, perhaps after the name of a container
 * - Lambda: time, id and level with tabs between, and `{…}`
 */
const messagePattern = /^\s*(?:[^{}"]*(?:\[claimsmith\] \([^(){}"]*\) |\t(?:INFO|WARN)\t))?(\{.*)$/s;

/** How a record begins, by itself or in Okta's audit. */
const beginning = /^\{"(?:claimsmith"|specversion"[^{}]*"io\.claimsmith\.audit\.issuance")/;

function ofMessage(message: string): Sighting {
  const [, json = ''] = messagePattern.exec(message) ?? [];
  const record = parsed(json);
  if (record === undefined) return { records: [], isBroken: beginning.test(json) };
  return isObject(record) && 'claimsmith' in record ? ofRecord(record) : nothing;
}

function ofRecord(value: unknown): Sighting {
  const { data } = auditRecord.safeParse(value);
  return data === undefined ? { records: [], isBroken: true } : { records: [data], isBroken: false };
}

function all(sightings: readonly Sighting[]): Sighting {
  return {
    records: sightings.flatMap(({ records }) => records),
    isBroken: sightings.some(({ isBroken }) => isBroken),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
