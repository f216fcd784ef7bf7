/** A span of an expression's text: UTF-16 offsets, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Something wrong with an expression, ready to be shown at its place. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly range: Range;
  /** Help in one sentence: a similar name, a conversion to use, or the limit. */
  readonly help?: string;
}

/**
 * - `syntax`: the text is not CEL
 * - `limit`: too long, deep, large, nested or costly
 * - `unsupported`: valid CEL outside the JSON profile
 * - `unknown_name`, `unknown_field`, `unknown_function`: not declared
 * - `type`: declared, but the type does not fit
 */
export type ProblemCode =
  | 'syntax'
  | 'limit'
  | 'unsupported'
  | 'unknown_name'
  | 'unknown_field'
  | 'unknown_function'
  | 'type';

/** The comprehension macros. They stay separate nodes, so that loops can be fused and stopped early. */
export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'filter'
  | 'map'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy';

/** One node of a parsed expression. `id` is unique within its expression. */
export type Expr = { readonly id: number; readonly range: Range } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string; readonly type: LiteralType }
  | { readonly kind: 'ident'; readonly name: string }
  /** `a.b`; `test` is `has(a.b)`; `optional` is `a.?b`. */
  | {
      readonly kind: 'select';
      readonly operand: Expr;
      readonly field: string;
      readonly fieldRange: Range;
      readonly test: boolean;
      readonly optional: boolean;
    }
  /** `a[b]`; `optional` is `a[?b]`. */
  | { readonly kind: 'index'; readonly operand: Expr; readonly index: Expr; readonly optional: boolean }
  /** A function, a method (`target`) or an operator, which keeps CEL's own name: `_&&_`, `!_`, `_?_:_`, `@in`. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly nameRange: Range;
      readonly target: Expr | undefined;
      readonly args: readonly Expr[];
    }
  | {
      readonly kind: 'list';
      readonly elements: readonly { readonly value: Expr; readonly optional: boolean }[];
    }
  | {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
    }
  /**
   * `target.all(variable, body)`; a three-argument `map` carries its condition in `filter`. With two variables,
   * `target.all(index, variable, body)`, the first is the position in a list or the key of a map, and the other is the
   * value there; `transformList` is then called `map`.
   */
  | {
      readonly kind: 'macro';
      readonly name: MacroName;
      readonly target: Expr;
      readonly index: string | undefined;
      readonly variable: string;
      readonly filter: Expr | undefined;
      readonly body: Expr;
    }
  /** `cel.bind(variable, value, body)`, and `optMap`/`optFlatMap` whose value is an optional. */
  | {
      readonly kind: 'bind';
      readonly form: 'bind' | 'optMap' | 'optFlatMap';
      readonly variable: string;
      readonly value: Expr;
      readonly body: Expr;
    }
);

/** The types that a literal can have. */
export type LiteralType = 'null' | 'bool' | 'int' | 'double' | 'string';
