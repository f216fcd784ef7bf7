import { hash, randomUUID } from 'node:crypto';

/** The predecessor that the first line of a chain names. */
export const chainStart = '0'.repeat(64);

/**
 * - `issuance`: a decision, written before its answer is sent
 * - `recovered`: the file ended in the middle of a line, as after a crash; that piece was removed
 * - `interfered`: another program has shortened or changed the file, or the record of its end was lost
 * - `resumed`: a line before this one could not be written
 */
export type AuditEvent = 'issuance' | 'recovered' | 'interfered' | 'resumed';

/** The end of a chain: what the next line continues. */
export interface ChainEnd {
  /** The number of the last line; 0 before the first. */
  readonly sequence: number;
  /** SHA-256 of the last line without its line feed, in hexadecimal. */
  readonly hash: string;
}

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly source: string;
  readonly timeMs: number;
  readonly data: unknown;
}

/**
 * One line of the audit: a CloudEvents 1.0 envelope in JSON with two extensions, `sequence` and `previous`, the hash
 * of the line before. The line feed is not part of it.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function auditLine({ event, source, timeMs, data }: AuditEntry, end: ChainEnd): string {
  return JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    source,
    type: `io.claimsmith.audit.${event}`,
    time: new Date(timeMs).toISOString(),
    datacontenttype: 'application/json',
    sequence: String(end.sequence + 1),
    previous: end.hash,
    data,
  });
}

export function hashOf(line: string | Uint8Array): string {
  return hash('sha256', line);
}
