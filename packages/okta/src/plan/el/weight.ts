import type { El } from './parse.ts';

/** Far more than fits into an expression, and little enough to process quickly. */
export const mostNodes = 400;

/** Nodes of an expression; counting ends soon after {@link mostNodes}. */
export function weight(el: El, limit = mostNodes): number {
  let nodes = 1;
  for (const child of childrenOf(el)) {
    nodes += weight(child, limit - nodes);
    if (nodes > limit) break;
  }
  return nodes;
}

function childrenOf(el: El): readonly El[] {
  switch (el.kind) {
    case 'binary':
      return [el.left, el.right];
    case 'ternary':
      return [el.test, el.yes, el.no];
    case 'not':
    case 'negative':
      return [el.operand];
    default:
      return [];
  }
}
