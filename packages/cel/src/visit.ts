import type { Expr } from './ast.ts';

/** The names that a node gives to values in some of its parts. */
export function namesBoundBy(expr: Expr): readonly string[] {
  if (expr.kind === 'bind') return [expr.variable];
  if (expr.kind !== 'macro') return [];
  return expr.index === undefined ? [expr.variable] : [expr.index, expr.variable];
}

/** The direct parts of a node, in source order. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'index':
      return [expr.operand, expr.index];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.elements.map((element) => element.value);
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'macro':
      return expr.filter === undefined ? [expr.target, expr.body] : [expr.target, expr.filter, expr.body];
    case 'bind':
      return [expr.value, expr.body];
  }
}
