/**
 * - `event`: an event that the vendor would not send
 * - `settings`: a setting of the environment is missing or wrong
 * - `io`: a server or file cannot be reached, or a server does not start
 * - `simulator`: the code under test uses something that the simulator does not support
 */
export type IssuerErrorCode = 'event' | 'settings' | 'io' | 'simulator';

/** An issuer could not do what it was asked to do. The message is for people. */
export class IssuerError extends Error {
  readonly code: IssuerErrorCode;

  constructor(code: IssuerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IssuerError';
    this.code = code;
  }
}
