import { formatType } from '@claimsmith/cel';
import { descendants, type Node, PRIMARY } from './expression.ts';

/** The smallest expression found by pruning for which `fails` still holds; it must hold for `node`. */
export function minimise(node: Node, fails: (candidate: Node) => boolean): Node {
  const smaller = candidates(node).find(fails);
  return smaller ? minimise(smaller, fails) : node;
}

/** Each is smaller than the node: a part of it alone, then the node with a part pulled up or made plain. */
function candidates(node: Node): Node[] {
  const parts = descendants(node).slice(1);
  return [...parts.toSorted((left, right) => weight(left) - weight(right)), ...pruned(node)];
}

function pruned(node: Node): Node[] {
  const plain = PLAIN[node.type.kind];
  const here: Node[] = [
    ...descendants(node)
      .slice(1)
      .filter(({ type }) => formatType(type) === formatType(node.type)),
    ...(plain !== undefined && weight(node) > 1
      ? [{ ...node, precedence: PRIMARY, template: [plain], operands: [] }]
      : []),
  ];
  const below = node.operands.flatMap((operand, index) =>
    pruned(operand.node).map((replacement) => ({
      ...node,
      operands: node.operands.with(index, { ...operand, node: replacement }),
    })),
  );
  return [...here, ...below];
}

const PLAIN: Readonly<Record<string, string>> = {
  bool: 'true',
  int: '1',
  double: '1.0',
  string: "'a'",
  null: 'null',
  list: '[]',
  timestamp: 'timestamp(0)',
  duration: "duration('1s')",
  map: '{}',
};

const weight = (node: Node): number => descendants(node).length;
