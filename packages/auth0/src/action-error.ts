/**
 * - `syntax`: the code does not parse as an Action
 * - `load`: it throws while it is loaded
 * - `handler`: what it exports is not what its trigger calls
 */
export type ActionErrorCode = 'syntax' | 'load' | 'handler';

/** Code that Auth0 could not run as an Action. */
export class ActionError extends Error {
  readonly code: ActionErrorCode;

  constructor(code: ActionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ActionError';
    this.code = code;
  }
}
