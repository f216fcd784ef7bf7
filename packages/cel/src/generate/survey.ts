import type { Expr } from '../ast.ts';
import type { Expression } from '../compile.ts';
import { pathText } from '../paths.ts';
import type { Type } from '../types.ts';
import { children, namesBoundBy } from '../visit.ts';

/** How often each path of names is read, to decide which get a variable. */
export function countPaths(root: Expr): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (expr: Expr): void => {
    const path = pathText(expr);
    if (path !== undefined) counts.set(path, (counts.get(path) ?? 0) + 1);
    for (const child of children(expr)) visit(child);
  };
  visit(root);
  return counts;
}

/** The names that macros bind. A path from such a name does not identify what is read. */
export function boundNames(root: Expr): ReadonlySet<string> {
  const bound = new Set<string>();
  const visit = (expr: Expr): void => {
    for (const name of namesBoundBy(expr)) bound.add(name);
    for (const child of children(expr)) visit(child);
  };
  visit(root);
  return bound;
}

/** Whether some part of an expression has such a type. */
export function someType(expression: Expression, test: (type: Type) => boolean): boolean {
  const visit = (expr: Expr): boolean => test(expression.typeOf(expr)) || children(expr).some(visit);
  return visit(expression.root);
}
