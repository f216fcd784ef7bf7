/** The outcome of evaluating a condition. */
export type Truth = 'true' | 'false' | 'fails';

/**
 * The possible outcomes of a condition, as pairs of the policy's outcome and the issuer's, one bit each. Conditions
 * count as independent, so a set may contain pairs that never occur, but it always contains every pair that can.
 */
export type Pairs = number;

const truths: readonly Truth[] = ['true', 'false', 'fails'];
const size = truths.length;

function bit(there: number, here: number): Pairs {
  return 1 << (there * size + here);
}

function split(pairs: Pairs): readonly (readonly [there: number, here: number])[] {
  return truths.flatMap((_, there) =>
    truths.flatMap((__, here) => ((pairs & bit(there, here)) === 0 ? [] : [[there, here] as const])),
  );
}

/** Each of `there` together with each of `here`. */
export function anyOf(there: readonly Truth[], here: readonly Truth[]): Pairs {
  let pairs = 0;
  for (const one of there) for (const other of here) pairs |= bit(truths.indexOf(one), truths.indexOf(other));
  return pairs;
}

/** The same on both sides. */
export function sameOf(possible: readonly Truth[]): Pairs {
  return possible.reduce((pairs, truth) => pairs | anyOf([truth], [truth]), 0);
}

/** Whether the issuer always ends as the policy does. */
export function isSame(pairs: Pairs): boolean {
  return (pairs & ~sameOf(truths)) === 0;
}

/** Whether `pairs` hold one of `there` together with one of `here`. */
export function holds(pairs: Pairs, there: readonly Truth[], here: readonly Truth[]): boolean {
  return (pairs & anyOf(there, here)) !== 0;
}

/** All possible outcomes at the issuer. */
export function hereOf(pairs: Pairs): readonly Truth[] {
  return truths.filter((truth) => holds(pairs, truths, [truth]));
}

export function not(pairs: Pairs): Pairs {
  const turned = [1, 0, 2];
  return split(pairs).reduce((all, [there, here]) => all | bit(turned[there] ?? 2, turned[here] ?? 2), 0);
}

/** CEL's `&&`: false if either is false, else it fails if either fails. */
export function and(a: Pairs, b: Pairs): Pairs {
  return combine([a, b], ([one = 2, other = 2]) => (one === 1 || other === 1 ? 1 : Math.max(one, other)));
}

/** CEL's `||`: true if either is true, else it fails if either fails. */
export function or(a: Pairs, b: Pairs): Pairs {
  return not(and(not(a), not(b)));
}

export function choose(condition: Pairs, yes: Pairs, no: Pairs): Pairs {
  return combine([condition, yes, no], ([which, a = 2, b = 2]) => (which === 0 ? a : which === 1 ? b : 2));
}

/** `exists` over a list of any length, given the possible outcomes of its body. */
export function someOf(body: Pairs): Pairs {
  return grown(anyOf(['false'], ['false']), (pairs) => or(pairs, body));
}

/** `all` over a list of any length. */
export function everyOf(body: Pairs): Pairs {
  return grown(anyOf(['true'], ['true']), (pairs) => and(pairs, body));
}

function grown(start: Pairs, longer: (pairs: Pairs) => Pairs): Pairs {
  let pairs = start;
  for (;;) {
    const next = pairs | longer(pairs);
    if (next === pairs) return pairs;
    pairs = next;
  }
}

/** Both sides computed alike, for each choice of a pair from each set. */
function combine(sets: readonly Pairs[], compute: (truths: readonly number[]) => number): Pairs {
  let chosen: (readonly (readonly [number, number])[])[] = [[]];
  for (const set of sets) chosen = chosen.flatMap((some) => split(set).map((pair) => [...some, pair]));
  return chosen.reduce(
    (all, pairs) => all | bit(compute(pairs.map(([there]) => there)), compute(pairs.map(([, here]) => here))),
    0,
  );
}
