import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { CliError, systemReason } from '../error.ts';
import { isWithin } from './paths.ts';

/** The largest spec, scenario file or event that is read. */
const largestFileBytes = 16_000_000;

/** A file's text, or the place where it stops being UTF-8. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'not_text'; readonly byte: number };

/**
 * Reads a text file of at most 16 MB.
 *
 * @param name the file's name in messages
 * @param folder the file must be in this folder, even through links; default: any folder, because the user has named
 *   the file
 * @throws {CliError} `io`, also if it is not a regular file, such as a pipe or a device
 */
export function readText(path: string, name: string, folder?: string): FileText {
  const bytes = readBytes(path, name, folder);
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'not_text', byte: firstBadByte(bytes) };
  }
}

/** Opens without waiting: a pipe without a writer would never open. */
const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

function readBytes(path: string, name: string, folder: string | undefined): Uint8Array {
  let file: number | undefined;
  try {
    const real = folder === undefined ? path : realIn(path, folder, name);
    file = openSync(real, O_RDONLY | O_NONBLOCK | (folder === undefined ? 0 : O_NOFOLLOW));
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new CliError('io', `${name} is not a file`);
    if (stats.size > largestFileBytes) {
      throw new CliError('io', `${name} is ${Math.round(stats.size / 1_000_000)} MB; at most 16 MB are read`);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('io', `${name} cannot be read: ${systemReason(error)}`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Where a path leads, all links followed. */
function realIn(path: string, folder: string, name: string): string {
  const real = realpathSync.native(path);
  if (isWithin(realpathSync.native(folder), real)) return real;
  throw new CliError(
    'io',
    `${name} leads out of its folder by a link, and is not read: put the file itself there, or name the one it leads to`,
  );
}

/** The longest prefix that decodes ends there. */
function firstBadByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (decodes(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    // `stream` lets the last character be cut in two.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
