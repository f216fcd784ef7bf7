/*
 * The helpers of generated code. They use only ES5 syntax and built-ins, because Keycloak's script engine supports no
 * more. Each file contains functions and variables; `npm run generate` cuts them into ../helpers.gen.ts, without the
 * tags of their comments.
 *
 * Helpers that can fail take `at`, the place in the expression. Errors never contain values. Helpers whose work grows
 * with their input take `budget`, and charge it before they work. One step covers about four characters in a loop, or
 * sixteen in the engine.
 */

/** The steps that are left to the whole issuance. */
interface Budget {
  left: number;
}

/** CEL's values. An optional is `undefined` (none) or its value; inside lists, maps and other optionals it is `Optional`. */
type Value = null | boolean | number | string | Value[] | CelMap | Optional | Opaque;

/** Keys that are not strings begin with U+0000: see `keyOf`. */
interface CelMap {
  [key: string]: Value | undefined;
}

declare class Optional {
  constructor(value: Value | undefined);
  value: Value | undefined;
}

declare class Opaque {
  constructor(type: string, value: number | string, rest: number, groups?: number[]);
  type: string;
  value: number | string;
  rest: number;
  groups: number[];
}

/** The error of an expression. `code` is an `ErrorCode`, or a code of the library of programs. */
declare class CelError {
  constructor(code: string, at: number | undefined);
  code: string;
  at: number | undefined;
}
