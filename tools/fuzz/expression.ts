import type { Type } from '@claimsmith/cel';

/**
 * A random expression as a tree, so that a difference can be made small:
 * `template` is the text around the operands, one piece longer than `operands`.
 */
export interface Node {
  readonly type: Type;
  readonly precedence: Precedence;
  readonly template: readonly string[];
  readonly operands: readonly Operand[];
}

export interface Operand {
  readonly node: Node;
  /** What binds looser is put in parentheses. */
  readonly atLeast: Precedence;
}

/** How tightly an expression binds, after the levels of the CEL grammar. */
export type Precedence = number;
export const ANY: Precedence = 0;
export const OR: Precedence = 2;
export const AND: Precedence = 3;
export const RELATION: Precedence = 4;
export const ADDITION: Precedence = 5;
export const MULTIPLICATION: Precedence = 6;
export const UNARY: Precedence = 7;
export const MEMBER: Precedence = 8;
export const PRIMARY: Precedence = 9;

/** A node; `template` has one piece more than there are operands. */
export function make(
  type: Type,
  precedence: Precedence,
  template: readonly string[],
  ...operands: readonly Operand[]
): Node {
  return { type, precedence, template, operands };
}

/** A node without operands. */
export const text = (type: Type, precedence: Precedence, source: string): Node =>
  make(type, precedence, [source]);

/** An operand, in parentheses where it binds looser. */
export const at = (atLeast: Precedence, node: Node): Operand => ({ node, atLeast });

export function render(node: Node): string {
  return node.template
    .map((piece, index) => {
      const operand = node.operands[index];
      if (!operand) return piece;
      const text = render(operand.node);
      return operand.node.precedence < operand.atLeast ? `${piece}(${text})` : `${piece}${text}`;
    })
    .join('');
}

/** The node and everything below it. */
export function descendants(node: Node): Node[] {
  return [node, ...node.operands.flatMap((operand) => descendants(operand.node))];
}
