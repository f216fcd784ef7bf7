/*
 * Okta matches groups with Java's regular expressions, and what is judged here is judged with JavaScript's. So only what
 * both read alike is taken, and it is written anew in a form that leaves neither a choice: a dot is any character, ends
 * of lines too, and `\s` is what Java means by it. Java backtracks, so what could keep it busy is refused; here the
 * expression is followed position by position instead.
 */

/** A filter of groups by their whole names. */
export interface GroupFilter {
  /** For Okta; to be put in parentheses. */
  readonly pattern: string;
  /** Whether a group of this name passes. */
  readonly passes: (name: string) => boolean;
  /** Whether surely each group passes whose name begins so; not where only a proof is lacking. */
  readonly passesAll: (prefix: string) => boolean;
}

/** Any character at all, to Java and to JavaScript. */
export const anyCharacter = '[\\s\\S]';

/** Says why `readFilter` refuses a text: what completes "a regular expression …". */
export class FilterError extends Error {}

/** @throws FilterError for what is no regular expression, or not the same one to Java as to JavaScript. */
export function readFilter(text: string): GroupFilter {
  const alternatives = parse([...text]);
  if (waysOf(alternatives, true) > mostWays)
    refuse(
      'that never backtracks for long: repeat no group that holds a choice or a repetition, and use `*`, `+` and `{n,}` at most twice before a last `.*` (`[^-]*-` does not count)',
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

/** For both Java's and JavaScript's regular expressions. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** What a name that passes begins with; what follows is free, but for its least length. */
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

/** What stands in brackets. */
interface Member {
  readonly text: string;
  /** Whether it is one character, which a range may begin or end with. */
  readonly isOne: boolean;
}

type Alternative = readonly Item[];

interface Item {
  readonly text: string;
  /** How often it is there. */
  readonly least: number;
  readonly most: number;
  /** What a group has within; else it is one character. */
  readonly inner?: readonly Alternative[];
  /** Whether it is that character. */
  readonly fits: (character: string) => boolean;
  readonly isAny: boolean;
  /** The character, where it can be no other. */
  readonly one?: string;
}

function single(text: string, one?: string): Item {
  const character = new RegExp(`^${text}$`, 'u');
  return {
    text,
    least: 1,
    most: 1,
    fits: (other) => character.test(other),
    isAny: text === anyCharacter,
    ...(one === undefined ? {} : { one }),
  };
}

/** Any text at all, which nothing that follows can make it give back. */
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

/** Ways that Java may try for one name: two repetitions of each length, in up to 64 alternatives. */
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
  // What stops at the one character that must follow has no choice of where to stop.
  if (next?.one !== undefined && inner === undefined && next.least > 0 && !fits(next.one)) return 1;
  const once = inner === undefined ? 1 : waysOf(inner, isLast && item.most === 1);
  const most = Math.max(least, Math.min(item.most, nameCharacters));
  let ways = 0;
  for (let count = least; count <= most; count++) ways += once ** count;
  return ways;
}

function textOf(alternatives: readonly Alternative[]): string {
  return alternatives.map((items) => items.map(({ text }) => text).join('')).join('|');
}

function refuse(why: string): never {
  throw new FilterError(why);
}

const spaces = ' \\t\\n\\x0B\\f\\r';

function parse(characters: readonly string[]): readonly Alternative[] {
  let at = 0;
  const isNext = (text: string) => characters.slice(at, at + text.length).join('') === text;
  const take = (): string => characters[at++] ?? refuse('that is whole');
  const taken = (text: string): boolean => {
    if (!isNext(text)) return false;
    at += text.length;
    return true;
  };

  function alternatives(isWithin: boolean): readonly Alternative[] {
    const found: Item[][] = [[]];
    while (at < characters.length && !(isWithin && isNext(')'))) {
      const items = found.at(-1) ?? [];
      if (taken('|')) found.push([]);
      else if (!isWithin && isNext('^') && items.length === 0) at++;
      else if (!isWithin && isNext('$') && [undefined, '|'].includes(characters[at + 1])) at++;
      else items.push(quantified(item()));
    }
    return found;
  }

  function item(): Item {
    const character = take();
    switch (character) {
      case '.':
        return single(anyCharacter);
      case '[':
        return single(set());
      case '(': {
        if (isNext('?') && !taken('?:')) refuse('without look-arounds, flags and names (`(?`)');
        const inner = alternatives(true);
        if (!taken(')')) refuse('that closes each parenthesis');
        return { text: `(?:${textOf(inner)})`, least: 1, most: 1, inner, fits: () => false, isAny: false };
      }
      case '\\':
        return single(escapeOf(false));
      case '^':
      case '$':
        return refuse('with `^` and `$` at its ends alone');
      default:
        if ('*+?{}])'.includes(character)) refuse(`that escapes \`${character}\` where it means itself`);
        return single(plain(character), character);
    }
  }

  function quantified(once: Item): Item {
    const [quantifier = '', , from = '', comma, to = ''] =
      /^([*+?]|\{(\d{1,3})(,(\d{1,3})?)?\})/.exec(characters.slice(at, at + 9).join(''))?.slice(0) ?? [];
    if (quantifier === '') return once;
    at += quantifier.length;
    const isLazy = taken('?');
    if (isNext('+')) refuse('without possessive quantifiers');
    if (to !== '' && Number(from) > Number(to)) refuse('whose bounds are in order');
    const least = quantifier === '+' ? 1 : Number(from);
    const isEndless = '*+'.includes(quantifier) || (comma === ',' && to === '');
    const most = isEndless ? Number.POSITIVE_INFINITY : quantifier === '?' ? 1 : Number(to || from);
    return { ...once, text: once.text + quantifier + (isLazy ? '?' : ''), least, most };
  }

  /** What follows a backslash. */
  function escapeOf(isInSet: boolean): string {
    const character = take();
    if (/^[dDwWtnrf]$/.test(character)) return `\\${character}`;
    if (character === 's') return isInSet ? spaces : `[${spaces}]`;
    if (character === 'S' && !isInSet) return `[^${spaces}]`;
    if (character === 'x' || character === 'u') {
      const digits = Array.from({ length: character === 'x' ? 2 : 4 }, take).join('');
      if (!/^[\dA-Fa-f]+$/.test(digits) || /^D[89A-F]/i.test(digits.padStart(4, '0')))
        refuse('whose `\\x` and `\\u` name whole characters');
      return `\\${character}${digits}`;
    }
    if (!/^[!-/:-@[-`{-~ ]$/.test(character))
      refuse(`without \`\\${character}\`${isInSet ? ' in brackets' : ''}, which is not the same everywhere`);
    return isInSet ? inSet(character) : escaped(character);
  }

  function set(): string {
    for (const [one, other] of ['sS', 'dD', 'wW'])
      if (taken(`\\${one}\\${other}]`) || taken(`\\${other}\\${one}]`)) return anyCharacter;
    const isNegated = taken('^');
    const members: string[] = [];
    while (!taken(']')) {
      if (isNext('-') && members.length > 0 && characters[at + 1] !== ']')
        refuse('with `-` between two characters of brackets, or at their ends');
      const first = member();
      if (!isNext('-') || characters[at + 1] === ']') {
        members.push(first.text);
        continue;
      }
      at++;
      members.push(rangeOf(first, member()));
    }
    if (members.length === 0) refuse('with something in each pair of brackets');
    return `[${isNegated ? '^' : ''}${members.join('')}]`;
  }

  function member(): Member {
    if (isNext('&&')) refuse('without `&&` in brackets');
    const character = take();
    if (character === '[') refuse('without brackets in brackets');
    if (character !== '\\') return { text: inSet(character), isOne: true };
    const isOne = !/^[dDwWs]$/.test(characters[at] ?? '');
    return { text: escapeOf(true), isOne };
  }

  return alternatives(false);
}

/** A character of its own, outside of brackets. */
function plain(character: string): string {
  return escaped(whole(character));
}

function inSet(character: string): string {
  // Two of these would mean an intersection to Java.
  if (character === '&') return '\\x26';
  return whole(character).replace(/[\\^$.*+?()[\]{}|-]/, '\\$&');
}

function whole(character: string): string {
  return /^[\uD800-\uDFFF]$/.test(character) ? refuse('of whole characters') : character;
}

function rangeOf(first: Member, last: Member): string {
  if (!(first.isOne && last.isOne)) refuse('whose ranges are between two characters');
  const range = `${first.text}-${last.text}`;
  try {
    new RegExp(`[${range}]`, 'u');
    return range;
  } catch {
    return refuse('whose ranges are in order');
  }
}
