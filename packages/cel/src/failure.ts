import type { Expr } from './ast.ts';
import { isLate, lateBinds } from './binds.ts';
import type { ResolvedCall } from './overloads.ts';
import type { Type } from './types.ts';

/** What the checker knows of each node. */
export interface Knowledge {
  readonly typeOf: (expr: Expr) => Type;
  readonly callOf: (expr: Expr) => ResolvedCall | undefined;
}

/**
 * Says for every node whether evaluating it can fail, given a host that keeps its declared types.
 * `isKnown` tells of reads whose value is there already.
 */
export function failureAnalysis(
  root: Expr,
  { typeOf, callOf }: Knowledge,
  isKnown: (expr: Expr) => boolean = () => false,
): (expr: Expr) => boolean {
  const known = new Map<Expr, boolean>();
  const late = lateBinds(root);
  const isDyn = (expr: Expr): boolean => typeOf(expr).kind === 'dyn';

  const canFail = (expr: Expr): boolean => {
    const before = known.get(expr);
    if (before !== undefined) return before;
    const answer = decide(expr);
    known.set(expr, answer);
    return answer;
  };

  const decide = (expr: Expr): boolean => {
    if (isKnown(expr)) return false;
    switch (expr.kind) {
      case 'literal':
        return false;
      case 'ident': {
        const bind = late.get(expr);
        return bind !== undefined && canFail(bind.value);
      }
      case 'select':
        return (
          canFail(expr.operand) || readFails(typeOf(expr.operand), expr.field, expr.test || expr.optional)
        );
      case 'index':
        return canFail(expr.operand) || canFail(expr.index) || indexFails(expr);
      case 'list':
        return expr.elements.some(({ value, optional }) => canFail(value) || (optional && isDyn(value)));
      case 'map':
        return expr.entries.some(
          ({ key, value, optional }) =>
            key.kind !== 'literal' || canFail(value) || (optional && isDyn(value)),
        );
      case 'macro': {
        const bodyIsBool = expr.name !== 'map' && isDyn(expr.body);
        const filterIsBool = expr.filter !== undefined && (canFail(expr.filter) || isDyn(expr.filter));
        return canFail(expr.target) || isDyn(expr.target) || canFail(expr.body) || bodyIsBool || filterIsBool;
      }
      case 'bind': {
        const unboxes =
          (expr.form !== 'bind' && isDyn(expr.value)) || (expr.form === 'optFlatMap' && isDyn(expr.body));
        return (!isLate(expr) && canFail(expr.value)) || canFail(expr.body) || unboxes;
      }
      case 'call':
        return callFails(expr);
    }
  };

  const readFails = (operand: Type, field: string, lenient: boolean): boolean => {
    switch (operand.kind) {
      case 'record':
        return !lenient && operand.fields[field]?.always !== true;
      case 'map':
        return !lenient;
      case 'optional':
        return operand.value.kind === 'optional' || readFails(operand.value, field, true);
      default:
        return true;
    }
  };

  const indexFails = (expr: Expr & { kind: 'index' }): boolean => {
    const type = typeOf(expr.operand);
    const operand = type.kind === 'optional' ? type.value : type;
    const lenient = expr.optional || type.kind === 'optional';
    if (operand.kind === 'list') return !lenient || isDyn(expr.index);
    if (operand.kind === 'record' && expr.index.kind === 'literal') {
      return readFails(operand, String(expr.index.value), lenient);
    }
    return operand.kind === 'dyn' || operand.kind === 'optional' || !lenient;
  };

  const callFails = (expr: Expr): boolean => {
    const call = callOf(expr);
    if (call === undefined) return true;
    if (call.args.some(canFail)) return true;
    const [overload, ...others] = call.overloads;
    if (overload === undefined || others.length > 0 || overload.fails) return true;
    return overload.parameters.some((pattern, index) => {
      const arg = call.args[index];
      return arg !== undefined && isDyn(arg) && pattern.kind !== 'letter' && pattern.kind !== 'dyn';
    });
  };

  return canFail;
}
