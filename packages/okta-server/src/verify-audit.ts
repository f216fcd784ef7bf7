import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AuditEvent, type ChainEnd, chainStart, hashOf } from './audit-line.ts';

/** Whether an audit file is unchanged; if not, the first line that shows a change. */
export type AuditVerdict =
  | {
      readonly isWhole: true;
      readonly lines: number;
      /** The hash that the first line continues: 64 zeros, or the `end` of the file before it. */
      readonly start: string;
      /** The hash of the last line. Keep it elsewhere: a person who can remove lines can also change `<file>.end`. */
      readonly end: string;
      /** Lines by the server that report that something is missing, or was changed by another program. */
      readonly incidents: readonly AuditIncident[];
    }
  | {
      readonly isWhole: false;
      /** Counted from 1. */
      readonly line: number;
      /**
       * - `torn`: the last line has no line feed
       * - `shape`: not a line of an audit
       * - `previous`: not the hash of the line before: a line was changed, removed or inserted
       * - `sequence`: not one more than the line before
       * - `continues`: the first line does not continue the given `start`
       * - `end`: the line that `<file>.end` names is missing or different
       */
      readonly problem: 'torn' | 'shape' | 'previous' | 'sequence' | 'continues' | 'end';
    };

/** A line of the audit that is not about an issuance. */
export interface AuditIncident {
  /** Counted from 1. */
  readonly line: number;
  readonly event: Exclude<AuditEvent, 'issuance'>;
}

/**
 * Checks the chain of an audit file of any size, line by line. If `<file>.end` exists, it also checks that the line
 * that it names is there.
 *
 * @param start the hash that the first line must continue, where it is known
 * @throws Error of the system, when the file cannot be read
 */
export async function verifyAudit(file: string, start?: string): Promise<AuditVerdict> {
  // Before the file, which may grow meanwhile.
  const kept = await readEnd(file);
  const incidents: AuditIncident[] = [];
  let isKept = kept === undefined || kept.sequence === 0;
  let lines = 0;
  let first = start ?? chainStart;
  let end = first;
  let sequence: number | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of createReadStream(file)) {
    const chunk: Buffer = bytes;
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      const line =
        rest.length > 0 ? Buffer.concat([rest, chunk.subarray(from, at)]) : chunk.subarray(from, at);
      rest = Buffer.alloc(0);
      from = at + 1;
      lines++;
      const link = linkOf(line);
      if (link === undefined) return { isWhole: false, line: lines, problem: 'shape' };
      if (lines === 1) {
        if (start !== undefined && link.previous !== start) {
          return { isWhole: false, line: 1, problem: 'continues' };
        }
        // The lines before it were removed, and it was made to look like the first one.
        if (link.previous === chainStart && link.sequence !== 1)
          return { isWhole: false, line: 1, problem: 'sequence' };
        first = link.previous;
      } else if (link.previous !== end) {
        return { isWhole: false, line: lines, problem: 'previous' };
      }
      if (sequence !== undefined && link.sequence !== sequence + 1) {
        return { isWhole: false, line: lines, problem: 'sequence' };
      }
      // The kept end may belong to the previous file.
      if (lines === 1) isKept ||= kept?.sequence === link.sequence - 1 && kept.hash === link.previous;
      sequence = link.sequence;
      end = hashOf(line);
      isKept ||= kept?.sequence === sequence && kept.hash === end;
      const incident = incidentEvents.find((event) => event === link.event);
      if (incident !== undefined) incidents.push({ line: lines, event: incident });
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    // A file without line feeds must not fill the memory.
    if (rest.length > lineLimitBytes) return { isWhole: false, line: lines + 1, problem: 'shape' };
  }
  if (rest.length > 0) return { isWhole: false, line: lines + 1, problem: 'torn' };
  // An empty file may be one that the next line is to come to.
  if (!isKept && lines > 0) return { isWhole: false, line: lines, problem: 'end' };
  return { isWhole: true, lines, start: first, end, incidents };
}

const incidentEvents = ['interfered', 'resumed', 'recovered'] as const;

/** The kept end of a file's chain; undefined if there is none, or it is not readable. */
export async function readEnd(file: string): Promise<ChainEnd | undefined> {
  const text = await readFile(`${file}.end`, 'utf8').catch(() => '');
  const [, sequence, hash] = /^([0-9]{1,16}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

const lineFeed = 0x0a;

/** Longer than any line of an audit. */
const lineLimitBytes = 4_194_304;

export interface ChainLink {
  readonly sequence: number;
  readonly previous: string;
  /** The kind of line: `issuance` for issuances of this server. */
  readonly event: string | undefined;
}

/** The place of a line in its chain; undefined if it is not a line of an audit. */
export function linkOf(line: Uint8Array): ChainLink | undefined {
  let event: unknown;
  try {
    event = JSON.parse(Buffer.from(line).toString());
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  if (!('sequence' in event && 'previous' in event)) return undefined;
  const { sequence, previous } = event;
  if (typeof sequence !== 'string' || !/^[1-9][0-9]{0,15}$/.test(sequence)) return undefined;
  if (typeof previous !== 'string' || !/^[0-9a-f]{64}$/.test(previous)) return undefined;
  const type = 'type' in event && typeof event.type === 'string' ? event.type : '';
  return { sequence: Number(sequence), previous, event: /^io\.claimsmith\.audit\.(\w+)$/.exec(type)?.[1] };
}
