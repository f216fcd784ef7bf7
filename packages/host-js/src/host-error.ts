/**
 * - `syntax`: the code does not parse as an Action
 * - `load`: it throws while it is loaded
 * - `handler`: it does not export the handler that its trigger calls
 */
export type HostErrorCode = 'syntax' | 'load' | 'handler';

/** Code that Auth0 could not run as an Action. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostError';
    this.code = code;
  }
}
