import type { IssuerError, TargetError } from '@claimsmith/core';
import type { DeployError } from '@claimsmith/deploy';

/**
 * - `usage`: the command line makes no sense
 * - `not_found`: there is no spec, scenario or claim with that name
 * - `io`: a file cannot be read or written
 * - `script`: a TypeScript spec cannot be evaluated here
 */
export type CliErrorCode = 'usage' | 'not_found' | 'io' | 'script';

/** Ends a command with one line for the person who typed it. */
export class CliError extends Error {
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'CliError';
    this.code = code;
  }
}

/** What ends a command with one line for the person who typed it. */
const forUser = ['CliError', 'IssuerError', 'TargetError', 'DeployError'];

/** Recognized by its name, because a part that is loaded on demand has a separate class. */
export function isIssuerError(error: unknown): error is IssuerError {
  return error instanceof Error && error.name === 'IssuerError';
}

/** Whether its message is for the user, and it is not our defect. */
export function isForUser(error: unknown): error is CliError | IssuerError | TargetError | DeployError {
  return error instanceof Error && forUser.includes(error.name);
}

const systemErrors: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in circles',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTEMPTY: 'something else writes there at the same time',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** Why the system refused, in words: `permission denied`. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  if (code !== undefined) return systemErrors[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** `ENOENT` and the like. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
