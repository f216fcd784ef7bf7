/*
 * Okta matches groups with Java's regular expressions, but we check them in JavaScript. So we accept only expressions
 * that both read in the same way, and write them in an unambiguous form: a dot is any character, also a line end, and
 * `\s` has Java's meaning. Java backtracks, so we refuse expressions that could take it too long; our own matcher
 * follows all positions at once instead.
 */

import { type Alternative, type Item, parseFilter, refuse, textOf } from './filter-parser.ts';

/** A filter of groups by their whole names. */
export interface GroupFilter {
  /** For Okta; to be put in parentheses. */
  readonly pattern: string;
  /** Whether a group of this name passes. */
  readonly passes: (name: string) => boolean;
  /** Whether certainly every group passes whose name begins with the prefix. */
  readonly passesAll: (prefix: string) => boolean;
}

/** @throws OktaError `filter`: what completes "a regular expression …" */
export function readFilter(text: string): GroupFilter {
  const alternatives = parseFilter(text);
  if (waysOf(alternatives, true) > mostWays)
    refuse(
      'that never backtracks for long: do not repeat a group that holds a choice or a repetition, and use `*`, `+` and `{n,}` at most twice before a last `.*` (`[^-]*-` does not count)',
    );
  const heads = headsOf(alternatives);
  return {
    pattern: textOf(alternatives),
    passes: (name) => {
      const characters = [...name];
      return endsOf(alternatives, new Set([0]), characters).has(characters.length);
    },
    passesAll: (prefix) => {
      const characters = [...prefix];
      return heads.some(({ head, least }) =>
        [...endsOf([head], new Set([0]), characters)].some((end) => characters.length - end >= least),
      );
    },
  };
}

/** The beginning of names that pass. The rest is free, except for a minimum length. */
interface Head {
  readonly head: Alternative;
  readonly least: number;
}

/** The alternatives that end in `.*`, without it. */
function headsOf(alternatives: readonly Alternative[]): readonly Head[] {
  return alternatives.flatMap((items) => {
    const last = items.at(-1);
    if (last === undefined) return [];
    const before = items.slice(0, -1);
    if (isRest(last)) return [{ head: before, least: last.least }];
    const inner = last.least === 1 && last.most === 1 ? (last.inner ?? []) : [];
    return headsOf(inner).map(({ head, least }) => ({ head: [...before, ...head], least }));
  });
}

/** Any text, without backtracking into it. */
function isRest({ isAny, most }: Item): boolean {
  return isAny && most === Number.POSITIVE_INFINITY;
}

/** The ends of all matches that begin at one of `starts`. */
function endsOf(
  alternatives: readonly Alternative[],
  starts: ReadonlySet<number>,
  characters: readonly string[],
): ReadonlySet<number> {
  const follow = (from: ReadonlySet<number>, item: Item) => endsOfItem(item, from, characters);
  return new Set(alternatives.flatMap((items) => [...items.reduce(follow, starts)]));
}

function endsOfItem(
  { inner, fits, least, most }: Item,
  starts: ReadonlySet<number>,
  characters: readonly string[],
): ReadonlySet<number> {
  const once = (from: ReadonlySet<number>): ReadonlySet<number> =>
    inner !== undefined
      ? endsOf(inner, from, characters)
      : new Set([...from].filter((at) => fits(characters[at] ?? '')).map((at) => at + 1));
  let ends = starts;
  for (let count = 0; count < least; count++) {
    const next = once(ends);
    if (next.size === ends.size && [...next].every((end) => ends.has(end))) break;
    ends = next;
  }
  const found = new Set(ends);
  for (let count = least; count < most && ends.size > 0; count++) {
    ends = new Set([...once(ends)].filter((end) => !found.has(end)));
    for (const end of ends) found.add(end);
  }
  return found;
}

/** Longest name of a group at Okta. */
const nameCharacters = 255;

/** The number of ways that Java may try for one name: two repetitions of each length, in up to 64 alternatives. */
const mostWays = 64 * (nameCharacters + 1) ** 2;

/** How many ways a matcher that backtracks may try in vain. */
function waysOf(alternatives: readonly Alternative[], isLast: boolean): number {
  return alternatives.reduce((sum, items) => {
    const ways = items.map((item, i) => waysOfItem(item, items[i + 1], isLast && i === items.length - 1));
    return sum + ways.reduce((product, some) => product * some, 1);
  }, 0);
}

function waysOfItem(item: Item, next: Item | undefined, isLast: boolean): number {
  const { inner, least, fits } = item;
  if (isLast && isRest(item)) return 1;
  // A repetition that stops at the one character that must follow cannot backtrack.
  if (next?.one !== undefined && inner === undefined && next.least > 0 && !fits(next.one)) return 1;
  const once = inner === undefined ? 1 : waysOf(inner, isLast && item.most === 1);
  const most = Math.max(least, Math.min(item.most, nameCharacters));
  let ways = 0;
  for (let count = least; count <= most; count++) ways += once ** count;
  return ways;
}
