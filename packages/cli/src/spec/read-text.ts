import { open } from 'node:fs/promises';
import { CliError, systemReason } from '../error.ts';

/** More is no spec, scenario or event; reading stops there. */
const largestFileBytes = 16_000_000;

/** A file's text, or where it stops being UTF-8. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'not_text'; readonly byte: number };

/**
 * Reads a text file of at most 16 MB.
 *
 * @param name what to call it in messages
 * @throws {CliError} `io`
 */
export async function readText(path: string, name: string): Promise<FileText> {
  const bytes = await readBytes(path, name);
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'not_text', byte: firstBadByte(bytes) };
  }
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const stats = await file.stat();
    if (!stats.isFile()) throw new CliError('io', `${name} is not a file`);
    if (stats.size > largestFileBytes) {
      throw new CliError('io', `${name} is ${Math.round(stats.size / 1_000_000)} MB: at most 16 MB are read`);
    }
    return await file.readFile();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('io', `${name} can't be read: ${systemReason(error)}`, { cause: error });
  }
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
