import type { Expr } from './ast.ts';
import { isLate, lateBinds } from './binds.ts';
import { constantOf, type ResolvedCall } from './overloads.ts';
import type { Type } from './types.ts';

/** The checker's results for each node. */
export interface Knowledge {
  readonly typeOf: (expr: Expr) => Type;
  readonly callOf: (expr: Expr) => ResolvedCall | undefined;
}

/**
 * Computes for every node whether evaluating it can fail, if the host keeps its declared types. `isKnown` names reads
 * whose value certainly exists.
 */
export function failureAnalysis(
  root: Expr,
  knowledge: Knowledge,
  isKnown: (expr: Expr) => boolean = () => false,
): (expr: Expr) => boolean {
  const known = new Map<Expr, boolean>();
  const late = lateBinds(root);
  const canFail = (expr: Expr): boolean => {
    const before = known.get(expr);
    if (before !== undefined) return before;
    const answer = !isKnown(expr) && nodeFails(analysis, expr);
    known.set(expr, answer);
    return answer;
  };
  const analysis: Analysis = { ...knowledge, late, canFail };
  return canFail;
}

/** The state of the analysis of one expression. */
interface Analysis extends Knowledge {
  readonly late: ReturnType<typeof lateBinds>;
  readonly canFail: (expr: Expr) => boolean;
}

function isDyn({ typeOf }: Knowledge, expr: Expr): boolean {
  return typeOf(expr).kind === 'dyn';
}

function nodeFails(analysis: Analysis, expr: Expr): boolean {
  switch (expr.kind) {
    case 'literal':
      return false;
    case 'ident': {
      const bind = analysis.late.get(expr);
      return bind !== undefined && analysis.canFail(bind.value);
    }
    case 'select':
      return (
        analysis.canFail(expr.operand) ||
        readFails(analysis.typeOf(expr.operand), expr.field, expr.test || expr.optional)
      );
    case 'index':
      return analysis.canFail(expr.operand) || analysis.canFail(expr.index) || indexFails(analysis, expr);
    case 'list':
      return expr.elements.some(
        ({ value, optional }) => analysis.canFail(value) || (optional && isDyn(analysis, value)),
      );
    case 'map':
      return expr.entries.some(
        ({ key, value, optional }) =>
          key.kind !== 'literal' || analysis.canFail(value) || (optional && isDyn(analysis, value)),
      );
    case 'macro': {
      if (expr.name === 'transformMapEntry' || expr.name === 'sortBy') return true;
      const isMade = expr.name === 'map' || expr.name === 'transformMap';
      const bodyIsBool = !isMade && isDyn(analysis, expr.body);
      const filterIsBool =
        expr.filter !== undefined && (analysis.canFail(expr.filter) || isDyn(analysis, expr.filter));
      return (
        analysis.canFail(expr.target) ||
        isDyn(analysis, expr.target) ||
        analysis.canFail(expr.body) ||
        bodyIsBool ||
        filterIsBool
      );
    }
    case 'bind': {
      const unboxes =
        (expr.form !== 'bind' && isDyn(analysis, expr.value)) ||
        (expr.form === 'optFlatMap' && isDyn(analysis, expr.body));
      return (!isLate(expr) && analysis.canFail(expr.value)) || analysis.canFail(expr.body) || unboxes;
    }
    case 'call':
      return callFails(analysis, expr);
  }
}

function readFails(operand: Type, field: string, lenient: boolean): boolean {
  switch (operand.kind) {
    case 'record':
      return operand.unsure === true || (!lenient && operand.fields[field]?.always !== true);
    case 'map':
      return !lenient;
    case 'optional':
      return operand.value.kind === 'optional' || readFails(operand.value, field, true);
    default:
      return true;
  }
}

function indexFails(analysis: Analysis, expr: Expr & { kind: 'index' }): boolean {
  const type = analysis.typeOf(expr.operand);
  const operand = type.kind === 'optional' ? type.value : type;
  const lenient = expr.optional || type.kind === 'optional';
  if (operand.kind === 'list') return !lenient || isDyn(analysis, expr.index);
  if (operand.kind === 'record' && expr.index.kind === 'literal') {
    return readFails(operand, String(expr.index.value), lenient);
  }
  return operand.kind === 'dyn' || operand.kind === 'optional' || !lenient;
}

function callFails(analysis: Analysis, expr: Expr): boolean {
  const call = analysis.callOf(expr);
  if (call === undefined) return true;
  if (call.args.some(analysis.canFail)) return true;
  const [overload, ...others] = call.overloads;
  if (overload === undefined || others.length > 0) return true;
  if (overload.fails && constantOf(overload, call.args) === undefined) return true;
  return overload.parameters.some((pattern, index) => {
    const arg = call.args[index];
    return arg !== undefined && isDyn(analysis, arg) && pattern.kind !== 'letter' && pattern.kind !== 'dyn';
  });
}
