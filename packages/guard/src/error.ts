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

/**
 * Checks settings that are numbers. No comparison with NaN is true, so a limit that is NaN would limit nothing.
 *
 * @throws {GuardError} `settings` if one is given and is not a finite number, 0 or more
 */
export function assertNumbers(settings: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      throw new GuardError('settings', `The guard cannot be set up: ${name} must be a number, 0 or more.`);
  }
}
