/**
 * - `configuration`: settings are missing or make no sense
 * - `policy`: the policy file cannot be read, loaded or served
 * - `listen`: the server cannot listen on the address
 * - `audit_unavailable`: a line could not be written to the audit file
 * - `audit_broken`: the existing file is not an audit, or its chain is broken
 */
export type ServerErrorCode = 'configuration' | 'policy' | 'listen' | 'audit_unavailable' | 'audit_broken';

/** An error of the hook server. The message may be logged: it never holds secrets or claim values. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
  }
}

/** `ENOSPC` and the like: why the system refused. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'unknown';
}
