import { type Expr, pathOf } from '@claimsmith/cel';

/**
 * `['user', 'email']` for `user.email` and `user["email"]`; undefined if the value may be missing, or the expression is
 * not a path.
 */
export function plainPath(expr: Expr): readonly string[] | undefined {
  return pathOf(expr, { has: false, optional: false });
}

/** The same as one text: `user.email`. */
export function dotted(expr: Expr): string | undefined {
  return plainPath(expr)?.join('.');
}
