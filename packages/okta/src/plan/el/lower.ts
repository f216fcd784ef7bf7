import {
  children,
  constantText,
  type Expr,
  type Expression,
  isVariable,
  listRead,
  type Operation,
  operationOf,
  pathOf,
  type Relation,
  type Type,
  writtenName,
} from '@claimsmith/cel';
import type { Literal } from '@claimsmith/core/spec';
import { and, binary, choose, compare, isThere, literal, not, nothing, or, orElse } from './make.ts';
import type { El } from './parse.ts';
import { isWritable, isWritableNumber } from './print.ts';
import { mostNodes, weight } from './weight.ts';

/** What an expression may read, in Okta's language. Reads never fail; a missing value is null. */
export interface Names {
  /** The value of a field of the identity context, or why there is no expression for it. */
  readonly field: (path: string) => El | Unsaid;
  /** The expression for another claim of the policy. */
  readonly claim: (name: string) => El | Unsaid;
  /** The constant tables. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, Literal>>>>;
  /** Whether a field is the list of the user's groups: tests on it are tests of membership. */
  readonly isGroups: (path: string) => boolean;
  /** Whether the user, if there is one, is in a group of this name; or why that cannot be expressed. */
  readonly isMember: (group: string) => El | Unsaid;
  /** Whether there is a user. */
  readonly hasUser: El;
}

/** An expression, or a part of one. */
export type Typed = Pick<Expression, 'root' | 'typeOf'>;

/** Why an expression has no exact form in the Okta Expression Language: a clause for people. */
export interface Unsaid {
  readonly why: string;
}

export function isUnsaid(result: object): result is Unsaid {
  return Object.hasOwn(result, 'why');
}

/** A truth in three values: an expression that fails is neither. */
export interface Truth {
  readonly isTrue: El;
  readonly isFalse: El;
}

/** A condition in the Okta Expression Language, exactly as the policy evaluates it. */
export function lowerCondition({ root, typeOf }: Typed, names: Names): Truth | Unsaid {
  return tried(() => truth(root, { ...names, typeOf }));
}

/** A scalar value in the Okta Expression Language, exactly as the policy evaluates it: null if that fails. */
export function lowerValue({ root, typeOf }: Typed, names: Names): El | Unsaid {
  return tried(() => value(root, { ...names, typeOf }));
}

/** A constant of the spec: scalars, and lists of text that are not empty. */
export function lowerConstant(constant: Literal): El | Unsaid {
  return tried(() => {
    if (!Array.isArray(constant)) return constantOf(constant);
    // Okta leaves a claim with an empty list out.
    if (constant.length === 0 || !constant.every((element) => typeof element === 'string'))
      return unsaid('as constants it has only lists of text that are not empty');
    return { kind: 'list', elements: constant.map(constantOf) };
  });
}

type Scope = Names & Pick<Expression, 'typeOf'>;

/** Ends a lowering from any depth; caught where it began. */
class NotSaid extends Error {}

function unsaid(why: string): never {
  throw new NotSaid(why);
}

function tried<T extends object>(lower: () => T): T | Unsaid {
  try {
    return lower();
  } catch (error) {
    if (error instanceof NotSaid) return { why: error.message };
    throw error;
  }
}

function said(result: El | Unsaid): El {
  return isUnsaid(result) ? unsaid(result.why) : result;
}

function brief(el: El, times = 1): El {
  return times * weight(el) > mostNodes ? unsaid('the expression would be too long') : el;
}

function value(expr: Expr, scope: Scope): El {
  return brief(unboundedValue(expr, scope));
}

function truth(expr: Expr, scope: Scope): Truth {
  const { isTrue, isFalse } = unboundedTruth(expr, scope);
  return { isTrue: brief(isTrue), isFalse: brief(isFalse) };
}

function unboundedValue(expr: Expr, scope: Scope): El {
  const isTest = expr.kind === 'call' || expr.kind === 'macro' || (expr.kind === 'select' && expr.test);
  if (isTest && scope.typeOf(expr).kind === 'bool') return fromTruth(truth(expr, scope));
  switch (expr.kind) {
    case 'literal':
      return expr.value === null ? unsaid('null cannot be the value of a claim') : constantOf(expr.value);
    case 'ident':
    case 'select':
    case 'index':
      return read(expr, scope);
    case 'call':
      return valueOfCall(expr, scope);
    default:
      return unsaid('it cannot make lists and maps');
  }
}

function fromTruth({ isTrue, isFalse }: Truth): El {
  return choose(isTrue, literal(true), choose(isFalse, literal(false), nothing));
}

function valueOfCall(expr: Expr & { kind: 'call' }, scope: Scope): El {
  if ([expr, ...children(expr)].some((part) => isTime(scope.typeOf(part).kind)))
    return unsaid('its functions of time give texts of another form');
  const operation = operationOf(expr);
  if (operation?.kind === 'choose') {
    const { isTrue, isFalse } = truth(operation.condition, scope);
    return choose(isTrue, value(operation.yes, scope), choose(isFalse, value(operation.no, scope), nothing));
  }
  const isJoined = operation?.kind === 'arithmetic' && operation.symbol === '+';
  if (isJoined && scope.typeOf(expr).kind === 'string') {
    const [a, b] = [value(operation.left, scope), value(operation.right, scope)];
    return choose(and([isThere(a), isThere(b)]), binary('+', a, b), nothing);
  }
  const [first] = expr.args;
  if (expr.name === 'orValue' && expr.target && first && isSoft(expr.target))
    return orElse(read(expr.target, scope), value(first, scope));
  return unsaid(`it has no exact equivalent of \`${writtenName(expr.name)}\``);
}

/** Okta's pages exclude its functions of time from conditions, and so from comparisons. */
function isTime(kind: Type['kind']): boolean {
  return kind === 'timestamp' || kind === 'duration';
}

/** `user.?email`: an empty optional without a value. It cannot fail otherwise. */
function isSoft(expr: Expr): expr is Expr & { kind: 'select' } {
  return expr.kind === 'select' && expr.optional;
}

/** A field, a claim, or an entry of a table. */
function read(expr: Expr, scope: Scope): El {
  if (expr.kind === 'index') {
    const table = constantAt(expr.operand, scope);
    if (table !== undefined && isMap(table)) return entry(table, value(expr.index, scope));
  }
  const constant = constantAt(expr, scope);
  if (constant !== undefined) return constantOf(constant);
  const path = readPath(expr);
  if (path === undefined) return unsaid('it can read only whole fields');
  const [root, name] = path;
  if (root === 'claims' && name !== undefined && path.length === 2) return said(scope.claim(name));
  requireScalar(scope.typeOf(expr), path);
  return said(scope.field(path.join('.')));
}

function requireScalar(type: Type, path: readonly string[]): void {
  const inner = type.kind === 'optional' ? type.value : type;
  if (isScalar(inner.kind)) return;
  if (inner.kind === 'list') unsaid(`\`${path.join('.')}\` is a list, and Okta leaves out an empty list`);
  unsaid(`\`${path.join('.')}\` is not a single value`);
}

function isScalar(kind: Type['kind']): boolean {
  return kind === 'string' || kind === 'bool' || kind === 'int' || kind === 'double';
}

/** A look-up in a table: one equality after the other. */
function entry(table: Readonly<Record<string, Literal>>, key: El): El {
  brief(key, Object.keys(table).length);
  return Object.entries(table).reduceRight<El>(
    (rest, [name, member]) => choose(compare('==', key, text(name)), constantOf(member), rest),
    nothing,
  );
}

function constantAt(expr: Expr, { tables }: Scope): Literal | undefined {
  const [root, ...path] = readPath(expr) ?? [];
  if (root !== 'tables') return undefined;
  let found: Literal | undefined = tables;
  for (const name of path) {
    if (found === undefined || !isMap(found)) return undefined;
    found = Object.hasOwn(found, name) ? found[name] : unsaid('the table does not have that key');
  }
  return found;
}

function isMap(found: Literal): found is { readonly [key: string]: Literal } {
  return typeof found === 'object' && !Array.isArray(found);
}

function constantOf(constant: Literal): El {
  if (typeof constant === 'boolean') return literal(constant);
  if (typeof constant === 'string') return text(constant);
  if (typeof constant !== 'number') return unsaid('it cannot make lists and maps');
  return isWritableNumber(constant)
    ? literal(constant)
    : unsaid(`it may read the number ${constant} differently`);
}

function text(constant: string): El {
  return isWritable(constant)
    ? literal(constant)
    : unsaid('it may read some characters of a text differently');
}

function unboundedTruth(expr: Expr, scope: Scope): Truth {
  switch (expr.kind) {
    case 'literal':
      return { isTrue: literal(expr.value === true), isFalse: literal(expr.value === false) };
    case 'select':
      if (expr.test) return isSaid(expr, scope);
      return ofFlag(read(expr, scope));
    case 'index':
      return ofFlag(read(expr, scope));
    case 'call':
      return truthOfCall(expr, scope);
    case 'macro':
      return membership(expr, scope);
    default:
      return unsaid('it has no such form of condition');
  }
}

function ofFlag(flag: El): Truth {
  return { isTrue: compare('==', flag, literal(true)), isFalse: compare('==', flag, literal(false)) };
}

function ofTest(isTrue: El): Truth {
  return { isTrue, isFalse: not(isTrue) };
}

/** `has(user.email)` */
function isSaid(expr: Expr & { kind: 'select' }, scope: Scope): Truth {
  const field: Expr = { ...expr, test: false };
  const path = readPath(field)?.join('.');
  if (path !== undefined && scope.isGroups(path)) return ofTest(scope.hasUser);
  const owner = scope.typeOf(expr.operand);
  const type = owner.kind === 'record' ? owner.fields[expr.field]?.type : undefined;
  // The checker has typed the test, not the field.
  return ofTest(isThere(read(field, { ...scope, typeOf: () => type ?? { kind: 'dyn' } })));
}

function truthOfCall(expr: Expr & { kind: 'call' }, scope: Scope): Truth {
  if (expr.target?.kind === 'select' && expr.name === 'hasValue' && isSoft(expr.target))
    return ofTest(isThere(read(expr.target, scope)));
  if (expr.name === 'orValue' && expr.target !== undefined) return ofFlag(valueOfCall(expr, scope));
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not': {
      const { isTrue, isFalse } = truth(operation.operand, scope);
      return { isTrue: isFalse, isFalse: isTrue };
    }
    case 'and':
    case 'or': {
      const [a, b] = [truth(operation.left, scope), truth(operation.right, scope)];
      const isAnd = operation.kind === 'and';
      return {
        isTrue: (isAnd ? and : or)([a.isTrue, b.isTrue]),
        isFalse: (isAnd ? or : and)([a.isFalse, b.isFalse]),
      };
    }
    case 'choose':
      return chosen(operation, scope);
    case 'in':
      return contained(operation.item, operation.container, scope);
    case 'compare':
      return comparison(operation.symbol, operation.left, operation.right, scope);
    default:
      return unsaid(`it has no exact equivalent of \`${writtenName(expr.name)}\``);
  }
}

function chosen({ condition, yes, no }: Operation & { kind: 'choose' }, scope: Scope): Truth {
  const [test, first, second] = [truth(condition, scope), truth(yes, scope), truth(no, scope)];
  return {
    isTrue: or([and([test.isTrue, first.isTrue]), and([test.isFalse, second.isTrue])]),
    isFalse: or([and([test.isTrue, first.isFalse]), and([test.isFalse, second.isFalse])]),
  };
}

function comparison(operator: Relation, first: Expr, second: Expr, scope: Scope): Truth {
  const kinds = [first, second].map((side) => scope.typeOf(side).kind);
  if (kinds.some(isTime)) return unsaid('it allows no functions of time in conditions');
  if (!kinds.every(isScalar)) return unsaid('it can compare only single values');
  const areNumbers = kinds.every((kind) => kind === 'int' || kind === 'double');
  const isEquality = operator === '==' || operator === '!=';
  if (!isEquality && !areNumbers) return unsaid('it orders texts differently');
  // Java distinguishes 0.0 from -0.0.
  if (isEquality && kinds.some((kind) => kind === 'double'))
    return unsaid('it does not compare numbers with a fraction exactly');
  if (isEquality && kinds[0] !== kinds[1]) return unsaid('it cannot compare values of two types');
  const [a, b] = [value(first, scope), value(second, scope)];
  return { isTrue: compare(operator, a, b), isFalse: compare(opposite[operator], a, b) };
}

const opposite = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/** `x in ["a", "b"]`, `key in tables.region`, `"a" in user.groups` */
function contained(element: Expr, list: Expr, scope: Scope): Truth {
  const path = readPath(list)?.join('.');
  if (isGroups(list, scope)) return ofGroups([textOf(element)], list, scope);
  if (path === 'request.scopes') return unsaid('it allows scopes only as the condition of a whole claim');
  const table = constantAt(list, scope);
  const members =
    table === undefined ? elementsOf(list) : Object.keys(isMap(table) ? table : {}).map((key) => text(key));
  if (table !== undefined && !isMap(table)) return unsaid('it cannot search lists in tables');
  const { kind } = scope.typeOf(element);
  if (!isScalar(kind)) return unsaid('it can search only for single values');
  if (kind === 'double') return unsaid('it does not compare numbers with a fraction exactly');
  const subject = value(element, scope);
  brief(subject, members.length);
  return {
    isTrue: or(members.map((member) => compare('==', subject, member))),
    isFalse: and([isThere(subject), ...members.map((member) => compare('!=', subject, member))]),
  };
}

function elementsOf(list: Expr): readonly El[] {
  if (list.kind !== 'list') return unsaid('it cannot search lists');
  return list.elements.map(({ value: element, optional }) => {
    if (optional || element.kind !== 'literal' || element.value === null)
      return unsaid('it can search only lists of constants');
    return constantOf(element.value);
  });
}

/** `user.groups.exists(g, g == "a" || g in ["b", "c"])` */
function membership(expr: Expr & { kind: 'macro' }, scope: Scope): Truth {
  if (expr.name !== 'exists' || !isGroups(expr.target, scope))
    return unsaid(`it has no equivalent of \`${expr.name}\``);
  return ofGroups(wanted(expr.body, expr.variable), expr.target, scope);
}

function isGroups(list: Expr, scope: Scope): boolean {
  const path = readPath(listRead(list))?.join('.');
  return path !== undefined && scope.isGroups(path);
}

/** Without a user there are no groups, unless the expression treats that as an empty list. */
function ofGroups(groups: readonly string[], list: Expr, { isMember, hasUser }: Scope): Truth {
  const isOne = or(groups.map((group) => said(isMember(group))));
  const isTrue = and([hasUser, isOne]);
  return listRead(list) === list ? { isTrue, isFalse: and([hasUser, not(isOne)]) } : ofTest(isTrue);
}

/** The names that a test of one group asks for. */
function wanted(body: Expr, variable: string): readonly string[] {
  const operation = operationOf(body);
  if (operation?.kind === 'or')
    return [...wanted(operation.left, variable), ...wanted(operation.right, variable)];
  if (operation?.kind === 'compare' && operation.symbol === '==') {
    if (isVariable(operation.left, variable)) return [textOf(operation.right)];
    if (isVariable(operation.right, variable)) return [textOf(operation.left)];
  }
  if (operation?.kind === 'in' && isVariable(operation.item, variable) && operation.container.kind === 'list')
    return operation.container.elements.map(({ value: element }) => textOf(element));
  return unsaid('it can test groups only by name');
}

function textOf(expr: Expr): string {
  const name = constantText(expr);
  if (name === undefined) return unsaid('it can test groups only by constant names');
  return isWritable(name) ? name : unsaid('it may read some characters of the group name differently');
}

/** `['user', 'email']` for `user.email`, `user.?email` and `user["email"]`. */
function readPath(expr: Expr): readonly string[] | undefined {
  return pathOf(expr, { has: false });
}
