import { resolve } from 'node:path';
import { CliError, systemReason } from '../error.ts';
import { visible } from '../output/text.ts';
import { boundedLines } from './bounded-lines.ts';
import { findRecords } from './find-record.ts';
import { type Entry, PartJoiner } from './join-parts.ts';

/** What was read, and what could not be. */
export interface Reading {
  lines: number;
  records: number;
  /** Lines that are longer than a megabyte. */
  tooLong: number;
  /** Lines that begin as records and are not. */
  broken: number;
  /** Records, or parts of them, that came again. */
  repeated: number;
  /** Records with missing parts. */
  partial: number;
}

/** Nothing read yet. */
export function newReading(): Reading {
  return { lines: 0, records: 0, tooLong: 0, broken: 0, repeated: 0, partial: 0 };
}

/**
 * The records in files: Okta's audit, and logs of the other issuers, one entry a line. It takes files of any size, in bounded
 * memory; what is not a record is passed over. Parts of a record are put together.
 *
 * @param files paths; `-` is standard input
 * @param reading is filled while records are read
 * @param cwd the folder that relative paths start from
 * @throws CliError `io` if a file cannot be read
 */
export async function* readRecords(
  files: readonly string[],
  reading: Reading = newReading(),
  cwd = '.',
): AsyncGenerator<Entry> {
  const joiner = new PartJoiner();
  for (const file of files) {
    try {
      for await (const { number, text } of boundedLines(placeOf(file, cwd))) {
        reading.lines++;
        if (text === undefined) reading.tooLong++;
        // Editors and shells of Windows put a mark before the first line.
        const { records, isBroken } = findRecords(text?.replace(/^\ufeff/, '') ?? '');
        if (isBroken) reading.broken++;
        for (const record of records) yield* counted(joiner.add(record, file, number), reading);
      }
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError('io', `${visible(file)} cannot be read: ${systemReason(error)}`, { cause: error });
    }
  }
  yield* counted(joiner.rest(), reading);
  reading.repeated = joiner.repeated;
}

/** Standard input has no place. */
export function placeOf(file: string, cwd: string): string {
  return file === '-' ? file : resolve(cwd, file);
}

function counted(entries: readonly Entry[], reading: Reading): readonly Entry[] {
  reading.records += entries.length;
  reading.partial += entries.filter(({ isPartial }) => isPartial).length;
  return entries;
}
