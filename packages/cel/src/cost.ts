import type { Expr, Problem } from './ast.ts';
import { isLate } from './binds.ts';
import { countText } from './count-text.ts';
import { atMost, type Extent, extentOf, larger, listOf, SCALAR, type Sizes, text, within } from './extent.ts';
import type { Knowledge } from './failure.ts';
import { LIST_SIZE_HINT, MAX_STEPS, MAX_VALUE_SIZE, REFUSED_STEPS, STRING_SIZE_HINT } from './limits.ts';
import { pathText } from './paths.ts';
import { problem } from './problem.ts';
import { CAUGHT_STEPS, ownSteps, sortedBy, stepsOf, WORK } from './steps.ts';
import { isOpaque, type Type } from './types.ts';

type Call = Expr & { readonly kind: 'call' };

/** The steps of an expression, and the largest size of its value. */
export interface Cost {
  readonly steps: number;
  readonly extent: Extent;
}

/** The checker's results, and whether a node is assumed to fail. */
interface Known extends Knowledge {
  readonly nodeCanFail: (expr: Expr) => boolean;
}

/** What is known at a place: a variable's extent, or a part's maximum size from a condition, by its text. */
interface Scope {
  readonly name: string;
  readonly extent?: Extent;
  readonly most?: number;
  readonly outer: Scope | undefined;
}

const ordinary: Sizes = {
  items: LIST_SIZE_HINT,
  characters: STRING_SIZE_HINT,
  total: LIST_SIZE_HINT * STRING_SIZE_HINT,
};

/** Refuses an expression that would take too long, or build too large a value, even for ordinary users. */
export function ordinaryCost(
  root: Expr,
  source: string,
  knowledge: Knowledge,
): { readonly cost: number; readonly problems: readonly Problem[] } {
  const { steps, tooLarge } = estimate(root, source, { ...knowledge, nodeCanFail: () => false }, ordinary);
  if (tooLarge !== undefined) {
    const { range } = tooLarge;
    return {
      cost: steps,
      problems: [problem('limit', 'builds a value that is too large', range, 'build it from fewer parts')],
    };
  }
  if (steps <= REFUSED_STEPS) return { cost: steps, problems: [] };
  const message = `may take ${countText(Math.round(steps))} steps`;
  const help = `at most ${countText(MAX_STEPS)} are allowed, assuming lists of ${LIST_SIZE_HINT} items`;
  return { cost: steps, problems: [problem('limit', message, root.range, help)] };
}

/** The state of estimating one expression. */
interface Estimation extends Known {
  readonly source: string;
  readonly sizes: Sizes;
  readonly assumed: ReadonlyMap<string, number>;
  /** The first part that builds too large a value. */
  tooLarge: Expr | undefined;
}

/** Estimates the most steps that the generated code takes for inputs of these `sizes`. */
export function estimate(
  root: Expr,
  source: string,
  known: Known,
  sizes: Sizes,
  assumed: ReadonlyMap<string, number> = new Map(),
): Cost & { readonly tooLarge: Expr | undefined } {
  const asked = [...assumed].reduce<Scope | undefined>(
    (outer, [part, most]) => ({ name: withoutSpace(part), most, outer }),
    undefined,
  );
  const estimation: Estimation = { ...known, source, sizes, assumed, tooLarge: undefined };
  const cost = measure(estimation, root, asked);
  return { ...cost, tooLarge: estimation.tooLarge };
}

function measure(estimation: Estimation, expr: Expr, scope: Scope | undefined): Cost {
  const { steps, extent } = measureNode(estimation, expr, scope);
  const found = isGuarded(scope) ? atMost(extent, mostOf(textOf(estimation, expr), scope)) : extent;
  if (found.length > MAX_VALUE_SIZE || found.total > 16 * MAX_VALUE_SIZE) estimation.tooLarge ??= expr;
  return { steps, extent: found };
}

function textOf(estimation: Estimation, { range }: Expr): string {
  return withoutSpace(estimation.source.slice(range.start, range.end));
}

function measureNode(estimation: Estimation, expr: Expr, scope: Scope | undefined): Cost {
  switch (expr.kind) {
    case 'literal':
      return { steps: 0, extent: typeof expr.value === 'string' ? text(expr.value.length) : SCALAR };
    case 'ident':
      return { steps: 0, extent: find(expr.name, scope) ?? given(estimation, expr) };
    case 'select':
      return measureRead(estimation, expr, expr.operand, scope);
    case 'index': {
      const { steps, extent } = measureRead(estimation, expr, expr.operand, scope);
      return { steps: steps + measure(estimation, expr.index, scope).steps + ownSteps(expr), extent };
    }
    case 'list': {
      const elements = expr.elements.map(({ value }) => value);
      const { steps, extent } = measureParts(estimation, elements, scope);
      return { steps: steps + ownSteps(expr), extent };
    }
    case 'map': {
      const keys = expr.entries.reduce((sum, { key }) => sum + measure(estimation, key, scope).steps, 0);
      const { steps, extent } = measureParts(
        estimation,
        expr.entries.map(({ value }) => value),
        scope,
      );
      return { steps: steps + keys + ownSteps(expr), extent };
    }
    case 'macro':
      return measureMacro(estimation, expr, scope);
    case 'bind': {
      const value = measure(estimation, expr.value, scope);
      const body = measure(estimation, expr.body, {
        name: expr.variable,
        extent: value.extent,
        outer: scope,
      });
      const kept = isLate(expr) ? caught(estimation, expr.value) : 0;
      return { steps: value.steps + body.steps + kept, extent: body.extent };
    }
    case 'call':
      return measureCall(estimation, expr, scope);
  }
}

/** The host's values. */
function given(estimation: Estimation, expr: Expr): Extent {
  const path = pathText(expr)?.split(' ');
  const type = estimation.typeOf(expr);
  return (path && estimation.sizes.at?.(path, type)) ?? extentOf(type, estimation.sizes);
}

function measureRead(estimation: Estimation, expr: Expr, operand: Expr, scope: Scope | undefined): Cost {
  const [root = ''] = pathText(expr)?.split(' ') ?? [];
  if (root !== '' && find(root, scope) === undefined) return { steps: 0, extent: given(estimation, expr) };
  const { steps, extent } = measure(estimation, operand, scope);
  const inner = extent.inner ?? (estimation.typeOf(expr).kind === 'dyn' ? extent : SCALAR);
  return { steps, extent: isScalar(estimation, expr) ? SCALAR : inner };
}

function measureParts(estimation: Estimation, values: readonly Expr[], scope: Scope | undefined): Cost {
  const costs = values.map((value) => measure(estimation, value, scope));
  const total = costs.reduce((sum, { extent }) => sum + extent.total, 1);
  const inner = costs
    .map(({ extent }) => extent)
    .reduce<Extent | undefined>((all, one) => (all === undefined ? one : larger(all, one)), undefined);
  return {
    steps: costs.reduce((sum, { steps }) => sum + steps, 0),
    extent: listOf(values.length, inner, total),
  };
}

/**
 * All elements together are at most as large as their list. Costs that grow faster than the input are highest if a few
 * elements hold everything, others if all are equal, so both cases are computed.
 */
function measureMacro(
  estimation: Estimation,
  expr: Expr & { kind: 'macro' },
  scope: Scope | undefined,
): Cost {
  const target = measure(estimation, expr.target, scope);
  const { length, total } = target.extent;
  const isMap = estimation.typeOf(expr.target).kind === 'map';
  const ofKeys = text(estimation.sizes.characters);
  const largest = isMap && expr.index === undefined ? ofKeys : (target.extent.inner ?? SCALAR);
  const isDecided = expr.name === 'exists' || expr.name === 'all';
  const start = (isMap ? 18 : 2) + (isDecided ? caught(estimation, expr.body) : 0);
  const own = [expr.filter, expr.body].reduce((sum, part) => sum + (part ? stepsOf(part) : 0), start);
  const trial = (count: number, element: Extent) => {
    const isKey = expr.index !== undefined && estimation.typeOf(expr.target).kind !== 'list';
    const outer =
      expr.index === undefined ? scope : { name: expr.index, extent: isKey ? ofKeys : SCALAR, outer: scope };
    const bound: Scope = { name: expr.variable, extent: element, outer };
    const most = estimation.assumed.get(expr.variable);
    const inner = most === undefined ? bound : { name: expr.variable, most, outer: bound };
    const filter = expr.filter === undefined ? 0 : measure(estimation, expr.filter, inner).steps;
    const body = measure(estimation, expr.body, inner);
    return { steps: count * (filter + body.steps), total: count * body.extent.total, body: body.extent };
  };
  const even = trial(length, within(largest, Math.max(1, total / Math.max(1, length))));
  const few = trial(Math.max(1, Math.min(length, total / largest.total)), largest);
  const steps = target.steps + 4 + length * own + Math.max(even.steps, few.steps);
  switch (expr.name) {
    case 'map':
      return { steps, extent: listOf(length, few.body, 3 + Math.max(even.total, few.total)) };
    case 'transformMap':
    case 'transformMapEntry':
      return madeMap(steps, target.extent, few.body, Math.max(even.total, few.total), expr.name);
    case 'sortBy': {
      const sorted = sortedBy({ length, total: 3 + Math.max(even.total, few.total) });
      return { steps: steps + sorted, extent: target.extent };
    }
    default:
      return { steps, extent: expr.name === 'filter' ? target.extent : SCALAR };
  }
}

/** A map with an entry for each element, or as many as each makes. */
function madeMap(
  steps: number,
  target: Extent,
  body: Extent,
  total: number,
  name: 'transformMap' | 'transformMapEntry',
): Cost {
  const count = name === 'transformMap' ? target.length : target.length * body.length;
  const value = name === 'transformMap' ? body : body.inner;
  // The map of each element is read key by key, and its texts again.
  const each = name === 'transformMap' ? 8 : 32;
  return { steps: steps + each * count, extent: listOf(count, value, 3 + target.total + total) };
}

function measureCall(estimation: Estimation, expr: Call, scope: Scope | undefined): Cost {
  const args = estimation.callOf(expr)?.args ?? expr.args;
  const [first] = args;
  const costs = args.map((arg, i) =>
    measure(estimation, arg, i > 0 && first ? narrowed(estimation, expr.name, first, i, scope) : scope),
  );
  const isAbsorbing =
    (expr.name === '_||_' || expr.name === '_&&_') && args.every((arg) => caught(estimation, arg) > 0);
  const start = ownSteps(expr) + (isAbsorbing ? CAUGHT_STEPS : 0);
  const steps = costs.reduce((sum, cost) => sum + cost.steps, start);
  const extents = costs.map(({ extent }) => extent);
  const [a = SCALAR, b = SCALAR, c = SCALAR] = atPositions(expr, args, extents);
  const work = WORK[workOf(estimation, expr, args)]?.(a, b, c) ?? { steps: 0, gives: SCALAR };
  const gives = isScalar(estimation, expr) ? SCALAR : work.gives;
  const length = cutTo(expr, args);
  return { steps: steps + work.steps, extent: length === undefined ? gives : atMost(gives, length) };
}

/** The key of a call in the table of costs: some calls cost more or less on maps. */
function workOf(estimation: Estimation, expr: Call, args: readonly Expr[]): string {
  const name = estimation.callOf(expr)?.declaration.name ?? '';
  const held = name === '@in' ? args[1] : name === 'size' ? args[0] : undefined;
  const mayHaveKeys =
    held !== undefined && (hasKeys(estimation.typeOf(held)) || (name === 'size' && isDyn(estimation, held)));
  return mayHaveKeys ? `${name} map` : name;
}

/** What follows from a true condition: `size(x) <= 100 && …`, `size(x) <= 100 ? … : …`. */
function narrowed(
  estimation: Estimation,
  operator: string,
  test: Expr,
  arg: number,
  scope: Scope | undefined,
): Scope | undefined {
  const holds = operator === '_&&_' || (operator === '_?_:_' && arg === 1);
  return holds ? assume(estimation, test, scope) : scope;
}

function assume(estimation: Estimation, test: Expr, scope: Scope | undefined): Scope | undefined {
  if (test.kind !== 'call') return scope;
  const [left, right] = test.args;
  if (left === undefined || right === undefined) return scope;
  if (test.name === '_&&_') return assume(estimation, right, assume(estimation, left, scope));
  const most = right.kind === 'literal' && typeof right.value === 'number' ? right.value : undefined;
  if (most === undefined || !['_<=_', '_<_', '_==_'].includes(test.name)) return scope;
  if (left.kind !== 'call' || left.name !== 'size') return scope;
  const sized = left.target ?? left.args[0];
  return sized && { name: textOf(estimation, sized), most, outer: scope };
}

function caught(estimation: Estimation, expr: Expr): number {
  return estimation.nodeCanFail(expr) ? CAUGHT_STEPS : 0;
}

function isDyn(estimation: Estimation, expr: Expr): boolean {
  return estimation.typeOf(expr).kind === 'dyn';
}

function isScalar(estimation: Estimation, expr: Expr): boolean {
  const type = estimation.typeOf(expr);
  return ['bool', 'int', 'double', 'null'].includes(type.kind) || isOpaque(type);
}

function find(name: string, scope: Scope | undefined): Extent | undefined {
  for (let inner = scope; inner !== undefined; inner = inner.outer)
    if (inner.name === name && inner.extent !== undefined) return inner.extent;
  return undefined;
}

function isGuarded(scope: Scope | undefined): boolean {
  for (let inner = scope; inner !== undefined; inner = inner.outer) if (inner.most !== undefined) return true;
  return false;
}

/** The maximum size that a condition gives a part, by its text. An inner variable may change the text's meaning. */
function mostOf(text: string, scope: Scope | undefined): number {
  let most = Number.POSITIVE_INFINITY;
  for (let inner = scope; inner !== undefined; inner = inner.outer) {
    if (inner.most === undefined && new RegExp(`\\b${inner.name}\\b`).test(text)) return most;
    if (inner.most !== undefined && inner.name === text) most = Math.min(most, inner.most);
  }
  return most;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}

function hasKeys({ kind }: Type): boolean {
  return kind === 'map' || kind === 'record';
}

/** The last position in a text or list that a call names, if it is constant. */
function lastPosition(args: readonly Expr[]): number | undefined {
  const last = args.at(-1);
  return last?.kind === 'literal' && typeof last.value === 'number' ? Math.max(0, last.value) : undefined;
}

/** A text is looked at as far as the last position, which may be at its end. */
function atPositions({ name }: Call, args: readonly Expr[], extents: readonly Extent[]): readonly Extent[] {
  const [a = SCALAR] = extents;
  if (name !== 'substring' && name !== 'charAt') return extents;
  const seen = text(Math.min(a.length, lastPosition(args) ?? a.length));
  return [args.length === 3 ? seen : a, seen];
}

/** The maximum length of the result of `slice` and `substring` with constant bounds. */
function cutTo({ name }: Call, args: readonly Expr[]): number | undefined {
  const isCut = name === 'slice' || (name === 'substring' && args.length === 3);
  return isCut ? lastPosition(args) : undefined;
}
