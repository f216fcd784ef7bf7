import type { Expr, Range } from './ast.ts';
import { type Checker, ERROR, type Scope } from './checker.ts';
import { mergeNumbers, type Term } from './terms.ts';
import type { RecordType } from './types.ts';

const BOOL: Term = { kind: 'bool' };

/** The possible keys of a map, as far as they are known. */
const KEYS: ReadonlySet<Term['kind']> = new Set(['string', 'int', 'bool', 'dyn', 'error', 'variable']);

/** The type of `[a, ?b]`. */
export function checkList(
  checker: Checker,
  { elements }: Expr & { readonly kind: 'list' },
  scope: Scope | undefined,
): Term {
  return {
    kind: 'list',
    element: common(
      checker,
      elements.map((item) => checkItem(checker, item, scope)),
    ),
  };
}

/** The type of `{a: b, ?c: d}`. */
export function checkMap(
  checker: Checker,
  { entries }: Expr & { readonly kind: 'map' },
  scope: Scope | undefined,
): Term {
  const seen = new Set<unknown>();
  const keys = entries.map(({ key }) => checkKey(checker, key, scope, seen));
  const values = entries.map((entry) => checkItem(checker, entry, scope));
  return { kind: 'map', key: common(checker, keys), value: common(checker, values) };
}

function checkKey(checker: Checker, key: Expr, scope: Scope | undefined, seen: Set<unknown>): Term {
  const type = checker.check(key, scope);
  if (!KEYS.has(checker.terms.shallow(type).kind)) {
    return checker.mismatch('string', type, key.range, 'the keys of a map are strings');
  }
  if (key.kind !== 'literal') return type;
  if (key.value === '__proto__')
    return checker.report('unsupported', '"__proto__" cannot be a key', key.range);
  if (typeof key.value === 'string' && key.value.startsWith('\0')) {
    return checker.report('unsupported', 'a key cannot begin with the character U+0000', key.range);
  }
  if (seen.has(key.value)) return checker.report('type', 'this key appears twice', key.range);
  seen.add(key.value);
  return type;
}

function checkItem(
  checker: Checker,
  item: { readonly value: Expr; readonly optional: boolean },
  scope: Scope | undefined,
): Term {
  const type = checker.check(item.value, scope);
  if (!item.optional) return type;
  const value = checker.terms.fresh();
  if (checker.terms.assign(type, { kind: 'optional', value })) return value;
  return checker.mismatch('optional', type, item.value.range, 'leave the ? out');
}

/** One type for all: theirs if they agree, else dyn. */
function common({ terms }: Checker, all: readonly Term[]): Term {
  const [first, ...rest] = all;
  let type = first ?? terms.fresh();
  for (const next of rest) {
    type = terms.assign(next, type)
      ? terms.join(type, next)
      : { kind: 'dyn', numbers: mergeNumbers(terms.numbersIn(type), terms.numbersIn(next)) };
  }
  return type;
}

/** The type of `a.all(x, …)` and its kin. */
export function checkMacro(
  checker: Checker,
  expr: Expr & { readonly kind: 'macro' },
  scope: Scope | undefined,
): Term {
  const target = checker.check(expr.target, scope);
  const isIndexed = expr.index !== undefined;
  const element = elementOf(checker, target, expr.target.range, isIndexed);
  const key = isIndexed ? indexOf(checker, target) : element;
  const outer = expr.index === undefined ? scope : { name: expr.index, type: key, outer: scope };
  const inner: Scope = { name: expr.variable, type: element, outer };
  if (expr.filter !== undefined) expectBool(checker, expr.filter, inner);
  switch (expr.name) {
    case 'map':
      return { kind: 'list', element: checker.check(expr.body, inner) };
    case 'transformMap':
      return { kind: 'map', key, value: checker.check(expr.body, inner) };
    case 'transformMapEntry':
      return checkEntries(checker, expr.body, inner);
    case 'sortBy':
      checkOrder(checker, expr.body, inner);
      return { kind: 'list', element };
    default:
      expectBool(checker, expr.body, inner);
      return expr.name === 'filter' ? { kind: 'list', element } : BOOL;
  }
}

/** The map of all entries that are made. */
function checkEntries(checker: Checker, body: Expr, scope: Scope): Term {
  const made = checker.check(body, scope);
  const wanted: Term = { kind: 'map', key: checker.terms.fresh(), value: checker.terms.fresh() };
  if (checker.terms.assign(made, wanted)) return wanted;
  return checker.mismatch('map', made, body.range, 'write an entry: {key: value}');
}

const ORDERED: ReadonlySet<Term['kind']> = new Set([
  'int',
  'double',
  'string',
  'bool',
  'timestamp',
  'duration',
  'dyn',
  'error',
  'variable',
]);

function checkOrder(checker: Checker, body: Expr, scope: Scope): void {
  const type = checker.check(body, scope);
  if (ORDERED.has(checker.terms.shallow(type).kind)) return;
  checker.mismatch('int, double, string, bool, timestamp or duration', type, body.range);
}

/** The positions in a list, or the keys of a map. */
function indexOf({ terms }: Checker, term: Term): Term {
  const target = terms.shallow(term);
  if (target.kind === 'list') return { kind: 'int' };
  if (target.kind === 'map') return target.key;
  return target.kind === 'record' ? { kind: 'string' } : { kind: 'dyn', numbers: 'int' };
}

function expectBool(checker: Checker, expr: Expr, scope: Scope): void {
  const type = checker.check(expr, scope);
  if (!checker.terms.assign(type, BOOL)) checker.mismatch('bool', type, expr.range);
}

/** The values of a macro's variable. */
function elementOf(checker: Checker, term: Term, range: Range, isIndexed: boolean): Term {
  const target = checker.terms.shallow(term);
  switch (target.kind) {
    case 'list':
      return target.element;
    case 'map':
      return isIndexed ? target.value : target.key;
    case 'record':
      return isIndexed ? anyField(checker, target) : { kind: 'string' };
    case 'variable':
      checker.terms.assign({ kind: 'dyn', numbers: 'none' }, target);
      return target;
    case 'dyn':
    case 'error':
      return target;
    default:
      return checker.mismatch('list', target, range);
  }
}

/** What any field of a record may hold. */
export function anyField({ terms }: Checker, { fields }: RecordType): Term {
  return Object.values(fields)
    .map((field): Term => field.type)
    .reduce((all, one) => terms.join(all, one), ERROR);
}

/** The type of `cel.bind`, `optMap` or `optFlatMap`. */
export function checkBind(
  checker: Checker,
  expr: Expr & { readonly kind: 'bind' },
  scope: Scope | undefined,
): Term {
  const { terms } = checker;
  const value = checker.check(expr.value, scope);
  if (expr.form === 'bind')
    return checker.check(expr.body, { name: expr.variable, type: value, outer: scope });
  const inner = terms.fresh();
  let type: Term = inner;
  if (!terms.assign(value, { kind: 'optional', value: inner })) {
    type = checker.mismatch('optional', value, expr.value.range);
  }
  const body = checker.check(expr.body, { name: expr.variable, type, outer: scope });
  if (expr.form === 'optMap') return { kind: 'optional', value: body };
  const result: Term = { kind: 'optional', value: terms.fresh() };
  if (terms.assign(body, result)) return result;
  return checker.mismatch('optional', body, expr.body.range, 'write optMap for a plain value');
}
