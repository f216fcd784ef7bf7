/**
 * - `contract`: the contract is not one that this version reads
 * - `settings`: the guard cannot be set up in this way
 */
export type GuardErrorCode = 'contract' | 'settings';

/** Thrown while a guard is set up. A request never makes a guard throw. */
export class GuardError extends Error {
  readonly code: GuardErrorCode;

  constructor(code: GuardErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'GuardError';
    this.code = code;
  }
}
