import { children, type Expr, type Operation, operationOf, pathOf } from '@claimsmith/cel';
import { formatPath, type Path, type Policy } from '@claimsmith/core';

/**
 * Says of each part of a policy that grants or refuses whether it may rest on an address that the user has not proven to
 * be theirs: `user.email` counts only where `user.email_verified` has to be true too.
 *
 * @param isAddress whether a field, as a dotted path, is the address
 */
export function unprovenAddresses(
  policy: Policy,
  isAddress: (field: string) => boolean,
): (path: Path) => boolean {
  // A deny rule that lets nobody pass without a proven address proves it for all that comes after.
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
  for (const [index, { when }] of policy.deny.entries())
    judge(['deny', index, 'when'], isSafe(when.root, false, reads));
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

/** What a path begins with: a source, or a claim. */
function taintOf([root = '', name = '']: readonly string[]): string {
  return root === 'claims' ? `claims.${name}` : root;
}

/** Whether an expression that comes out as `outcome` leaves no doubt that the address is verified. */
function proves(expr: Expr, outcome: boolean): boolean {
  if (pathOf(expr)?.join('.') === 'user.email_verified') return outcome;
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not':
      return proves(operation.operand, !outcome);
    case 'and':
    case 'or': {
      // Both parts came out so, or one of them: which is not known.
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

/** Whether a condition comes out as `outcome` only by a proven address, or by none. */
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

/** Whether a value is made of a proven address, or of none. */
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
