import {
  children,
  type Expr,
  type Expression,
  namesBoundBy,
  operationOf,
  pathOf,
  type Range,
} from '@claimsmith/cel';
import { fieldAt } from './context.ts';
import type { Policy } from './policy.ts';

/** A place where an expression fails because it reads a value that some issuances lack. */
export interface BareRead {
  /** As written: `user.attributes.status`, `tables.region[user.attributes.country]`. */
  readonly text: string;
  readonly range: Range;
  /**
   * - `optional`: an optional field of the identity context, or a key of a map
   * - `list`: roles or groups, which nearly every user has, if empty
   * - `row`: a field of a source that may find no row or item, or is not always asked
   * - `answer`: a field of a service's answer
   */
  readonly what: 'optional' | 'list' | 'row' | 'answer';
  /** Whether the condition is negated, so that the author may want a missing value to meet it. */
  readonly isNegated: boolean;
}

/**
 * The places where an expression reads a value that may be missing, without handling that case. `has(a.b) && …`,
 * `!has(a.b) || …`, `has(a.b) ? … : …`, `a.?b`, and `key in a && a[key]` handle it.
 */
export function bareReads(policy: Place['policy'], { root, source }: Expression): readonly BareRead[] {
  return readsIn(root, { policy, source, locals: [], known: new Set(), isNegated: false });
}

interface Place {
  readonly policy: Pick<Policy, 'context' | 'sources'>;
  readonly source: string;
  /** Variables of macros. */
  readonly locals: readonly string[];
  /** The texts of reads that have a value here. */
  readonly known: ReadonlySet<string>;
  readonly isNegated: boolean;
}

function readsIn(expr: Expr, at: Place): readonly BareRead[] {
  if (expr.kind === 'select' || expr.kind === 'index') return readsOfPath(expr, at);
  if (expr.kind === 'call') return readsOfCall(expr, at);
  if (expr.kind !== 'macro' && expr.kind !== 'bind')
    return children(expr).flatMap((child) => readsIn(child, at));
  const [target, ...bodies] = children(expr);
  const within = { ...at, locals: [...at.locals, ...namesBoundBy(expr)] };
  return [...(target ? readsIn(target, at) : []), ...bodies.flatMap((body) => readsIn(body, within))];
}

function readsOfPath(expr: Expr & { kind: 'select' | 'index' }, at: Place): readonly BareRead[] {
  const isSoft = expr.optional || (expr.kind === 'select' && expr.test);
  const what = isSoft ? undefined : whatLacks(expr, at);
  const text = textOf(expr, at.source);
  const { isNegated } = at;
  const own = what && !at.known.has(text) ? [{ text, range: expr.range, what, isNegated }] : [];
  return [
    ...own,
    ...(what === undefined ? readsIn(expr.operand, at) : []),
    ...(expr.kind === 'index' ? readsIn(expr.index, at) : []),
  ];
}

function readsOfCall(expr: Expr & { kind: 'call' }, at: Place): readonly BareRead[] {
  const operation = operationOf(expr);
  const where = (condition: Expr, isMet: boolean) => withKnown(at, knownWhere(condition, isMet, at.source));
  if (operation?.kind === 'and' || operation?.kind === 'or') {
    // If one side decides the result, an error of the other side is ignored, in either order.
    const isMet = operation.kind === 'and';
    const { left, right } = operation;
    return [...readsIn(left, where(right, isMet)), ...readsIn(right, where(left, isMet))];
  }
  if (operation?.kind === 'choose') {
    const { condition, yes, no } = operation;
    return [
      ...readsIn(condition, at),
      ...readsIn(yes, where(condition, true)),
      ...readsIn(no, where(condition, false)),
    ];
  }
  const flips = operation?.kind === 'not' || (operation?.kind === 'compare' && operation.symbol === '!=');
  const within = flips ? { ...at, isNegated: !at.isNegated } : at;
  return children(expr).flatMap((child) => readsIn(child, within));
}

function withKnown(at: Place, more: readonly string[]): Place {
  return more.length === 0 ? at : { ...at, known: new Set([...at.known, ...more]) };
}

/** The paths that certainly have a value if a condition has the outcome `isMet`. */
function knownWhere(expr: Expr, isMet: boolean, source: string): readonly string[] {
  if (expr.kind === 'select' && expr.test) return isMet ? [textOf(expr, source)] : [];
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not':
      return knownWhere(operation.operand, !isMet, source);
    case 'and':
    case 'or':
      return (operation.kind === 'and') === isMet
        ? [operation.left, operation.right].flatMap((part) => knownWhere(part, isMet, source))
        : [];
    case 'in':
      return isMet ? [keyText(operation.container, operation.item, source)] : [];
    default:
      return [];
  }
}

/** Whether what is read may have no value. */
function whatLacks(expr: Expr, { policy, locals }: Place): BareRead['what'] | undefined {
  const path = pathOf(expr);
  if (path === undefined) return isLookup(expr, locals) ? 'optional' : undefined;
  const [root = '', second] = path;
  if (locals.includes(root) || second === undefined) return undefined;
  const source = policy.sources.find(({ name }) => name === root);
  if (source !== undefined) {
    if (fieldAt(source.returns, path.slice(1))?.kind === 'record') return undefined;
    // A list of rows is there, if empty.
    const isRows = source.kind === 'sql' && source.rows === 'many';
    if (isRows) return undefined;
    return source.kind === 'http' && source.when === undefined ? 'answer' : 'row';
  }
  if (!Object.hasOwn(policy.context.fields, root)) return undefined;
  const field = path.join('.');
  if (lists.includes(field)) return 'list';
  const isThere = [...always, ...maps].includes(field) || fieldAt(policy.context, path)?.kind === 'record';
  return isThere ? undefined : 'optional';
}

/** `tables.region[user.attributes.country]`, `client.metadata[request.audience]`: any key may be asked for. */
function isLookup(expr: Expr, locals: readonly string[]): boolean {
  const path = expr.kind === 'index' ? pathOf(expr.operand) : undefined;
  if (path === undefined || locals.includes(path[0] ?? '')) return false;
  return path[0] === 'tables' || [...maps, 'org.metadata'].includes(path.join('.'));
}

const lists = ['user.roles', 'user.groups', 'user.identities'];
/** Fields that always have a value at every issuer that supplies them. */
const always = ['user.id', 'client.id', 'client.name', 'request.grant_type', 'request.scopes', 'request.ip'];
/** There, if empty. */
const maps = ['client.metadata', 'request.params'];

/** A read without white space; each way to write a step is one text. */
function textOf(expr: Expr, source: string): string {
  const path = pathOf(expr);
  if (path !== undefined) return path.join('.');
  return expr.kind === 'index'
    ? keyText(expr.operand, expr.index, source)
    : source.slice(expr.range.start, expr.range.end).replace(/\s+/g, '');
}

function keyText(operand: Expr, key: Expr, source: string): string {
  const inner = textOf(operand, source);
  return key.kind === 'literal' ? `${inner}.${String(key.value)}` : `${inner}[${textOf(key, source)}]`;
}
