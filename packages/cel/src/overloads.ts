import type { Expr } from './ast.ts';
import { type HelperName, helperCall, type Site } from './generate/helpers.ts';
import { binary, type Js, LEVEL, numberLiteral, wrap } from './generate/js.ts';
import { type Pattern, parseSignature } from './signature.ts';

/** One signature of a function, with everything that the checker, the generator and the documents need. */
export interface Overload {
  /** As written in the table: `string.startsWith(string) -> bool`. */
  readonly signature: string;
  /** A method: the first parameter stands before the dot. */
  readonly method: boolean;
  readonly parameters: readonly Pattern[];
  readonly result: Pattern;
  /** It can fail although its arguments fit. */
  readonly fails: boolean;
  readonly emit: (args: readonly Js[], site: Site) => Js;
  /** How it treats constants; undefined: like any value. */
  readonly constants?: Constants;
}

/** A constant argument that is read when compiling, so that it costs nothing and a wrong one is found early. */
export interface Constants {
  /** JavaScript for the result; undefined if the argument is wrong. */
  readonly fold: (value: string | number) => string | undefined;
  /** What to write instead. */
  readonly help: (value: string | number) => string;
  /** Only a constant will do. */
  readonly isRequired?: boolean;
}

/** A function by name, with all of its overloads. Operators have CEL's own names, such as `_+_`. */
export interface FunctionDeclaration {
  readonly name: string;
  /** What it does, in one sentence. The function reference is written from it. */
  readonly summary: string;
  readonly overloads: readonly Overload[];
  /** Decides at run time if the static types leave more than one overload. */
  readonly dynamic?: HelperName | DynamicEmit;
  /** Has the same meaning for an int and a double, so a number of unknown kind needs no conversion. */
  readonly anyNumber?: boolean;
}

/** A call of a known function: the overloads that fit its static types, and its arguments in order. */
export interface ResolvedCall {
  readonly declaration: FunctionDeclaration;
  /** More than one if a type is known only at run time. */
  readonly overloads: readonly Overload[];
  /** With the receiver first. */
  readonly args: readonly Expr[];
  /** The numbers in a dyn operand are ints. */
  readonly isInt: boolean;
}

/** The constant that an overload reads when compiling: its last argument, if it is a constant. */
export function constantOf({ constants }: Overload, args: readonly Expr[]): string | number | undefined {
  const last = args.at(-1);
  if (constants === undefined || last?.kind !== 'literal') return undefined;
  return typeof last.value === 'string' || typeof last.value === 'number' ? last.value : undefined;
}

/** Code over arguments whose overload is chosen at run time, among these. */
export type DynamicEmit = (args: readonly Js[], site: Site, overloads: readonly Overload[]) => Js;

/** How a call is written: the helper that it calls, or code over its arguments. */
export type Emit = HelperName | ((args: readonly Js[], site: Site) => Js);

/** An overload that gives a value for all arguments that fit. */
export function total(signature: string, emit: Emit): Overload {
  return overload(signature, emit, false);
}

/** An overload that fails for a wrong text or number, and reads constants when compiling. */
export function reader(signature: string, emit: Emit, constants: Constants): Overload {
  return overload(signature, emit, true, constants);
}

/** An overload that may fail. */
export function partial(signature: string, emit: Emit): Overload {
  return overload(signature, emit, true);
}

/** A signature is parsed when it is asked for: most expressions use few functions. */
function overload(signature: string, emit: Emit, fails: boolean, constants?: Constants): Overload {
  let parsed: ReturnType<typeof parseSignature> | undefined;
  const parts = () => {
    parsed ??= parseSignature(signature);
    return parsed;
  };
  return {
    signature,
    get method() {
      return parts().method;
    },
    get parameters() {
      return parts().parameters;
    },
    get result() {
      return parts().result;
    },
    fails,
    emit: typeof emit === 'function' ? emit : (args, site) => helperCall(site, emit, args),
    ...(constants === undefined ? {} : { constants }),
  };
}

/** Code over one argument. */
export function unary(write: (value: Js, site: Site) => Js): (args: readonly Js[], site: Site) => Js {
  return ([value], site) => write(given(value), site);
}

/** Code over two arguments. */
export function infix(write: (left: Js, right: Js, site: Site) => Js): Emit {
  return ([left, right], site) => write(given(left), given(right), site);
}

function given(value: Js | undefined): Js {
  if (value === undefined) throw new Error('an overload is written with the arguments that it declares');
  return value;
}

/** The argument itself. */
export const same: Emit = unary((value) => value);

/** The JavaScript operator of that name. */
export function operator(symbol: string): Emit {
  return infix((left, right) => binary(symbol, left, right));
}

/** Exact integers: beyond 2^53 - 1 the operation fails. */
export function exact(symbol: string): Emit {
  return infix((left, right, site) => helperCall(site, 'checked', [binary(symbol, left, right)]));
}

/** Constructs that do not evaluate all operands, or whose code depends on more than types. emit-call.ts writes them. */
export const elsewhere: Emit = () => {
  throw new Error('emit-call.ts writes this');
};

export function negative(value: Js): Js {
  const operand = value.code.startsWith('-') ? `(${value.code})` : wrap(value, LEVEL.unary);
  return { code: `-${operand}`, level: LEVEL.unary };
}

/** A literal of ASCII characters: against it, the order of UTF-16 units is that of code points. */
const ASCII_LITERAL = /^'(?:[^\\']|\\[^u])*'$/;

/** `<` and its kin on strings. */
export function ordered(symbol: string): Emit {
  return infix((left, right, site) =>
    ASCII_LITERAL.test(left.code) || ASCII_LITERAL.test(right.code)
      ? binary(symbol, left, right)
      : binary(symbol, helperCall(site, 'order', [left, right]), numberLiteral(0)),
  );
}
