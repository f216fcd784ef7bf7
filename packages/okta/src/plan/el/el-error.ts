/**
 * - `syntax`: the text is not an expression, or uses syntax that we never write
 * - `limit`: more characters than Okta accepts
 * - `name`: an unknown variable, property or function
 * - `type`: an operand has the wrong type, or is null where a value is required
 */
export type ElErrorCode = 'syntax' | 'limit' | 'name' | 'type';

/** An expression that Okta could not evaluate, so the token request fails. The message contains no value. */
export class ElError extends Error {
  readonly code: ElErrorCode;

  constructor(code: ElErrorCode, message: string) {
    super(message);
    this.name = 'ElError';
    this.code = code;
  }
}
