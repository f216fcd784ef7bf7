/**
 * - `authentication`: the setting would make the hook accept nobody, or anybody
 * - `filter`: a text is not a regular expression, or Java and JavaScript read it differently
 */
export type OktaErrorCode = 'authentication' | 'filter';

/** The setup for Okta cannot work. The message never holds a secret. */
export class OktaError extends Error {
  override readonly name = 'OktaError';
  readonly code: OktaErrorCode;

  constructor(code: OktaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
