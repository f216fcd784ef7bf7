import type { Expr, Problem } from './ast.ts';
import { checkTypes } from './check.ts';
import { type Cost, estimate, ordinaryCost } from './cost.ts';
import type { Sizes } from './extent.ts';
import { failureAnalysis } from './failure.ts';
import { folded } from './fold.ts';
import type { ResolvedCall } from './overloads.ts';
import { parse } from './parser.ts';
import { type Read, readsOf } from './reads.ts';
import type { Environment, Type } from './types.ts';
import { children, namesBoundBy } from './visit.ts';

/** A checked expression, or everything that is wrong with it. */
export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** An expression that is well-formed, within the limits and well-typed in its environment. */
export interface Expression {
  readonly source: string;
  readonly root: Expr;
  /** The type of the root. */
  readonly type: Type;
  /** The steps of any node. */
  readonly typeOf: (expr: Expr) => Type;
  /** The overloads that may apply, for a `call` node. */
  readonly callOf: (expr: Expr) => ResolvedCall | undefined;
  /** Whether evaluating the whole expression can fail, if the host keeps its declared types. */
  readonly canFail: boolean;
  /** The same for any node. */
  readonly nodeCanFail: (expr: Expr) => boolean;
  /**
   * Longest statically known paths from a variable of the environment: `['user', 'attributes', 'country']` for
   * `user.attributes.country`, through `has()`, `.?` and constant indices too.
   */
  readonly reads: readonly Read[];
  /** Variables that only parts read which the constants rule out. */
  readonly ruledOut: readonly string[];
  /** Estimated steps, with 100 items assumed in a list and 32 characters in a string. */
  readonly cost: number;
}

/**
 * The most steps of an expression, and the largest size of its value, for inputs of these `sizes`.
 *
 * @param assumed known maximum sizes of parts, by their text, as if the expression tested `size(part) <= most` first;
 *   for a macro's variable, inside the macro
 */
export function costOf(
  { root, source, ...knowledge }: Expression,
  sizes: Sizes,
  assumed?: ReadonlyMap<string, number>,
): Cost {
  const nodeCanFail = (expr: Expr) => knowledge.nodeCanFail(expr) || knowledge.typeOf(expr).kind === 'dyn';
  return estimate(root, source, { ...knowledge, nodeCanFail }, sizes, assumed);
}

/**
 * The parts of an expression that have a size: `free` ones do not depend on its own variables, `variables` are these
 * variables.
 */
export function sizedParts({ root, source, typeOf }: Expression): {
  readonly free: readonly string[];
  readonly variables: readonly string[];
} {
  const free = new Set<string>();
  const variables = new Set<string>();
  /** Whether a part depends on no variable. */
  const visit = (expr: Expr, bound: ReadonlySet<string>): boolean => {
    const isSized = ['string', 'list', 'map', 'dyn'].includes(typeOf(expr).kind);
    if (expr.kind === 'ident' && bound.has(expr.name)) {
      if (isSized) variables.add(expr.name);
      return false;
    }
    const binds = expr.kind === 'macro' || expr.kind === 'bind';
    const inner = binds ? new Set([...bound, ...namesBoundBy(expr)]) : bound;
    const areFree = children(expr).map((child) => visit(child, inner));
    const isFree = !binds && areFree.every(Boolean);
    if (isFree && isSized && expr.kind !== 'literal')
      free.add(source.slice(expr.range.start, expr.range.end));
    return isFree;
  };
  visit(root, new Set());
  return { free: [...free], variables: [...variables].filter((name) => !free.has(name)) };
}

/**
 * Parses an expression, and checks it against the limits and an environment. Reports all problems of one stage at once,
 * in source order: syntax, then names and types, then cost.
 */
export function compile(source: string, environment: Environment): Compiled {
  const parsed = parse(source);
  if (parsed.expr === undefined) return { ok: false, problems: parsed.problems };
  const written = checkTypes(parsed.expr, source, environment);
  if (written.problems.length > 0) return { ok: false, problems: inOrder(written.problems) };
  // All branches have types that fit. Only those that the constants leave are costed and generated.
  const root = folded(parsed.expr, environment, written.typeOf);
  const checked = root === parsed.expr ? written : checkTypes(root, source, environment);
  if (checked.problems.length > 0) return { ok: false, problems: inOrder(checked.problems) };
  const { cost, problems } = ordinaryCost(root, source, checked);
  if (problems.length > 0) return { ok: false, problems };
  const nodeCanFail = failureAnalysis(root, checked);
  const { typeOf, callOf } = checked;
  const reads = readsOf(root, callOf);
  return {
    ok: true,
    expression: {
      source,
      root,
      type: typeOf(root),
      typeOf,
      callOf,
      canFail: nodeCanFail(root),
      nodeCanFail,
      reads,
      ruledOut: root === parsed.expr ? [] : ruledOut(readsOf(parsed.expr, written.callOf), reads),
      cost,
    },
  };
}

function ruledOut(written: readonly Read[], left: readonly Read[]): readonly string[] {
  const read = new Set(left.map(({ path: [root] }) => root));
  return [...new Set(written.flatMap(({ path: [root] }) => root ?? []))].filter((root) => !read.has(root));
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
