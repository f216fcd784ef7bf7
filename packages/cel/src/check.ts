import type { Expr, Problem } from './ast.ts';
import { resolveCall } from './calls.ts';
import { checkIndex, checkSelect } from './check-access.ts';
import { checkName } from './check-name.ts';
import { checkBind, checkList, checkMacro, checkMap } from './check-parts.ts';
import { Checker, ERROR, type Scope } from './checker.ts';
import type { ResolvedCall } from './overloads.ts';
import type { Term } from './terms.ts';
import type { Environment, Type } from './types.ts';

/** The checker's results for an expression. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly typeOf: (expr: Expr) => Type;
  /** The overloads that may apply, for every `call` node. */
  readonly callOf: (expr: Expr) => ResolvedCall | undefined;
}

/** Finds the type of every part, and reports each error once. */
export function checkTypes(root: Expr, source: string, environment: Environment): Checked {
  const checker = new Checker(source, environment, checkNode);
  checker.check(root, undefined);
  const finished = new Map<Expr, Type>();
  const typeOf = (expr: Expr): Type => {
    const known = finished.get(expr);
    if (known !== undefined) return known;
    const type = checker.terms.finish(checker.found.get(expr) ?? ERROR);
    finished.set(expr, type);
    return type;
  };
  return { problems: checker.problems, typeOf, callOf: (expr) => checker.calls.get(expr) };
}

function checkNode(checker: Checker, expr: Expr, scope: Scope | undefined): Term {
  switch (expr.kind) {
    case 'literal':
      return { kind: expr.type };
    case 'ident':
      return checkName(checker, expr.name, expr.range, scope);
    case 'select':
      return checkSelect(checker, expr, scope);
    case 'index':
      return checkIndex(checker, expr, scope);
    case 'list':
      return checkList(checker, expr, scope);
    case 'map':
      return checkMap(checker, expr, scope);
    case 'macro':
      return checkMacro(checker, expr, scope);
    case 'bind':
      return checkBind(checker, expr, scope);
    case 'call': {
      const { type, resolved } = resolveCall(checker, expr, scope);
      if (resolved !== undefined) checker.calls.set(expr, resolved);
      return type;
    }
  }
}
