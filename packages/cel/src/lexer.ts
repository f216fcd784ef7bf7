import type { Range } from './ast.ts';
import { MAX_INT } from './limits.ts';
import { refuse } from './problem.ts';
import { readString } from './strings.ts';

/** One token with its place. `text` is what was written; `value` is what it means. */
export type Token = { readonly range: Range; readonly text: string } & (
  | { readonly kind: 'ident' | 'quoted' | 'operator' | 'end' }
  | { readonly kind: 'int' | 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
);

const OPERATORS = [
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '?',
  ':',
  '.',
  ',',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
] as const;

const SPACE = /[\t\n\f\r ]*/y;
const COMMENT = /\/\/[^\n]*/y;
const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const QUOTED = /`([A-Za-z0-9_.\-/ ]+)`/y;
const STRING_START = /[rRbB]{0,2}["']/y;

/** Splits an expression into tokens, the last of kind `end`. Throws the first problem. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    const comment = match(COMMENT);
    if (comment !== undefined) {
      at += comment.length;
      continue;
    }
    if (at >= source.length) {
      tokens.push({ kind: 'end', text: '', range: { start: source.length, end: source.length } });
      return tokens;
    }
    const token = readToken(source, at, match);
    tokens.push(token);
    at = token.range.end;
  }
}

function readToken(source: string, at: number, match: (pattern: RegExp) => string | undefined): Token {
  const prefix = match(STRING_START);
  if (prefix !== undefined) return stringToken(source, at, prefix);
  const ident = match(IDENT);
  if (ident !== undefined)
    return { kind: 'ident', text: ident, range: { start: at, end: at + ident.length } };
  const number = match(NUMBER);
  if (number !== undefined) return numberToken(source, at, number);
  const quoted = match(QUOTED);
  if (quoted !== undefined) {
    return { kind: 'quoted', text: quoted.slice(1, -1), range: { start: at, end: at + quoted.length } };
  }
  const operator = OPERATORS.find((text) => source.startsWith(text, at));
  if (operator !== undefined) {
    return { kind: 'operator', text: operator, range: { start: at, end: at + operator.length } };
  }
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const help = {
    '&': 'write &&',
    '|': 'write ||',
    '=': source.charAt(at + 1) === '>' ? 'write filter(x, x > 1), without an arrow' : 'write == or !=',
    '`': 'close the name with `',
    $: 'write the name alone, without ${ }',
    '@': 'put text in quotes',
    '#': 'a comment begins with //',
    '“': 'write straight quotes',
    '”': 'write straight quotes',
    '‘': 'write straight quotes',
    '’': 'write straight quotes',
  }[character];
  return refuse(
    'syntax',
    `unexpected ${printable(character)}`,
    { start: at, end: at + character.length },
    help,
  );
}

function printable(character: string): string {
  return /[\p{L}\p{P}\p{S}]/u.test(character)
    ? `\`${character}\``
    : `character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function stringToken(source: string, at: number, prefix: string): Token {
  const letters = prefix.slice(0, -1).toLowerCase();
  if (letters.includes('b')) {
    refuse(
      'unsupported',
      'bytes are not part of JSON',
      { start: at, end: at + prefix.length },
      'use a string',
    );
  }
  if (letters === 'rr') refuse('syntax', 'unexpected string prefix', { start: at, end: at + 2 });
  const { value, end } = readString(source, at + letters.length, letters === 'r');
  return { kind: 'string', text: source.slice(at, end), value, range: { start: at, end } };
}

function numberToken(source: string, at: number, text: string): Token {
  const end = at + text.length;
  const range = { start: at, end };
  const next = source[end] ?? '';
  if (/[uU]/.test(next)) {
    refuse(
      'unsupported',
      'unsigned numbers are not part of JSON',
      { start: at, end: end + 1 },
      `write ${text}`,
    );
  }
  if (/[A-Za-z0-9_]/.test(next))
    refuse('syntax', `unexpected \`${next}\` after a number`, { start: end, end: end + 1 });
  const hexadecimal = /^0[xX]/.test(text);
  if (!hexadecimal && /[.eE]/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) refuse('unsupported', 'number too large', range);
    return { kind: 'double', text, value, range };
  }
  const value = Number(text);
  if (value > MAX_INT) {
    refuse('unsupported', 'integer beyond 2^53 - 1, which JSON cannot carry exactly', range, 'use a string');
  }
  return { kind: 'int', text, value, range };
}
