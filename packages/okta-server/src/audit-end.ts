import { appendFile, type FileHandle } from 'node:fs/promises';
import { ServerError, systemCode } from '@claimsmith/server';
import { type ChainEnd, chainStart, hashOf } from './audit-line.ts';
import { linkOf } from './verify-audit.ts';

/** The error for an audit file that cannot be written. */
export function unavailable(file: string, why: string, cause?: unknown): ServerError {
  return new ServerError('audit_unavailable', `Cannot write to the audit file ${file}: ${why}`, { cause });
}

/**
 * The largest distance from the end at which to look for the line that `<file>.end` names. That file is written many
 * times a second, so the line is near the end.
 */
const lookBackBytes = 64 * 1024 * 1024;

/** How the file differs from its kept end; undefined if the expected line is there. */
export async function interferenceWith(
  handle: FileHandle,
  size: number,
  end: ChainEnd,
  kept: ChainEnd | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (kept === undefined) return { lostEnd: true };
  if (kept.sequence > end.sequence) return { missingLines: kept.sequence - end.sequence };
  const found = kept.sequence === end.sequence ? end.hash : await hashAt(handle, size, kept.sequence);
  return found === kept.hash ? undefined : { changedLine: kept.sequence };
}

/**
 * The hash of the line with this number, or the one that the next line names; undefined if the line is not near the
 * end.
 */
async function hashAt(handle: FileHandle, size: number, sequence: number): Promise<string | undefined> {
  for (let length = 64 * 1024; ; length *= 8) {
    const from = Math.max(0, size - Math.min(length, lookBackBytes));
    const lines = await linesFrom(handle, from, size);
    const first = linkOf(lines[0] ?? Buffer.alloc(0));
    if (first?.sequence === sequence + 1) return first.previous;
    if (first !== undefined && first.sequence <= sequence) {
      const line = lines[sequence - first.sequence];
      return line !== undefined && linkOf(line)?.sequence === sequence ? hashOf(line) : undefined;
    }
    if (from === 0 || length >= lookBackBytes) return undefined;
  }
}

/** The whole lines of the file from a place on, without line feeds. */
async function linesFrom(handle: FileHandle, from: number, size: number): Promise<readonly Buffer[]> {
  const bytes = await readFrom(handle, from, size);
  const lines: Buffer[] = [];
  // Where it does not begin with the file, it may begin within a line.
  let start = from === 0 ? 0 : bytes.indexOf('\n') + 1;
  for (let at = bytes.indexOf('\n', start); at !== -1; at = bytes.indexOf('\n', start)) {
    lines.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return lines;
}

/** The last whole line of the file. The rest after it is moved away. */
export async function findEnd(handle: FileHandle, file: string) {
  const { size } = await handle.stat();
  const tail = await readTail(handle, size);
  const wholeBytes = tail.lastIndexOf('\n') + 1;
  const torn = tail.subarray(wholeBytes);
  const whole = size - torn.length;
  if (whole === 0) {
    await moveTorn(handle, file, torn, 0);
    return { size: 0, end: { sequence: 0, hash: chainStart }, tornBytes: torn.length };
  }
  const line = tail.subarray(tail.lastIndexOf('\n', wholeBytes - 2) + 1, wholeBytes - 1);
  const link = linkOf(line);
  if (link === undefined) {
    throw new ServerError('audit_broken', `The last line of ${file} is not a line of an audit`);
  }
  await moveTorn(handle, file, torn, whole);
  return { size: whole, end: { sequence: link.sequence, hash: hashOf(line) }, tornBytes: torn.length };
}

async function moveTorn(handle: FileHandle, file: string, torn: Uint8Array, whole: number) {
  if (torn.length === 0) return;
  try {
    await appendFile(`${file}.torn`, Buffer.concat([torn, Buffer.from('\n')]), { mode: 0o640 });
    await handle.truncate(whole);
  } catch (error) {
    throw unavailable(file, systemCode(error), error);
  }
}

/** The end of the file, from before the start of its last whole line. */
async function readTail(handle: FileHandle, size: number): Promise<Buffer> {
  for (let length = 64 * 1024; ; length *= 2) {
    const from = Math.max(0, size - length);
    const tail = await readFrom(handle, from, size);
    const wholeBytes = tail.lastIndexOf('\n') + 1;
    if (from === 0 || (wholeBytes > 1 && tail.lastIndexOf('\n', wholeBytes - 2) !== -1)) return tail;
  }
}

async function readFrom(handle: FileHandle, from: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size - from);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
