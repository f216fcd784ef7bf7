import { always, binary, choose, never, not } from './make.ts';
import type { El } from './parse.ts';
import { printEl } from './print.ts';

/** What is known where an expression is evaluated: conditions by their text. */
type Facts = ReadonlyMap<string, boolean>;

const noFacts: Facts = new Map();

/** The same expression without tests whose outcome is known at their place. */
export function simplify(el: El): El {
  return reduce(el, noFacts);
}

/** Whether a condition holds wherever another does. */
export function follows(condition: El, given: El = always): boolean {
  return reduce(condition, learn(noFacts, reduce(given, noFacts), true)) === always;
}

function reduce(el: El, facts: Facts): El {
  switch (el.kind) {
    case 'ternary':
      return reduceChoice(el, facts);
    case 'binary':
      if (el.operator === 'AND' || el.operator === 'OR') return reduceJoined(el, facts);
      if (el.operator === '+') return binary('+', reduce(el.left, facts), reduce(el.right, facts));
      return known(el, facts);
    case 'literal':
      // One object for each truth value, so that they can be compared.
      return el.value === true ? always : el.value === false ? never : el;
    case 'not':
    case 'call':
      return known(el, facts);
    default:
      return el;
  }
}

function known(condition: El, facts: Facts): El {
  const truth = facts.get(printEl(condition));
  if (truth === undefined) return condition;
  return truth ? always : never;
}

function reduceJoined(condition: El & { kind: 'binary' }, facts: Facts): El {
  const reduced = reduceParts(condition, facts);
  return reduced.kind === 'binary' ? known(reduced, facts) : reduced;
}

function reduceParts({ operator, left, right }: El & { kind: 'binary' }, facts: Facts): El {
  const isAnd = operator === 'AND';
  const [deciding, neutral] = isAnd ? [never, always] : [always, never];
  const a = reduce(left, facts);
  if (a === deciding) return deciding;
  const b = reduce(right, learn(facts, a, isAnd));
  if (a === neutral) return b;
  if (b === neutral) return a;
  if (b === deciding) return deciding;
  return isAnd ? withoutImplied(a, b) : shared(joined('OR', a, b), facts);
}

/** `a AND b OR a AND c` is `a AND (b OR c)`. */
function shared(either: El, facts: Facts): El {
  const [first = [], ...others] = parts('OR', either).map((part) => parts('AND', part));
  const prefix = others.reduce(commonPrefix, first);
  if (prefix.length === 0) return either;
  const rests = [first, ...others].map((one) => all(one.slice(prefix.length)));
  const [rest = never, ...more] = rests;
  const inner = more.reduce((left, right) => binary('OR', left, right), rest);
  return reduce(binary('AND', all(prefix), inner), facts);
}

function commonPrefix(a: readonly El[], b: readonly El[]): readonly El[] {
  const differs = a.findIndex((part, i) => {
    const other = b[i];
    return other === undefined || printEl(part) !== printEl(other);
  });
  return differs < 0 ? a : a.slice(0, differs);
}

/** Chains lean to the left: `a AND (b AND c)` is written without parentheses. */
function joined(operator: 'AND' | 'OR', left: El, right: El): El {
  return parts(operator, right).reduce((all, part) => binary(operator, all, part), left);
}

/** `x != null AND x == "a"`: the second part is enough, because a comparison with null is not an error. */
function withoutImplied(left: El, right: El): El {
  const implied = parts('AND', right).filter(isEquality);
  const kept = implied.reduce((rest, { left: subject }) => withoutNotNull(rest, subject), parts('AND', left));
  return all([...kept, ...parts('AND', right)]);
}

/** Conditions without a redundant test that a value is not null. */
function withoutNotNull(conditions: readonly El[], subject: El): readonly El[] {
  const [test, text] = [notNullText(subject), printEl(subject)];
  const others = conditions.filter((condition) => printEl(condition) !== test);
  const isNeeded = others.some((other) => printEl(other).includes(text) && !isComparison(other, text));
  return isNeeded ? conditions : others;
}

/** Equality with a constant also accepts null. */
function isComparison(el: El, subject: string): boolean {
  return (
    el.kind === 'binary' &&
    (el.operator === '==' || el.operator === '!=') &&
    el.right.kind === 'literal' &&
    printEl(el.left) === subject
  );
}

function all([first, ...rest]: readonly El[]): El {
  return rest.reduce((left, right) => binary('AND', left, right), first ?? always);
}

function isNull(el: El): boolean {
  return el.kind === 'literal' && el.value === null;
}

function isEquality(el: El): el is El & { kind: 'binary' } {
  return (
    el.kind === 'binary' && el.operator === '==' && el.right.kind === 'literal' && el.right.value !== null
  );
}

function notNullText(el: El): string {
  return printEl(binary('!=', el, { kind: 'literal', value: null }));
}

function parts(operator: 'AND' | 'OR', el: El): readonly El[] {
  if (el.kind !== 'binary' || el.operator !== operator) return [el];
  return [...parts(operator, el.left), ...parts(operator, el.right)];
}

function reduceChoice(el: El & { kind: 'ternary' }, facts: Facts): El {
  const test = reduce(el.test, facts);
  if (test === always) return reduce(el.yes, facts);
  if (test === never) return reduce(el.no, facts);
  const yes = reduce(el.yes, learn(facts, test, true));
  const no = reduce(el.no, learn(facts, test, false));
  if (printEl(yes) === printEl(no)) return yes;
  // `a AND x != null ? x : null` is x if a is true.
  if (isNull(no) && yes.kind === 'ternary' && isNull(yes.no))
    return choose(all([...parts('AND', test), ...parts('AND', yes.test)]), yes.yes, no);
  if (isNull(no)) {
    const rest = withoutNotNull(parts('AND', test), yes);
    return rest.length === 0 ? yes : choose(all(rest), yes, no);
  }
  if (no.kind === 'ternary' && isNull(no.no)) {
    // `a AND b ? x : a AND c ? y : null` is `a ? (b ? x : c ? y : null) : null`.
    const [mine, other] = [parts('AND', test), parts('AND', no.test)];
    const prefix = commonPrefix(mine, other);
    if (prefix.length > 0) {
      const inner = choose(all(other.slice(prefix.length)), no.yes, no.no);
      return reduce(choose(all(prefix), choose(all(mine.slice(prefix.length)), yes, inner), no.no), facts);
    }
  }
  if (yes === always && no === never) return test;
  if (yes === never && no === always) return not(test);
  return choose(test, yes, no);
}

/** The facts, and those that follow from a condition with this outcome. */
function learn(facts: Facts, condition: El, truth: boolean): Facts {
  const all = new Map(facts);
  const add = (el: El) => {
    all.set(printEl(el), true);
    all.set(printEl(not(el)), false);
    if (isEquality(el)) {
      all.set(notNullText(el.left), true);
      all.set(printEl(binary('==', el.left, { kind: 'literal', value: null })), false);
    }
  };
  add(truth ? condition : not(condition));
  // If a conjunction is false, nothing is known about its parts.
  if (truth) for (const part of parts('AND', condition)) add(part);
  else for (const part of parts('OR', condition)) add(not(part));
  return all;
}
