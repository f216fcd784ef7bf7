/*
 * Okta matches groups with Java's regular expressions, and what is judged here is judged with JavaScript's. So only what
 * both read alike is taken, and it is written anew in a form that leaves neither a choice: a dot is any character, ends
 * of lines too, and `\s` is what Java means by it.
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
  const pattern = textOf(alternatives);
  const whole = wholly(pattern);
  const heads = headsOf(alternatives).map(({ head, least }) => ({ begins: wholly(head), least }));
  return {
    pattern,
    passes: (name) => whole.test(name),
    passesAll: (prefix) => {
      const characters = [...prefix];
      return heads.some(({ begins, least }) =>
        [...characters, ''].some(
          (_, length) =>
            characters.length - length >= least && begins.test(characters.slice(0, length).join('')),
        ),
      );
    },
  };
}

/** For both Java's and JavaScript's regular expressions. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function wholly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

/** What a name that passes begins with; what follows is free, but for its least length. */
interface Head {
  readonly head: string;
  readonly least: number;
}

/** The alternatives that end in `.*`, without it. */
function headsOf(alternatives: readonly Alternative[]): readonly Head[] {
  return alternatives.flatMap((items) => {
    const last = items.at(-1);
    if (last === undefined) return [];
    const before = items
      .slice(0, -1)
      .map(({ text }) => text)
      .join('');
    if (last.isAny && last.isEndless) return [{ head: before, least: last.least }];
    return headsOf(last.inner ?? []).map(({ head, least }) => ({ head: before + head, least }));
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
  /** Each of its characters may be any. */
  readonly isAny: boolean;
  readonly least: number;
  readonly isEndless: boolean;
  /** What a group has within, if it is there exactly once. */
  readonly inner?: readonly Alternative[];
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
    const one = { least: 1, isEndless: false };
    switch (character) {
      case '.':
        return { ...one, text: anyCharacter, isAny: true };
      case '[': {
        const text = set();
        return { ...one, text, isAny: text === anyCharacter };
      }
      case '(': {
        if (isNext('?') && !taken('?:')) refuse('without look-arounds, flags and names (`(?`)');
        const inner = alternatives(true);
        if (!taken(')')) refuse('that closes each parenthesis');
        return { ...one, text: `(?:${textOf(inner)})`, isAny: false, inner };
      }
      case '\\':
        return { ...one, text: escapeOf(false), isAny: false };
      case '^':
      case '$':
        return refuse('with `^` and `$` at its ends alone');
      default:
        if ('*+?{}])'.includes(character)) refuse(`that escapes \`${character}\` where it means itself`);
        return { ...one, text: plain(character), isAny: false };
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
    const { inner: _, ...item } = once;
    return {
      ...item,
      text: once.text + quantifier + (isLazy ? '?' : ''),
      least: quantifier === '+' ? 1 : Number(from),
      isEndless: '*+'.includes(quantifier) || (comma === ',' && to === ''),
    };
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
