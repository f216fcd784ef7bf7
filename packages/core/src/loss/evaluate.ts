import { type Expr, type Expression, generate, MAX_STEPS } from '@claimsmith/cel';

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
    return run(expression);
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

/** A part of an expression, as an expression. */
export function partOf(expression: Expression, root: Expr): Expression {
  return { ...expression, root, type: expression.typeOf(root) };
}
