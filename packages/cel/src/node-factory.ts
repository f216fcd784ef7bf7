import type { Expr } from './ast.ts';
import { MAX_DEPTH, MAX_NODES } from './limits.ts';
import { refuse } from './problem.ts';
import { children } from './visit.ts';

type Shape = Expr extends infer Node ? (Node extends Expr ? Omit<Node, 'id'> : never) : never;

/** Makes the nodes of one expression, and checks the tree against the limits as it grows. */
export type NodeFactory = (shape: Shape) => Expr;

/** Starts a tree. */
export function nodeFactory(): NodeFactory {
  const depths: number[] = [];
  return (shape) => {
    const id = depths.length + 1;
    const expr: Expr = { id, ...shape };
    let depth = 1;
    for (const child of children(expr)) depth = Math.max(depth, 1 + (depths[child.id - 1] ?? 0));
    depths.push(depth);
    if (id > MAX_NODES) refuse('limit', `more than ${MAX_NODES} parts`, shape.range, 'split the expression');
    if (depth > MAX_DEPTH)
      refuse('limit', `nested more than ${MAX_DEPTH} deep`, shape.range, 'split the expression');
    return expr;
  };
}
