import type { Expr, Range } from './ast.ts';
import type { ResolvedCall } from './overloads.ts';
import { pathOf } from './tree.ts';
import { children, namesBoundBy } from './visit.ts';

/** A path of names from a variable of the environment, and its place. */
export interface Read {
  readonly path: readonly string[];
  readonly range: Range;
}

/** The longest statically known paths that an expression reads. */
export function readsOf(root: Expr, callOf: (expr: Expr) => ResolvedCall | undefined): readonly Read[] {
  const reads: Read[] = [];
  const visit = (expr: Expr, bound: ReadonlySet<string>): void => {
    const path = pathOf(expr, { bound });
    if (path !== undefined) {
      reads.push({ path, range: expr.range });
      visitIndices(expr, bound);
      return;
    }
    if (expr.kind === 'macro') {
      visit(expr.target, bound);
      const inner = new Set([...bound, ...namesBoundBy(expr)]);
      if (expr.filter !== undefined) visit(expr.filter, inner);
      visit(expr.body, inner);
    } else if (expr.kind === 'bind') {
      visit(expr.value, bound);
      visit(expr.body, new Set([...bound, expr.variable]));
    } else if (expr.kind === 'call') {
      // Not `children`: the `email` of `email.domain(x)` is not a variable.
      for (const arg of callOf(expr)?.args ?? expr.args) visit(arg, bound);
    } else for (const child of children(expr)) visit(child, bound);
  };
  /** `a[b.c].d` stops at `a`, and `b.c` is a separate read; constant indices have no reads. */
  const visitIndices = (expr: Expr, bound: ReadonlySet<string>): void => {
    if (expr.kind === 'select') visitIndices(expr.operand, bound);
    if (expr.kind === 'index') {
      visitIndices(expr.operand, bound);
      visit(expr.index, bound);
    }
  };
  visit(root, new Set());
  return reads;
}
