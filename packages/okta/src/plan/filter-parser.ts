import { OktaError } from '../okta-error.ts';

/** Any character, in Java and in JavaScript. */
export const anyCharacter = '[\\s\\S]';

/** @throws OktaError `filter` if it is not a regular expression, or Java and JavaScript read it differently; completes "a regular expression …" */
export function parseFilter(filter: string): readonly Alternative[] {
  return alternatives(new Characters(filter), false);
}

/** For both Java's and JavaScript's regular expressions. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The content of brackets. */
interface Member {
  readonly text: string;
  /** Whether it is one character, which a range may begin or end with. */
  readonly isOne: boolean;
}

/** The items between two `|`. */
export type Alternative = readonly Item[];

/** A character or a group, and how often. */
export interface Item {
  readonly text: string;
  /** How often it is there. */
  readonly least: number;
  readonly most: number;
  /** The content of a group; otherwise it is one character. */
  readonly inner?: readonly Alternative[];
  /** Whether it is that character. */
  readonly fits: (character: string) => boolean;
  readonly isAny: boolean;
  /** The character, if only one is possible. */
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

/** Alternatives as a regular expression. */
export function textOf(alternatives: readonly Alternative[]): string {
  return alternatives.map((items) => items.map(({ text }) => text).join('')).join('|');
}

/** @throws OktaError `filter` */
export function refuse(why: string): never {
  throw new OktaError('filter', why);
}

/** Goes through a text, character by character. */
class Characters {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  ahead(count: number): string {
    return this.#characters.slice(this.#at, this.#at + count).join('');
  }

  isNext(text: string): boolean {
    return this.ahead(text.length) === text;
  }

  skip(count: number): void {
    this.#at += count;
  }

  take(): string {
    return this.#characters[this.#at++] ?? refuse('that is complete');
  }

  /** Goes past a text, if it comes next. */
  taken(text: string): boolean {
    const isThere = this.isNext(text);
    if (isThere) this.skip(text.length);
    return isThere;
  }
}

const spaces = ' \\t\\n\\x0B\\f\\r';

function alternatives(text: Characters, isWithin: boolean): readonly Alternative[] {
  const found: Item[][] = [[]];
  while (text.peek() !== undefined && !(isWithin && text.isNext(')'))) {
    const items = found.at(-1) ?? [];
    if (text.taken('|')) found.push([]);
    else if (!isWithin && text.isNext('^') && items.length === 0) text.skip(1);
    else if (!isWithin && text.isNext('$') && [undefined, '|'].includes(text.peek(1))) text.skip(1);
    else items.push(quantified(text, item(text)));
  }
  return found;
}

function item(text: Characters): Item {
  const character = text.take();
  switch (character) {
    case '.':
      return single(anyCharacter);
    case '[':
      return single(set(text));
    case '(': {
      if (text.isNext('?') && !text.taken('?:')) refuse('without look-arounds, flags and names (`(?`)');
      const inner = alternatives(text, true);
      if (!text.taken(')')) refuse('that closes each parenthesis');
      return { text: `(?:${textOf(inner)})`, least: 1, most: 1, inner, fits: () => false, isAny: false };
    }
    case '\\':
      return single(escapeOf(text, false));
    case '^':
    case '$':
      return refuse('with `^` and `$` only at its ends');
    default:
      if ('*+?{}])'.includes(character)) refuse(`that escapes \`${character}\` when it stands for itself`);
      return single(plain(character), character);
  }
}

function quantified(text: Characters, once: Item): Item {
  const [quantifier = '', , from = '', comma, to = ''] =
    /^([*+?]|\{(\d{1,3})(,(\d{1,3})?)?\})/.exec(text.ahead(9))?.slice(0) ?? [];
  if (quantifier === '') return once;
  text.skip(quantifier.length);
  const isLazy = text.taken('?');
  if (text.isNext('+')) refuse('without possessive quantifiers');
  if (to !== '' && Number(from) > Number(to)) refuse('with the smaller bound first in `{…}`');
  const least = quantifier === '+' ? 1 : Number(from);
  const isEndless = '*+'.includes(quantifier) || (comma === ',' && to === '');
  const most = isEndless ? Number.POSITIVE_INFINITY : quantifier === '?' ? 1 : Number(to || from);
  return { ...once, text: once.text + quantifier + (isLazy ? '?' : ''), least, most };
}

/** The rest of an escape, after the backslash. */
function escapeOf(text: Characters, isInSet: boolean): string {
  const character = text.take();
  if (/^[dDwWtnrf]$/.test(character)) return `\\${character}`;
  if (character === 's') return isInSet ? spaces : `[${spaces}]`;
  if (character === 'S' && !isInSet) return `[^${spaces}]`;
  if (character === 'x' || character === 'u') {
    const digits = Array.from({ length: character === 'x' ? 2 : 4 }, () => text.take()).join('');
    if (!/^[\dA-Fa-f]+$/.test(digits) || /^D[89A-F]/i.test(digits.padStart(4, '0')))
      refuse('whose `\\x` and `\\u` stand for whole characters');
    return `\\${character}${digits}`;
  }
  if (!/^[!-/:-@[-`{-~ ]$/.test(character))
    refuse(
      `without \`\\${character}\`${isInSet ? ' in brackets' : ''}, which Java and JavaScript read differently`,
    );
  return isInSet ? inSet(character) : escaped(character);
}

function set(text: Characters): string {
  for (const [one, other] of ['sS', 'dD', 'wW'])
    if (text.taken(`\\${one}\\${other}]`) || text.taken(`\\${other}\\${one}]`)) return anyCharacter;
  const isNegated = text.taken('^');
  const members: string[] = [];
  while (!text.taken(']')) {
    if (text.isNext('-') && members.length > 0 && text.peek(1) !== ']')
      refuse('with `-` in brackets only between two characters, or at an end');
    const first = member(text);
    if (!text.isNext('-') || text.peek(1) === ']') {
      members.push(first.text);
      continue;
    }
    text.skip(1);
    members.push(rangeOf(first, member(text)));
  }
  if (members.length === 0) refuse('without empty brackets');
  return `[${isNegated ? '^' : ''}${members.join('')}]`;
}

function member(text: Characters): Member {
  if (text.isNext('&&')) refuse('without `&&` in brackets');
  const character = text.take();
  if (character === '[') refuse('without brackets in brackets');
  if (character !== '\\') return { text: inSet(character), isOne: true };
  const isOne = !/^[dDwWs]$/.test(text.peek() ?? '');
  return { text: escapeOf(text, true), isOne };
}

/** A single character, outside of brackets. */
function plain(character: string): string {
  return escaped(whole(character));
}

function inSet(character: string): string {
  // Two of these would mean an intersection to Java.
  if (character === '&') return '\\x26';
  return whole(character).replace(/[\\^$.*+?()[\]{}|-]/, '\\$&');
}

function whole(character: string): string {
  return /^[\uD800-\uDFFF]$/.test(character) ? refuse('with whole characters only') : character;
}

function rangeOf(first: Member, last: Member): string {
  if (!(first.isOne && last.isOne)) refuse('with ranges between two characters');
  const range = `${first.text}-${last.text}`;
  try {
    new RegExp(`[${range}]`, 'u');
    return range;
  } catch {
    return refuse('with the smaller character first in a range');
  }
}
