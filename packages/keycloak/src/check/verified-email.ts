import { children, type Expr, type Operation, operationOf, pathOf } from '@claimsmith/cel';
import { formatPath, type Path, type Policy } from '@claimsmith/core';

/**
 * Finds whether a part of a policy with authority may depend on an unverified email address. `user.email` is safe only
 * if `user.email_verified` must also be true.
 *
 * @param isAddress whether a field, as a dotted path, is the address
 */
export function unprovenAddresses(
  policy: Policy,
  isAddress: (field: string) => boolean,
): (path: Path) => boolean {
  // A deny rule that denies everybody without a verified address protects all other parts.
  if (policy.deny.some(({ when }) => proves(when.root, false))) return () => false;
  const tainted = new Set(
    policy.sources.filter((source) => source.reads.fields.some(isAddress)).map(({ name }) => name),
  );
  const reads = (expr: Expr): boolean => {
    if (expr.kind === 'select' && expr.test) return false;
    const path = pathOf(expr);
    if (path !== undefined) return isAddress(path.join('.')) || tainted.has(taintOf(path));
    return children(expr).some(reads);
  };
  const unproven = new Set<string>();
  const judge = (path: Path, isSafe: boolean): boolean => {
    if (!isSafe) unproven.add(formatPath(path));
    return isSafe;
  };
  for (const { path, when } of policy.deny) judge([...path, 'when'], isSafe(when.root, false, reads));
  for (const { name, when, value } of policy.claims) {
    const isGuarded = when !== undefined && proves(when.root, true);
    const isFree =
      (when === undefined || isSafe(when.root, true, reads)) &&
      (value === undefined || isSafeValue(value.root, reads));
    if (!judge(['claims', name], isGuarded || isFree)) tainted.add(taintOf(['claims', name]));
  }
  for (const { path, grant } of policy.scopes) judge(path, isSafe(grant.root, true, reads));
  for (const { type, grant } of policy.details)
    judge(['authorizationDetails', type, 'grant'], isSafe(grant.root, true, reads));
  return (path) => unproven.has(formatPath(path));
}

/** The source or claim that a path begins with. */
function taintOf([root = '', name = '']: readonly string[]): string {
  return root === 'claims' ? `claims.${name}` : root;
}

/** Whether the address is certainly verified if the expression has this outcome. */
function proves(expr: Expr, outcome: boolean): boolean {
  const path = pathOf(expr)?.join('.');
  // Without a user there is no address.
  if (path === 'user.id' && expr.kind === 'select' && expr.test) return !outcome;
  if (path === 'user.email_verified') return outcome;
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not':
      return proves(operation.operand, !outcome);
    case 'and':
    case 'or': {
      // Both parts have this outcome, or one of them does and it is unknown which.
      const areBoth = (operation.kind === 'and') === outcome;
      const parts = [proves(operation.left, outcome), proves(operation.right, outcome)];
      return areBoth ? parts.includes(true) : !parts.includes(false);
    }
    case 'compare': {
      const { symbol, left, right } = operation;
      const [tested, constant] = left.kind === 'literal' ? [right, left] : [left, right];
      const isEquality = symbol === '==' || symbol === '!=';
      if (!isEquality || constant.kind !== 'literal' || typeof constant.value !== 'boolean') return false;
      return proves(tested, (symbol === '==') === outcome ? constant.value : !constant.value);
    }
    case 'choose': {
      const { condition, yes, no } = operation;
      return (
        (proves(condition, true) || proves(yes, outcome)) && (proves(condition, false) || proves(no, outcome))
      );
    }
    default:
      return false;
  }
}

/** Whether a condition has this outcome only with a verified address, or without reading the address. */
function isSafe(expr: Expr, outcome: boolean, reads: (expr: Expr) => boolean): boolean {
  if (!reads(expr) || proves(expr, outcome)) return true;
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not':
      return isSafe(operation.operand, !outcome, reads);
    case 'and':
    case 'or':
      return isSafe(operation.left, outcome, reads) && isSafe(operation.right, outcome, reads);
    case 'choose':
      return isSafeChoice(operation, reads, (branch) => isSafe(branch, outcome, reads));
    default:
      return false;
  }
}

/** Whether a value comes only from a verified address, or does not read the address. */
function isSafeValue(expr: Expr, reads: (expr: Expr) => boolean): boolean {
  if (!reads(expr)) return true;
  const operation = operationOf(expr);
  return (
    operation?.kind === 'choose' && isSafeChoice(operation, reads, (branch) => isSafeValue(branch, reads))
  );
}

function isSafeChoice(
  { condition, yes, no }: Operation & { readonly kind: 'choose' },
  reads: (expr: Expr) => boolean,
  isSafeBranch: (branch: Expr) => boolean,
): boolean {
  const isSafeWhere = (chosen: boolean, branch: Expr) =>
    proves(condition, chosen) || (isSafe(condition, chosen, reads) && isSafeBranch(branch));
  return isSafeWhere(true, yes) && isSafeWhere(false, no);
}
