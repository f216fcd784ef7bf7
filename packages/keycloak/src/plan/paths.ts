import type { Expr } from '@claimsmith/cel';

/** `user.email` for `user.email` and `user["email"]`; undefined for what is no path from a variable. */
export function dotted(expr: Expr): string | undefined {
  return pathOf(expr)?.join('.');
}

export function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'ident') return [expr.name];
  const [operand, name] =
    expr.kind === 'select' && !expr.test && !expr.optional
      ? [expr.operand, expr.field]
      : expr.kind === 'index' && !expr.optional && expr.index.kind === 'literal'
        ? [expr.operand, expr.index.value]
        : [];
  if (operand === undefined || typeof name !== 'string') return undefined;
  const before = pathOf(operand);
  return before && [...before, name];
}

/** A path of names, whether each is optional or not. */
export function readPathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'ident') return [expr.name];
  const [operand, name] =
    expr.kind === 'select'
      ? [expr.operand, expr.field]
      : expr.kind === 'index' && expr.index.kind === 'literal'
        ? [expr.operand, expr.index.value]
        : [];
  if (operand === undefined || typeof name !== 'string') return undefined;
  const before = readPathOf(operand);
  return before && [...before, name];
}
