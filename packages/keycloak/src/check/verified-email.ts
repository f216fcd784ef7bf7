import { children, type Expr } from '@claimsmith/cel';
import { formatPath, type Path, type Policy } from '@claimsmith/core';
import { readPathOf } from '../plan/paths.ts';

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
    const path = readPathOf(expr);
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
  if (readPathOf(expr)?.join('.') === 'user.email_verified') return outcome;
  if (expr.kind !== 'call' || expr.target !== undefined) return false;
  const [first, second, third] = expr.args;
  if (first === undefined) return false;
  if (expr.name === '!_') return proves(first, !outcome);
  if (second === undefined) return false;
  switch (expr.name) {
    case '_&&_':
    case '_||_': {
      // Both parts came out so, or one of them: which is not known.
      const areBoth = (expr.name === '_&&_') === outcome;
      const parts = [proves(first, outcome), proves(second, outcome)];
      return areBoth ? parts.includes(true) : !parts.includes(false);
    }
    case '_==_':
    case '_!=_': {
      const [tested, constant] = first.kind === 'literal' ? [second, first] : [first, second];
      if (constant.kind !== 'literal' || typeof constant.value !== 'boolean') return false;
      return proves(tested, (expr.name === '_==_') === outcome ? constant.value : !constant.value);
    }
    case '_?_:_':
      return (
        third !== undefined &&
        (proves(first, true) || proves(second, outcome)) &&
        (proves(first, false) || proves(third, outcome))
      );
    default:
      return false;
  }
}

/** Whether a condition comes out as `outcome` only by a proven address, or by none. */
function isSafe(expr: Expr, outcome: boolean, reads: (expr: Expr) => boolean): boolean {
  if (!reads(expr) || proves(expr, outcome)) return true;
  if (expr.kind !== 'call' || expr.target !== undefined) return false;
  const [first, second, third] = expr.args;
  if (first === undefined) return false;
  if (expr.name === '!_') return isSafe(first, !outcome, reads);
  if (second === undefined) return false;
  if (expr.name === '_&&_' || expr.name === '_||_')
    return isSafe(first, outcome, reads) && isSafe(second, outcome, reads);
  if (expr.name !== '_?_:_' || third === undefined) return false;
  const isSafeBranch = (chosen: boolean, branch: Expr) =>
    proves(first, chosen) || (isSafe(first, chosen, reads) && isSafe(branch, outcome, reads));
  return isSafeBranch(true, second) && isSafeBranch(false, third);
}

/** Whether a value is made of a proven address, or of none. */
function isSafeValue(expr: Expr, reads: (expr: Expr) => boolean): boolean {
  if (!reads(expr)) return true;
  if (expr.kind !== 'call' || expr.name !== '_?_:_') return false;
  const [first, second, third] = expr.args;
  if (first === undefined || second === undefined || third === undefined) return false;
  const isSafeBranch = (chosen: boolean, branch: Expr) =>
    proves(first, chosen) || (isSafe(first, chosen, reads) && isSafeValue(branch, reads));
  return isSafeBranch(true, second) && isSafeBranch(false, third);
}
