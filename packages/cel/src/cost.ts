import type { Expr, Problem } from './ast.ts';
import type { Knowledge } from './failure.ts';
import { LIST_SIZE_HINT, MAX_COST, MAX_VALUE_SIZE, STRING_SIZE_HINT } from './limits.ts';
import { problem } from './problem.ts';
import type { Type } from './types.ts';

/** How large a value is thought to be: characters or items, what is inside it, and all of it together. */
interface Extent {
  readonly size: number;
  readonly total: number;
  readonly inner: Extent | undefined;
}

interface Scope {
  readonly name: string;
  readonly extent: Extent;
  readonly outer: Scope | undefined;
}

const SCALAR: Extent = { size: 1, total: 1, inner: undefined };

/**
 * Estimates the steps of an expression, with hints where a size is not known, and refuses what would take too long
 * or build too large a value. Doubling a value by binding it again and again is seen, too.
 */
export function estimateCost(
  root: Expr,
  { typeOf, callOf }: Knowledge,
): { cost: number; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let cost = 0;
  let repeat = 1;

  const spend = (steps: number): void => {
    cost += steps * repeat;
  };

  const measure = (expr: Expr, scope: Scope | undefined): Extent => {
    spend(1);
    const extent = measureNode(expr, scope);
    if ((extent.size > MAX_VALUE_SIZE || extent.total > 4 * MAX_VALUE_SIZE) && problems.length === 0) {
      problems.push(problem('limit', 'builds too large a value', expr.range, 'build it from fewer parts'));
    }
    return extent;
  };

  const measureNode = (expr: Expr, scope: Scope | undefined): Extent => {
    switch (expr.kind) {
      case 'literal':
        return typeof expr.value === 'string' ? text(expr.value.length) : SCALAR;
      case 'ident':
        return find(expr.name, scope) ?? hint(typeOf(expr));
      case 'select':
        return within(measure(expr.operand, scope), typeOf(expr));
      case 'index':
        measure(expr.index, scope);
        return within(measure(expr.operand, scope), typeOf(expr));
      case 'list':
        return holding(expr.elements.map((element) => measure(element.value, scope)));
      case 'map':
        for (const entry of expr.entries) measure(entry.key, scope);
        return holding(expr.entries.map((entry) => measure(entry.value, scope)));
      case 'macro':
        return measureMacro(expr, scope);
      case 'bind': {
        const value = measure(expr.value, scope);
        return measure(expr.body, { name: expr.variable, extent: value, outer: scope });
      }
      case 'call':
        return measureCall(expr, scope);
    }
  };

  const measureMacro = (expr: Expr & { kind: 'macro' }, scope: Scope | undefined): Extent => {
    const target = measure(expr.target, scope);
    const element =
      typeOf(expr.target).kind === 'map' ? text(STRING_SIZE_HINT) : (target.inner ?? hint({ kind: 'dyn' }));
    const inner: Scope = { name: expr.variable, extent: element, outer: scope };
    const outer = repeat;
    repeat *= Math.max(1, target.size);
    spend(1);
    if (expr.filter !== undefined) measure(expr.filter, inner);
    const body = measure(expr.body, inner);
    repeat = outer;
    if (expr.name === 'map') return listOf(target.size, body);
    return expr.name === 'filter' ? listOf(target.size, element) : SCALAR;
  };

  const measureCall = (expr: Expr & { kind: 'call' }, scope: Scope | undefined): Extent => {
    const call = callOf(expr);
    const extents = (call?.args ?? expr.args).map((arg) => measure(arg, scope));
    const [a = SCALAR, b = SCALAR, c = SCALAR] = extents;
    switch (call?.declaration.name) {
      case '_==_':
      case '_!=_':
        spend(Math.min(a.total, b.total));
        return SCALAR;
      case '@in':
        spend(b.total);
        return SCALAR;
      case '_?_:_':
        return larger(b, c);
      case 'or':
      case 'orValue':
        return larger(a, b);
      case '_+_':
        return {
          size: a.size + b.size,
          total: a.total + b.total,
          inner: a.inner && b.inner ? larger(a.inner, b.inner) : (a.inner ?? b.inner),
        };
      case 'replace':
        spend(a.size);
        return text(a.size + (a.size + 1) * c.size);
      case 'join':
        spend(a.total);
        return text(a.size * ((a.inner?.size ?? 1) + b.size));
      case 'split':
        spend(a.size);
        return listOf(a.size, text(1));
      case 'flatten':
        return listOf(a.size * (a.inner?.size ?? 1), a.inner?.inner ?? SCALAR);
      case 'glob':
      case 'onlyMatching':
      case 'only':
      case 'sets.contains':
      case 'sets.equivalent':
      case 'sets.intersects':
        spend(a.total * b.size);
        return typeOf(expr).kind === 'list' ? a : SCALAR;
      case 'distinct': {
        const type = typeOf(expr);
        const isHashed = type.kind === 'list' && type.element.kind === 'string';
        spend(isHashed ? a.size * 2 : (a.size * a.size) / 2);
        return a;
      }
      case 'sort':
        spend(a.total * Math.ceil(Math.log2(a.size + 2)));
        return a;
      case undefined:
        return SCALAR;
      default: {
        const type = typeOf(expr);
        return isScalar(type) ? SCALAR : extents.reduce(larger, SCALAR);
      }
    }
  };

  measure(root, undefined);
  if (cost > MAX_COST && problems.length === 0) {
    const message = `may take ${Math.round(cost).toLocaleString('en')} steps`;
    problems.push(
      problem(
        'limit',
        message,
        root.range,
        `${MAX_COST.toLocaleString('en')} are allowed, with ${LIST_SIZE_HINT} items assumed in a list`,
      ),
    );
  }
  return { cost, problems };
}

function find(name: string, scope: Scope | undefined): Extent | undefined {
  for (let inner = scope; inner !== undefined; inner = inner.outer)
    if (inner.name === name) return inner.extent;
  return undefined;
}

function isScalar(type: Type): boolean {
  return type.kind === 'bool' || type.kind === 'int' || type.kind === 'double' || type.kind === 'null';
}

function text(size: number): Extent {
  return { size, total: 1 + size / STRING_SIZE_HINT, inner: undefined };
}

function listOf(size: number, inner: Extent): Extent {
  return { size, total: 1 + size * inner.total, inner };
}

function holding(parts: readonly Extent[]): Extent {
  const total = parts.reduce((sum, part) => sum + part.total, 1);
  return { size: parts.length, total, inner: parts.length === 0 ? undefined : parts.reduce(larger) };
}

function larger(a: Extent, b: Extent): Extent {
  const inner =
    a.inner === undefined || b.inner === undefined ? (a.inner ?? b.inner) : larger(a.inner, b.inner);
  return { size: Math.max(a.size, b.size), total: Math.max(a.total, b.total), inner };
}

function within(operand: Extent, type: Type): Extent {
  return operand.inner ?? hint(type);
}

/** What is assumed of a value that only the host knows. */
function hint(type: Type): Extent {
  switch (type.kind) {
    case 'string':
      return text(STRING_SIZE_HINT);
    case 'dyn':
      return { size: STRING_SIZE_HINT, total: LIST_SIZE_HINT, inner: undefined };
    case 'list':
      return listOf(LIST_SIZE_HINT, hint(type.element));
    case 'map':
      return listOf(LIST_SIZE_HINT, hint(type.value));
    case 'optional':
      return hint(type.value);
    case 'record':
      // Not the number of its fields: counting those of a long spec's claims at each read would be quadratic.
      return { size: LIST_SIZE_HINT, total: LIST_SIZE_HINT, inner: undefined };
    default:
      return SCALAR;
  }
}
