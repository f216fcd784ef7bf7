import type { Expr } from './ast.ts';
import { children, namesBoundBy } from './visit.ts';

type Bind = Expr & { readonly kind: 'bind' };

/**
 * The `cel.bind` behind a name whose value is computed only when the name is used. As in cel-go, an unused bound value
 * cannot make the whole expression fail. If the body always uses the value, it is computed at once.
 */
export function lateBinds(root: Expr): ReadonlyMap<Expr, Bind> {
  const late = new Map<Expr, Bind>();
  const visit = (expr: Expr, scope: ReadonlyMap<string, Bind | undefined>): void => {
    switch (expr.kind) {
      case 'ident': {
        const bind = scope.get(expr.name);
        if (bind !== undefined) late.set(expr, bind);
        return;
      }
      case 'macro': {
        visit(expr.target, scope);
        const inner = new Map(scope);
        for (const name of namesBoundBy(expr)) inner.set(name, undefined);
        if (expr.filter !== undefined) visit(expr.filter, inner);
        visit(expr.body, inner);
        return;
      }
      case 'bind':
        visit(expr.value, scope);
        visit(expr.body, new Map(scope).set(expr.variable, isLate(expr) ? expr : undefined));
        return;
      default:
        for (const child of children(expr)) visit(child, scope);
    }
  };
  visit(root, new Map());
  return late;
}

/** Whether the body may do without the bound value. */
export function isLate(expr: Expr): boolean {
  return expr.kind === 'bind' && expr.form === 'bind' && !surelyUses(expr.body, expr.variable);
}

/** Whether evaluating an expression always needs the value of a name. */
function surelyUses(expr: Expr, name: string): boolean {
  switch (expr.kind) {
    case 'ident':
      return expr.name === name;
    case 'macro':
      return surelyUses(expr.target, name);
    case 'bind':
      if (expr.form !== 'bind') return surelyUses(expr.value, name);
      return expr.variable !== name && surelyUses(expr.body, name);
    case 'call': {
      const [first, second, third] = expr.args;
      if (expr.name === '_?_:_' && first !== undefined && second !== undefined && third !== undefined) {
        return surelyUses(first, name) || (surelyUses(second, name) && surelyUses(third, name));
      }
      if (expr.name === '_||_' || expr.name === '_&&_')
        return expr.args.every((arg) => surelyUses(arg, name));
      if (expr.name === 'or' || expr.name === 'orValue')
        return expr.target !== undefined && surelyUses(expr.target, name);
      return children(expr).some((child) => surelyUses(child, name));
    }
    default:
      return children(expr).some((child) => surelyUses(child, name));
  }
}
