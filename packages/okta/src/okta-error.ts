/**
 * - `authentication`: a hook would let nobody in this way, or anybody
 * - `filter`: a text is no regular expression, or not the same one to Java as to JavaScript
 */
export type OktaErrorCode = 'authentication' | 'filter';

/** What is set up for Okta cannot work so. The message names no secret. */
export class OktaError extends Error {
  override readonly name = 'OktaError';
  readonly code: OktaErrorCode;

  constructor(code: OktaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
