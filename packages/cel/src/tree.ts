import type { Expr } from './ast.ts';

/** Operators that compare two values. */
export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** Operators that make one value of two. */
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** The operation of an operator. */
export type Operation =
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expr }
  | { readonly kind: 'choose'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'compare'; readonly symbol: Relation; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'arithmetic'; readonly symbol: Arithmetic; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'in'; readonly item: Expr; readonly container: Expr };

const RELATIONS: ReadonlyMap<string, Relation> = new Map([
  ['_==_', '=='],
  ['_!=_', '!='],
  ['_<_', '<'],
  ['_<=_', '<='],
  ['_>_', '>'],
  ['_>=_', '>='],
]);
const ARITHMETIC: ReadonlyMap<string, Arithmetic> = new Map([
  ['_+_', '+'],
  ['_-_', '-'],
  ['_*_', '*'],
  ['_/_', '/'],
  ['_%_', '%'],
]);

/** The operation of an expression whose root is an operator. */
export function operationOf(expr: Expr): Operation | undefined {
  if (expr.kind !== 'call' || expr.target !== undefined) return undefined;
  const { name } = expr;
  const [first, second, third] = expr.args;
  if (first === undefined) return undefined;
  if (name === '!_' || name === '-_') return { kind: name === '!_' ? 'not' : 'negate', operand: first };
  if (second === undefined) return undefined;
  if (name === '_&&_' || name === '_||_') {
    return { kind: name === '_&&_' ? 'and' : 'or', left: first, right: second };
  }
  if (name === '@in') return { kind: 'in', item: first, container: second };
  if (name === '_?_:_') return third && { kind: 'choose', condition: first, yes: second, no: third };
  const relation = RELATIONS.get(name);
  if (relation !== undefined) return { kind: 'compare', symbol: relation, left: first, right: second };
  const symbol = ARITHMETIC.get(name);
  return symbol && { kind: 'arithmetic', symbol, left: first, right: second };
}

/** A function or operator as people write it: `&&` for the node's `_&&_`. */
export function writtenName(name: string): string {
  if (name === '_?_:_') return '?:';
  return name
    .replace(/^_(.+)_$/, '$1')
    .replace(/^([-!])_$/, '$1')
    .replace(/^@/, '');
}

/** Which expressions are paths. */
export interface PathOptions {
  /** Whether `has(a.b)` is the path of what it asks for. Default true. */
  readonly has?: boolean;
  /** Whether `a.?b` and `a[?"b"]` are paths. Default true. */
  readonly optional?: boolean;
  /** Names that macros bind: no path begins with one. Default none. */
  readonly bound?: ReadonlySet<string>;
}

/** `['user', 'email']` for `user.email` and `user["email"]`; undefined for what is not a path from a variable. */
export function pathOf(expr: Expr, options: PathOptions = {}): readonly string[] | undefined {
  if (expr.kind === 'ident') return options.bound?.has(expr.name) ? undefined : [expr.name];
  if (expr.kind !== 'select' && expr.kind !== 'index') return undefined;
  if (expr.optional && options.optional === false) return undefined;
  if (expr.kind === 'select' && expr.test && options.has === false) return undefined;
  const name = expr.kind === 'select' ? expr.field : constantText(expr.index);
  if (name === undefined) return undefined;
  const operand = pathOf(expr.operand, options);
  return operand && [...operand, name];
}

/** An expression as a constant text; undefined if it is not one. */
export function constantText(expr: Expr | undefined): string | undefined {
  return expr?.kind === 'literal' && typeof expr.value === 'string' ? expr.value : undefined;
}

/** The texts of a list of constant texts; undefined for any other list. */
export function constantTexts(list: Expr): readonly string[] | undefined {
  if (list.kind !== 'list') return undefined;
  const texts = list.elements.flatMap(({ value, optional }) => (optional ? [] : (constantText(value) ?? [])));
  return texts.length === list.elements.length ? texts : undefined;
}

/** Whether an expression is the variable of that name. */
export function isVariable(expr: Expr | undefined, name: string): boolean {
  return expr?.kind === 'ident' && expr.name === name;
}

/**
 * The list that is read, if a missing list may be treated as empty: `user.groups` itself, and
 * `user.?groups.orValue([])`. For a list that is never missing, both are the same.
 */
export function listRead(expr: Expr): Expr {
  const { target, args } = expr.kind === 'call' && expr.name === 'orValue' ? expr : {};
  const [instead] = args ?? [];
  const isEmpty = instead?.kind === 'list' && instead.elements.length === 0;
  return isEmpty && target?.kind === 'select' && target.optional ? { ...target, optional: false } : expr;
}
