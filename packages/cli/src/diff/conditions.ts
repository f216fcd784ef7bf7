import type { Expr, Expression } from '@claimsmith/cel';

/** How a condition differs from the one before, if their texts show it: it holds less often, more often, or as often. */
export type Comparison = 'same' | 'stricter' | 'looser' | 'unknown';

/** Compares two conditions, for every input: also where a part fails. */
export function compareConditions(before: Expression, after: Expression): Comparison {
  const [old, now] = [before.root, after.root];
  const [isStricter, isLooser] = [implying()(now, old), implying()(old, now)];
  if (isStricter && isLooser) return 'same';
  return isStricter ? 'stricter' : isLooser ? 'looser' : 'unknown';
}

/**
 * Whether `then` is true where `when` is, and `when` is false where `then` is. The other way round, `false` means only that
 * the texts do not show it. In CEL, `false && failure` is false and `true || failure` is true, in any order.
 */
function implying(): (when: Expr, then: Expr) => boolean {
  const texts = new Map<Expr, string>();
  const known = new Map<string, boolean>();
  const text = (expr: Expr) => {
    const found = texts.get(expr) ?? textOf(expr);
    texts.set(expr, found);
    return found;
  };
  const implies = (when: Expr, then: Expr): boolean => {
    const key = `${when.id} ${then.id}`;
    const found = known.get(key) ?? isImplied(when, then);
    known.set(key, found);
    return found;
  };
  const isImplied = (when: Expr, then: Expr): boolean => {
    if (isConstant(when, false) || isConstant(then, true) || text(when) === text(then)) return true;
    const [all, any] = [partsOf(then, '_&&_'), partsOf(when, '_||_')];
    if (all.length > 0) return all.every((part) => implies(when, part));
    if (any.length > 0) return any.every((part) => implies(part, then));
    const [[condition, ...branches], [other, ...others]] = [partsOf(when, '_?_:_'), partsOf(then, '_?_:_')];
    const isOneChoice = condition !== undefined && other !== undefined && text(condition) === text(other);
    return (
      partsOf(then, '_||_').some((part) => implies(when, part)) ||
      partsOf(when, '_&&_').some((part) => implies(part, then)) ||
      (isOneChoice &&
        branches.every((branch, index) => {
          const match = others[index];
          return match !== undefined && implies(branch, match);
        }))
    );
  };
  return implies;
}

function partsOf(expr: Expr, operator: '_&&_' | '_||_' | '_?_:_'): readonly Expr[] {
  return expr.kind === 'call' && expr.name === operator ? expr.args : [];
}

function isConstant(expr: Expr, value: boolean): boolean {
  return expr.kind === 'literal' && expr.value === value;
}

const places = new Set(['id', 'range', 'nameRange', 'fieldRange']);

/** The same for expressions that differ only in white space and parentheses. */
function textOf(expr: Expr): string {
  return JSON.stringify(expr, (key, value) => (places.has(key) ? undefined : value));
}
