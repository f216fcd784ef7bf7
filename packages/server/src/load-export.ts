import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ServerError, systemCode } from './server-error.ts';

/** What a built file exports, and what its bytes were. */
export interface LoadedExport {
  readonly exported: unknown;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly digest: string;
}

/**
 * Loads an export of a module that imports nothing. The digest is of the same bytes that run, even if the file changes
 * meanwhile.
 *
 * @throws ServerError `policy` if the file cannot be read or loaded, or has no such export
 */
export async function loadExport(file: string, name: string): Promise<LoadedExport> {
  const bytes = await readBytes(file);
  const url = `data:text/javascript;base64,${bytes.toString('base64')}`;
  let loaded: unknown;
  try {
    loaded = await import(/* @vite-ignore */ url);
  } catch (cause) {
    // The message may hold the whole address, and so the policy.
    throw new ServerError('policy', `${file} cannot be loaded: ${errorName(cause)}`, { cause });
  }
  const exported: unknown =
    typeof loaded === 'object' && loaded !== null
      ? Object.getOwnPropertyDescriptor(loaded, name)?.value
      : undefined;
  if (exported === undefined) throw new ServerError('policy', `${file} does not export a ${name}`);
  return { exported, digest: createHash('sha256').update(bytes).digest('hex') };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ServerError('policy', `${file} cannot be read: ${systemCode(cause)}`, { cause });
  }
}

/** What an error of others is called; its message may quote anything. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'an error';
}
