import type { Relation } from '@claimsmith/cel';
import type { El, Operator } from './parse.ts';
import { printEl } from './print.ts';

/*
 * Expressions as data. A *condition* is total: evaluating it is never an error. A *value* is total too, and null if
 * there is none.
 */

export const always: El = { kind: 'literal', value: true };
export const never: El = { kind: 'literal', value: false };
export const nothing: El = { kind: 'literal', value: null };

export function literal(value: boolean | number | string): El {
  return { kind: 'literal', value };
}

/** `user.profile`, `app.clientId`: a chain of names. */
export function path(dotted: string): El {
  const [name = '', ...rest] = dotted.split('.');
  return rest.reduce<El>((target, step) => ({ kind: 'property', target, name: step }), {
    kind: 'name',
    name,
  });
}

export function call(name: string, argument: string, target?: El): El {
  return { kind: 'call', target, name, args: [literal(argument)] };
}

/** A list with an empty text before it, so that it is never empty; null without a list. */
export function listed(value: El): El {
  if (value.kind === 'ternary') return choose(value.test, listed(value.yes), listed(value.no));
  if (value.kind === 'literal') return value;
  const list: El = { kind: 'call', target: path('Arrays'), name: 'flatten', args: [literal(''), value] };
  return choose(isThere(value), list, nothing);
}

export function binary(operator: Operator, left: El, right: El): El {
  return { kind: 'binary', operator, left, right };
}

export function and(conditions: readonly El[]): El {
  return joined('AND', conditions, always);
}

export function or(conditions: readonly El[]): El {
  return joined('OR', conditions, never);
}

function joined(operator: 'AND' | 'OR', [first, ...rest]: readonly El[], empty: El): El {
  return rest.reduce((left, right) => binary(operator, left, right), first ?? empty);
}

/** `test ? yes : no` */
export function choose(test: El, yes: El, no: El): El {
  return { kind: 'ternary', test, yes, no };
}

/** The opposite of a condition. */
export function not(condition: El): El {
  if (condition.kind === 'literal') return condition.value === true ? never : always;
  if (condition.kind === 'not') return condition.operand;
  if (condition.kind !== 'binary') return { kind: 'not', operand: condition };
  const { operator, left, right } = condition;
  switch (operator) {
    case 'AND':
      return binary('OR', not(left), not(right));
    case 'OR':
      return binary('AND', not(left), not(right));
    case '+':
      return { kind: 'not', operand: condition };
    default:
      return binary(opposites[operator], left, right);
  }
}

/** Exact since no number of a profile is NaN. */
const opposites = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/** Whether a value is there. */
export function isThere(value: El): El {
  switch (value.kind) {
    case 'literal':
      return value.value === null ? never : always;
    case 'ternary':
      return or([and([value.test, isThere(value.yes)]), and([not(value.test), isThere(value.no)])]);
    case 'property':
      return isKnown(value) ? always : binary('!=', value, nothing);
    default:
      return always;
  }
}

/** The parts of every token request. */
function isKnown(value: El): boolean {
  return printEl(value) === 'app.clientId';
}

/** The value, or another one if it is missing. */
export function orElse(value: El, other: El): El {
  if (value.kind === 'ternary') return choose(value.test, orElse(value.yes, other), orElse(value.no, other));
  if (value.kind === 'literal' && value.value === null) return other;
  const there = isThere(value);
  return there === always ? value : choose(there, value, other);
}

/** Whether both values are there and compare so. */
export function compare(operator: Relation, a: El, b: El): El {
  if (a.kind === 'ternary')
    return or([and([a.test, compare(operator, a.yes, b)]), and([not(a.test), compare(operator, a.no, b)])]);
  if (b.kind === 'ternary')
    return or([and([b.test, compare(operator, a, b.yes)]), and([not(b.test), compare(operator, a, b.no)])]);
  if (a.kind === 'literal' && b.kind === 'literal')
    return literal(compareLiterals(operator, a.value, b.value));
  const test = a.kind === 'literal' ? binary(mirrored[operator], b, a) : binary(operator, a, b);
  return and([isThere(a), isThere(b), test]);
}

const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

type Scalar = null | boolean | number | string;

function compareLiterals(operator: Relation, a: Scalar, b: Scalar): boolean {
  if (a === null || b === null) return false;
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  // Only numbers are ordered.
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
