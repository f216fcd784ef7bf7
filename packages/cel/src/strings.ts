import { refuse } from './problem.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** Digits after the escape letter. */
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

/** Reads the string literal whose quote stands at `start`. Throws the first problem. */
export function readString(source: string, start: number, raw: boolean): { value: string; end: number } {
  const quote = source.charAt(start);
  const triple = source.startsWith(quote.repeat(3), start);
  const close = triple ? quote.repeat(3) : quote;
  let at = start + close.length;
  let value = '';
  for (;;) {
    if (at >= source.length) return refuse('syntax', 'string is not closed', { start, end: source.length });
    if (source.startsWith(close, at)) return { value, end: at + close.length };
    const character = source.charAt(at);
    if (!triple && (character === '\n' || character === '\r')) {
      return refuse(
        'syntax',
        'string is not closed on its line',
        { start, end: at },
        'use """ for several lines',
      );
    }
    if (character === '\\' && !raw) {
      const escaped = readEscape(source, at);
      value += escaped.value;
      at = escaped.end;
      continue;
    }
    value += character;
    at += 1;
  }
}

function readEscape(source: string, at: number): { value: string; end: number } {
  const letter = source.charAt(at + 1);
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const octal = /^[0-3][0-7]{2}/.exec(source.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) return { value: String.fromCodePoint(Number.parseInt(octal, 8)), end: at + 4 };
  const length = Object.hasOwn(HEX_DIGITS, letter) ? HEX_DIGITS[letter] : undefined;
  if (length === undefined) {
    return refuse(
      'syntax',
      'unknown escape',
      { start: at, end: Math.min(at + 2, source.length) },
      'write \\\\ for a backslash',
    );
  }
  const end = at + 2 + length;
  const digits = source.slice(at + 2, end);
  const code = Number.parseInt(digits, 16);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    return refuse('syntax', `\\${letter} takes ${length} hexadecimal digits`, {
      start: at,
      end: Math.min(end, source.length),
    });
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    return refuse('syntax', 'not a Unicode character', { start: at, end });
  }
  return { value: String.fromCodePoint(code), end };
}
