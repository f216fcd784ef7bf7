import { type Expr, type Expression, generate, MAX_STEPS, operationOf } from '@claimsmith/cel';

/** What is known about an expression's value at an issuer. */
export type Here =
  /** Not known before a token is issued. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'fails' }
  /** `undefined` is an optional without a value. */
  | { readonly kind: 'constant'; readonly value: unknown }
  /** Always the value of this part of the expression. */
  | { readonly kind: 'part'; readonly text: string };

/** Computes an expression that reads nothing but what is known. */
export type Evaluate = (expression: Expression) => Here;

/**
 * Runs expressions on these variables with the same code that issuers run. Each text runs once, because a policy
 * repeats conditions.
 */
export function evaluator(variables: Readonly<Record<string, unknown>>): Evaluate {
  const results = new Map<string, Here>();
  const bind = Object.fromEntries(Object.keys(variables).map((name) => [name, `v[${JSON.stringify(name)}]`]));

  function run(expression: Expression): Here {
    const text = generate([
      { name: 'evaluate', parameters: ['v', 'budget'], expression, bind, budget: 'budget', comment: '' },
    ]);
    const evaluate: unknown = new Function(`${text}\nreturn evaluate;`)();
    try {
      return {
        kind: 'constant',
        value: typeof evaluate === 'function' ? evaluate(variables, { left: MAX_STEPS }) : undefined,
      };
    } catch {
      return { kind: 'fails' };
    }
  }

  function computed(expression: Expression): Here {
    const { root } = expression;
    if (root.kind === 'literal') return { kind: 'constant', value: root.value };
    // A macro fails if its list fails. Many expressions share the list, so it is evaluated first, once.
    if (root.kind === 'macro' && evaluate(partOf(expression, root.target)).kind === 'fails')
      return { kind: 'fails' };
    return ofOperation(expression) ?? run(expression);
  }

  /** Most operations follow from their operands, which many expressions share. To run a text costs far more. */
  function ofOperation(expression: Expression): Here | undefined {
    const operation = operationOf(expression.root);
    const at = (operand: Expr) => evaluate(partOf(expression, operand));
    switch (operation?.kind) {
      case 'and':
      case 'or':
        return ofLogical(operation.kind === 'or', at(operation.left), at(operation.right));
      case 'not':
        return ofNot(at(operation.operand));
      case 'in':
        return failing(at(operation.container));
      case 'compare': {
        const { symbol, left, right } = operation;
        const areTexts = [left, right].every((side) => expression.typeOf(side).kind === 'string');
        return ofCompare(areTexts ? symbol : undefined, at(left), at(right));
      }
      default:
        return undefined;
    }
  }

  function evaluate(expression: Expression): Here {
    const { start, end } = expression.root.range;
    const text = expression.source.slice(start, end);
    const known = results.get(text) ?? computed(expression);
    results.set(text, known);
    return known;
  }
  return evaluate;
}

function failing(operand: Here): Here | undefined {
  return operand.kind === 'fails' ? operand : undefined;
}

/**
 * Whether texts are equal. Undefined for other sides and comparisons that do not fail.
 *
 * @param symbol of a comparison of texts; undefined: of other values
 */
function ofCompare(symbol: string | undefined, left: Here, right: Here): Here | undefined {
  const [a, b] = [left, right].map((side) => (side.kind === 'constant' ? side.value : undefined));
  const areKnown = typeof a === 'string' && typeof b === 'string';
  if (areKnown && symbol === '==') return { kind: 'constant', value: a === b };
  if (areKnown && symbol === '!=') return { kind: 'constant', value: a !== b };
  return failing(left) ?? failing(right);
}

/** Undefined if the operand is neither a boolean nor a failure. */
function ofNot(operand: Here): Here | undefined {
  const value = operand.kind === 'constant' ? operand.value : undefined;
  return typeof value === 'boolean' ? { kind: 'constant', value: !value } : failing(operand);
}

/** One side can decide `&&` and `||` although the other fails. Undefined if a side is neither a boolean nor a failure. */
function ofLogical(decisive: boolean, left: Here, right: Here): Here | undefined {
  const sides = [left, right].map((side) => (side.kind === 'constant' ? side.value : side.kind));
  if (!sides.every((side) => typeof side === 'boolean' || side === 'fails')) return undefined;
  if (sides.includes(decisive)) return { kind: 'constant', value: decisive };
  return sides.includes('fails') ? { kind: 'fails' } : { kind: 'constant', value: !decisive };
}

/** A part of an expression, as an expression. */
export function partOf(expression: Expression, root: Expr): Expression {
  return { ...expression, root, type: expression.typeOf(root) };
}
