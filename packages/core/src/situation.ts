import { children, type Expr, type Expression, type Range } from '@claimsmith/cel';
import type { Path } from './finding.ts';
import type { Policy, PolicySource } from './policy.ts';
import { askedWith } from './sources/asked-with.ts';

/** What is known of an issuance before it happens: a trigger without a user, a fixed grant type. */
export interface Situation {
  /** For people: `client credentials`. */
  readonly title: string;
  /** Values of string fields by dotted path: `{ subject_type: 'machine' }`. */
  readonly values: Readonly<Record<string, string>>;
  /** Dotted paths without a value, with all below them: `user`. */
  readonly absent: readonly string[];
  /** Names of sources that can't be asked: reading them fails, and so does `has`. */
  readonly unanswered?: readonly string[];
}

/** False only if `expression` is false, or fails, whatever the unknown parts turn out to be. */
export function canBeTrue(expression: Expression, situation: Situation): boolean {
  return fold(expression.root, situation) !== false;
}

/** True only if `expression` is true, whatever the unknown parts turn out to be. */
export function mustBeTrue(expression: Expression, situation: Situation): boolean {
  return fold(expression.root, situation) === true;
}

/** The first place where evaluating `expression` may read a field that the situation lacks. */
export function readsAbsent(expression: Expression, situation: Situation): Range | undefined {
  return absentRead(expression.root, situation);
}

/** A part of a policy that reads what a situation lacks. */
export interface Gap {
  readonly part: 'claim' | 'scope' | 'deny' | 'detail';
  readonly name: string;
  readonly path: Path;
  readonly range: Range;
}

/** What a person calls the parts. */
export const partNames = {
  claim: 'claim',
  scope: 'scope',
  deny: 'deny rule',
  detail: 'authorization detail',
} as const satisfies Record<Gap['part'], string>;

/**
 * The parts of a policy that would fail for want of a value in a situation where they are evaluated:
 * a claim that reads `user` at a trigger without one, and no `when` keeps it away. A claim that is not
 * emitted in the situation counts as absent for those that read it; a source that would be asked with what is absent
 * answers nobody.
 */
export function gaps(policy: Policy, situation: Situation): readonly Gap[] {
  const found: Gap[] = [];
  const canBeAsked = (source: PolicySource) =>
    askedWith(source).every((part) => readsAbsent(part, situation) === undefined);
  const unanswered = policy.sources.filter((source) => !canBeAsked(source)).map(({ name }) => name);
  let known = { ...situation, unanswered: [...(situation.unanswered ?? []), ...unanswered] };
  for (const [index, rule] of policy.deny.entries()) {
    const range = readsAbsent(rule.when, known);
    if (range) found.push({ part: 'deny', name: rule.reason, path: ['deny', index, 'when'], range });
  }
  for (const claim of policy.claims) {
    const path = ['claims', claim.name];
    const whenRange = claim.when && readsAbsent(claim.when, known);
    const skipped = claim.when !== undefined && !canBeTrue(claim.when, known);
    const valueRange = skipped || !claim.value ? undefined : readsAbsent(claim.value, known);
    if (whenRange && !skipped)
      found.push({ part: 'claim', name: claim.name, path: [...path, 'when'], range: whenRange });
    else if (valueRange)
      found.push({ part: 'claim', name: claim.name, path: [...path, 'value'], range: valueRange });
    if (skipped || whenRange || valueRange)
      known = { ...known, absent: [...known.absent, `claims.${claim.name}`] };
  }
  for (const scope of policy.scopes) {
    const range = readsAbsent(scope.grant, known);
    if (range) found.push({ part: 'scope', name: scope.name, path: scope.path, range });
  }
  for (const detail of policy.details) {
    const range = readsAbsent(detail.grant, known);
    if (range) {
      found.push({
        part: 'detail',
        name: detail.type,
        path: ['authorizationDetails', detail.type, 'grant'],
        range,
      });
    }
  }
  return found;
}

type Constant = null | boolean | number | string;

/** The value that an expression surely has, or undefined. */
function fold(expr: Expr, situation: Situation): Constant | undefined {
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'ident':
    case 'select': {
      const path = pathOf(expr)?.join('.');
      if (path === undefined) return undefined;
      if (expr.kind === 'select' && expr.test) return isAbsent(path, situation) ? false : undefined;
      return Object.hasOwn(situation.values, path) ? situation.values[path] : undefined;
    }
    case 'call':
      return foldCall(expr, situation);
    default:
      return undefined;
  }
}

function foldCall(expr: Expr & { kind: 'call' }, situation: Situation): Constant | undefined {
  const [first, second, third] = expr.args;
  if (first === undefined || expr.target !== undefined) return undefined;
  const a = fold(first, situation);
  if (expr.name === '!_') return typeof a === 'boolean' ? !a : undefined;
  if (second === undefined) return undefined;
  if (expr.name === '_?_:_') {
    if (third === undefined || typeof a !== 'boolean') return undefined;
    return fold(a ? second : third, situation);
  }
  if (expr.name === '@in') return foldIn(a, second, situation);
  const b = fold(second, situation);
  switch (expr.name) {
    case '_&&_':
      if (a === false || b === false) return false;
      return a === true && b === true ? true : undefined;
    case '_||_':
      if (a === true || b === true) return true;
      return a === false && b === false ? false : undefined;
    case '_==_':
      return a === undefined || b === undefined ? undefined : a === b;
    case '_!=_':
      return a === undefined || b === undefined ? undefined : a !== b;
    default:
      return undefined;
  }
}

function foldIn(a: Constant | undefined, list: Expr, situation: Situation): boolean | undefined {
  if (a === undefined || list.kind !== 'list') return undefined;
  const elements = list.elements.map((element) =>
    element.optional ? undefined : fold(element.value, situation),
  );
  if (elements.includes(a)) return true;
  return elements.includes(undefined) ? undefined : false;
}

function absentRead(expr: Expr, situation: Situation): Range | undefined {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return undefined;
    case 'select':
    case 'index': {
      const path = pathOf(expr)?.join('.');
      if (path !== undefined && isUnder(situation.unanswered ?? [], path)) return expr.range;
      const soft = expr.optional || (expr.kind === 'select' && expr.test);
      if (path !== undefined && isAbsent(path, situation)) return soft ? undefined : expr.range;
      return firstOf(children(expr), situation);
    }
    case 'call': {
      const [condition, yes, no] = expr.args;
      if (expr.name === '_?_:_' && condition && yes && no) {
        const chosen = fold(condition, situation);
        if (typeof chosen === 'boolean') return absentRead(chosen ? yes : no, situation);
      }
      if ((expr.name === '_&&_' || expr.name === '_||_') && fold(expr, situation) !== undefined)
        return undefined;
      return firstOf(children(expr), situation);
    }
    default:
      return firstOf(children(expr), situation);
  }
}

function firstOf(exprs: readonly Expr[], situation: Situation): Range | undefined {
  for (const expr of exprs) {
    const range = absentRead(expr, situation);
    if (range) return range;
  }
  return undefined;
}

/** `['user', 'email']` for `user.email` and `user["email"]`. */
export function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'ident') return [expr.name];
  if (expr.kind === 'select') {
    const operand = pathOf(expr.operand);
    return operand && [...operand, expr.field];
  }
  if (expr.kind === 'index' && expr.index.kind === 'literal' && typeof expr.index.value === 'string') {
    const operand = pathOf(expr.operand);
    return operand && [...operand, expr.index.value];
  }
  return undefined;
}

function isAbsent(path: string, situation: Situation): boolean {
  return isUnder(situation.absent, path);
}

function isUnder(prefixes: readonly string[], path: string): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
}
