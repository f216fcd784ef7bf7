/*
 * The helpers of generated code: ES5 in syntax and in built-ins, since Keycloak's script engine runs no more. Each file
 * holds functions and variables, one after the other; `npm run generate` cuts them into ../helpers.gen.ts, without the
 * tags of their comments.
 *
 * Helpers that can fail take `at`, the place in the expression. No value ever goes into an error. Helpers whose work
 * grows with their input take `budget`, and pay before they work. A step pays for about four characters that a loop
 * looks at, or sixteen that the engine does.
 */

/** The steps that are left to the whole issuance. */
interface Budget {
  left: number;
}

/** CEL's values. An optional is `undefined` (none) or its value; inside lists, maps and other optionals it is `Optional`. */
type Value = null | boolean | number | string | Value[] | CelMap | Optional;

/** Keys that are not strings begin with U+0000: see `keyOf`. */
interface CelMap {
  [key: string]: Value | undefined;
}

declare class Optional {
  constructor(value: Value | undefined);
  value: Value | undefined;
}

/** The error of an expression. `code` is an `ErrorCode`, or a code of the library of programs. */
declare class CelError {
  constructor(code: string, at: number | undefined);
  code: string;
  at: number | undefined;
}
