/**
 * - `syntax`: the text is not an expression, or uses what we never write
 * - `limit`: more characters than Okta takes
 * - `name`: a variable, property or function that is not there
 * - `type`: an operand is of the wrong type, or null if a value must be
 */
export type ElErrorCode = 'syntax' | 'limit' | 'name' | 'type';

/** An expression that Okta could not evaluate: the token request fails. The message names no value. */
export class ElError extends Error {
  readonly code: ElErrorCode;

  constructor(code: ElErrorCode, message: string) {
    super(message);
    this.name = 'ElError';
    this.code = code;
  }
}
