import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TargetError } from '@claimsmith/core';
import { largestSecretBytes, secretText } from './text.ts';

/** Opens without waiting: a pipe without a writer would never open. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in circles',
  EMFILE: 'too many open files',
};

/**
 * A secret that a file holds, without the line break at its end.
 *
 * @param path from `folder`
 * @throws {TargetError} `settings`
 */
export async function fileText(path: string, folder: string): Promise<string> {
  const what = `the file ${path}`;
  let file: FileHandle | undefined;
  try {
    file = await open(resolve(folder, path), O_RDONLY | O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile())
      throw new TargetError('settings', `${what} cannot be read: it is not a regular file`);
    if (stats.size > largestSecretBytes)
      throw new TargetError('settings', `${what} is larger than ${largestSecretBytes} bytes`);
    return secretText(await file.readFile(), what);
  } catch (error) {
    if (error instanceof TargetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // The system's own message repeats the whole path.
    throw new TargetError(
      'settings',
      `${what} cannot be read: ${reasons[code] ?? (code || 'unknown reason')}`,
    );
  } finally {
    await file?.close();
  }
}
