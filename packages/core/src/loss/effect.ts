import {
  children,
  type Expr,
  type Expression,
  namesBoundBy,
  type Operation,
  operationOf,
  pathOf,
  type Read,
} from '@claimsmith/cel';
import { type Evaluate, type Here, partOf } from './evaluate.ts';
import {
  and,
  anyOf,
  choose,
  everyOf,
  hereOf,
  isSame,
  not,
  or,
  type Pairs,
  sameOf,
  someOf,
  type Truth,
} from './pairs.ts';

/** How an expression's result at an issuer differs from the policy's. */
export interface Effect {
  /** The fields that make the difference; empty without a difference. */
  readonly lost: readonly string[];
  /** Where the first of them is read. */
  readonly first: Read | undefined;
  readonly here: Here;
  /** Of a condition. */
  readonly pairs: Pairs;
}

/** The result of reading a path. */
export type Status =
  /** As the policy says; not known in advance. */
  | 'plain'
  /** A known value, the same on both sides; a record always exists. */
  | 'known'
  /** Without a value by the policy too. */
  | 'absent'
  /** The issuer has no value. */
  | 'lost'
  /** Reading it fails at the issuer, also behind `has` and `.?`. */
  | 'failing'
  /** The policy itself fails too. */
  | 'broken'
  /** There is a value, which may be different from the policy's. */
  | 'altered'
  /** The value is different from the policy's, and both are known. */
  | 'mistaken';

/** What is known about the paths that expressions read. */
export interface Known {
  status(path: readonly string[]): Status;
  /** The result of an expression with the values that are known at the issuer. */
  readonly here: Evaluate;
  /** The same with the values that the policy means. */
  readonly meant: Evaluate;
  /** Results for expressions already looked at: many claims have the same condition. */
  readonly looks: Map<Expression, Look>;
  /** Whether reading it may fail whatever its form: a source may be down. */
  isUnsure(path: readonly string[]): boolean;
  /** The fields that a lost path depends on, for people: `claims.tier` depends on `org.metadata`. */
  fieldsOf(path: readonly string[]): readonly string[];
}

const unknown: Here = { kind: 'unknown' };
/** An expression that reads nothing else can be computed. */
const closed: ReadonlySet<Status> = new Set(['known', 'absent', 'lost', 'mistaken']);
const all: readonly Truth[] = ['true', 'false', 'fails'];

/** Evaluates an expression as it behaves at an issuer. */
export interface Look {
  /** Its outcome, computed from its parts one by one; dependencies between the parts are ignored. */
  readonly effect: Effect;
  /** The first place where evaluation may fail, because a value is absent, lost, or not available from its source. */
  readonly bare: BareRead | undefined;
}

/** `isLenient`: the read is part of `has` or `.?`, and a parent of the tested field is missing. */
export interface BareRead extends Read {
  readonly isLenient: boolean;
}

/** An expression, and what is known about the paths that it reads. */
interface Looking {
  readonly expression: Expression;
  readonly known: Known;
}

/** Evaluates an expression as it behaves at an issuer, and finds reads of missing values without a check. */
export function lookAt(expression: Expression, known: Known): Look {
  const look = known.looks.get(expression) ?? newLook(expression, known);
  // What is known of claims grows.
  if (expression.reads.every(({ path }) => path[0] !== 'claims')) known.looks.set(expression, look);
  return look;
}

function newLook(expression: Expression, known: Known): Look {
  const look = { expression, known };
  const { root } = expression;
  return { effect: visit(look, root, new Set()), bare: bareRead(look, root, new Set(), false) };
}

function bareRead(
  look: Looking,
  expr: Expr,
  bound: ReadonlySet<string>,
  isBehind: boolean,
): BareRead | undefined {
  const path = pathOf(expr, { bound });
  const status = path && look.known.status(path);
  if (path && (status === 'failing' || status === 'broken'))
    return { path, range: expr.range, isLenient: isBehind };
  if (path && (status === 'absent' || status === 'lost')) {
    if (isLenient(expr)) return bareRead(look, operandOf(expr), bound, true);
    return { path, range: expr.range, isLenient: isBehind };
  }
  const operation = operationOf(expr);
  if (operation?.kind === 'choose') {
    const { here } = visit(look, operation.condition, bound);
    const branch = here.kind === 'constant' && (here.value === true ? operation.yes : operation.no);
    if (branch) return bareRead(look, branch, bound, isBehind);
  }
  const isDecided = operation?.kind === 'and' || operation?.kind === 'or';
  if (isDecided && visit(look, expr, bound).here.kind === 'constant') return undefined;
  const isBinding = expr.kind === 'macro' || expr.kind === 'bind';
  const inner = isBinding ? new Set([...bound, ...namesBoundBy(expr)]) : bound;
  for (const child of children(expr)) {
    const read = bareRead(look, child, inner, isBehind);
    if (read) return read;
  }
  return undefined;
}

function visit(look: Looking, expr: Expr, bound: ReadonlySet<string>): Effect {
  const reads = readsIn(look, expr);
  const statuses = new Set(reads.map(({ path }) => look.known.status(path)));
  const isFree = !mentions(expr, bound);
  const isClosed = isFree && [...statuses].every((status) => closed.has(status));
  if (isClosed && !(statuses.has('lost') && isLogical(expr))) return evaluated(look, expr, reads);
  if (isFree && statuses.size === 1 && statuses.has('plain')) return same(look, expr);
  return inParts(look, expr, bound, reads);
}

/** An expression that reads only known values has a known value. */
function evaluated(look: Looking, expr: Expr, reads: readonly Read[]): Effect {
  const part = partOf(look.expression, expr);
  const here = look.known.here(part);
  const truth = truthOf(here);
  const mistaken = reads.filter(({ path }) => look.known.status(path) === 'mistaken');
  const lost = reads.filter(({ path }) => look.known.status(path) === 'lost');
  if (mistaken.length > 0 && lost.length === 0) {
    const meant = look.known.meant(part);
    const pairs = anyOf([truthOf(meant)], [truth]);
    const isOther = JSON.stringify(meant) !== JSON.stringify(here);
    return { ...(isOther ? lossOf(look, mistaken) : { lost: [], first: undefined }), here, pairs };
  }
  if (lost.length === 0) return { lost: [], first: undefined, here, pairs: anyOf([truth], [truth]) };
  return { ...lossOf(look, lost), here, pairs: anyOf(possible(look, expr), [truth]) };
}

function lossOf(look: Looking, reads: readonly Read[]): Pick<Effect, 'lost' | 'first'> {
  return {
    lost: [...new Set(reads.flatMap(({ path }) => look.known.fieldsOf(path)))],
    first: reads[0],
  };
}

function same(look: Looking, expr: Expr): Effect {
  return { lost: [], first: undefined, here: unknown, pairs: sameOf(possible(look, expr)) };
}

/** All possible outcomes according to the policy. */
function possible(look: Looking, expr: Expr): readonly Truth[] {
  const isUnsure = readsIn(look, expr).some(({ path }) => look.known.isUnsure(path));
  return isUnsure || look.expression.nodeCanFail(expr) ? all : all.slice(0, 2);
}

function readsIn(look: Looking, expr: Expr): readonly Read[] {
  return look.expression.reads.filter(
    ({ range }) => range.start >= expr.range.start && range.end <= expr.range.end,
  );
}

function inParts(look: Looking, expr: Expr, bound: ReadonlySet<string>, reads: readonly Read[]): Effect {
  const part = (inner: Expr | undefined) =>
    inner === undefined ? same(look, expr) : visit(look, inner, bound);
  const path = pathOf(expr, { bound });
  const status = path === undefined ? 'plain' : look.known.status(path);
  if (status === 'broken')
    return { lost: [], first: undefined, here: { kind: 'fails' }, pairs: sameOf(['fails']) };
  if (status === 'failing' || status === 'altered') {
    const here: Here = status === 'failing' ? { kind: 'fails' } : unknown;
    return { ...lossOf(look, reads), here, pairs: anyOf(all, status === 'failing' ? ['fails'] : all) };
  }
  if (expr.kind === 'macro') return ofMacro(look, expr, bound);
  if (expr.kind === 'bind') {
    const inner = new Set([...bound, ...namesBoundBy(expr)]);
    return strict(look, expr, [part(expr.value), visit(look, expr.body, inner)], false);
  }
  if (expr.kind !== 'call') return strict(look, expr, children(expr).map(part));
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not': {
      const effect = part(operation.operand);
      return condition([effect], not(effect.pairs));
    }
    case 'and':
    case 'or': {
      const [a, b] = [part(operation.left), part(operation.right)];
      return condition([a, b], (operation.kind === 'and' ? and : or)(a.pairs, b.pairs));
    }
    case 'choose':
      return chosen(look, expr, operation, [
        part(operation.condition),
        part(operation.yes),
        part(operation.no),
      ]);
    default:
  }
  if (expr.name === 'orValue' || expr.name === 'or')
    return otherwise(look, expr, part(expr.target), part(expr.args[0]));
  // Not `children`: the `email` of `email.domain(x)` is not a variable.
  return strict(look, expr, (look.expression.callOf(expr)?.args ?? children(expr)).map(part));
}

function ofMacro(look: Looking, expr: Expr & { kind: 'macro' }, bound: ReadonlySet<string>): Effect {
  const target = visit(look, expr.target, bound);
  if (target.here.kind === 'fails') return strict(look, expr, [target]);
  const inner = new Set([...bound, ...namesBoundBy(expr)]);
  const body = visit(look, expr.body, inner);
  const parts = expr.filter === undefined ? [target, body] : [target, visit(look, expr.filter, inner), body];
  if (target.lost.length === 0 && (expr.name === 'exists' || expr.name === 'all')) {
    const pairs = (expr.name === 'exists' ? someOf : everyOf)(body.pairs);
    return condition(
      parts,
      look.expression.nodeCanFail(expr.target) ? pairs | anyOf(['fails'], ['fails']) : pairs,
    );
  }
  return strict(look, expr, parts, false);
}

function chosen(
  look: Looking,
  expr: Expr,
  operation: Operation & { readonly kind: 'choose' },
  [which, yes, no]: [Effect, Effect, Effect],
): Effect {
  const pairs = choose(which.pairs, yes.pairs, no.pairs);
  if (look.expression.typeOf(expr).kind === 'bool') return condition([which, yes, no], pairs);
  const merged = { ...merge([which, yes, no]), pairs };
  if (which.here.kind === 'constant') {
    const isMet = which.here.value === true;
    const branch = isMet ? yes : no;
    if (which.lost.length === 0) return branch;
    return { ...merged, here: branchOf(look, isMet ? operation.yes : operation.no, branch.here) };
  }
  const isFailure = which.here.kind === 'fails' || [yes, no].every(({ here }) => here.kind === 'fails');
  return { ...merged, here: isFailure ? { kind: 'fails' } : unknown };
}

function otherwise(look: Looking, expr: Expr & { kind: 'call' }, value: Effect, other: Effect): Effect {
  if (value.here.kind === 'fails') return strict(look, expr, [value]);
  const merged = strict(look, expr, [value, other], false);
  if (value.here.kind !== 'constant' || value.here.value !== undefined) return merged;
  const here = branchOf(look, expr.args[0], other.here);
  return { ...merged, here, pairs: merged.lost.length === 0 ? other.pairs : merged.pairs };
}

function branchOf(look: Looking, expr: Expr | undefined, here: Here): Here {
  if (here.kind !== 'unknown' || expr === undefined) return here;
  return { kind: 'part', text: look.expression.source.slice(expr.range.start, expr.range.end) };
}

/** A condition made of others, from their outcomes. */
function condition(parts: readonly Effect[], pairs: Pairs): Effect {
  const truths = hereOf(pairs);
  const [only] = truths;
  const here: Here =
    truths.length !== 1
      ? unknown
      : only === 'fails'
        ? { kind: 'fails' }
        : { kind: 'constant', value: only === 'true' };
  return isSame(pairs) ? { lost: [], first: undefined, here, pairs } : { ...merge(parts), here, pairs };
}

/** Fails if one of its parts fails; otherwise its value is unknown. */
function strict(look: Looking, expr: Expr, parts: readonly Effect[], fails = true): Effect {
  const merged = merge(parts);
  const isFailure = fails && parts.some(({ here }) => here.kind === 'fails');
  if (merged.lost.length === 0) {
    return isFailure
      ? { ...merged, here: { kind: 'fails' }, pairs: sameOf(['fails']) }
      : { ...same(look, expr), pairs: sameOf(all) };
  }
  return isFailure
    ? { ...merged, here: { kind: 'fails' }, pairs: anyOf(possible(look, expr), ['fails']) }
    : { ...merged, here: unknown, pairs: anyOf(possible(look, expr), all) };
}

function merge(parts: readonly Effect[]): Pick<Effect, 'lost' | 'first'> {
  return {
    lost: [...new Set(parts.flatMap(({ lost }) => lost))],
    first: parts.find(({ first }) => first !== undefined)?.first,
  };
}

function isLogical(expr: Expr): boolean {
  const operation = operationOf(expr);
  return operation !== undefined && ['not', 'and', 'or', 'choose'].includes(operation.kind);
}

function truthOf(here: Here): Truth {
  if (here.kind !== 'constant' || typeof here.value !== 'boolean') return 'fails';
  return here.value ? 'true' : 'false';
}

function isLenient(expr: Expr): boolean {
  return (expr.kind === 'select' && (expr.test || expr.optional)) || (expr.kind === 'index' && expr.optional);
}

function operandOf(expr: Expr): Expr {
  return expr.kind === 'select' || expr.kind === 'index' ? expr.operand : expr;
}

/** Whether an expression may read one of these variables from around it. */
function mentions(expr: Expr, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  if (expr.kind === 'ident') return names.has(expr.name);
  return children(expr).some((inner) => mentions(inner, names));
}
