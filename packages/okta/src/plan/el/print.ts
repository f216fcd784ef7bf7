import type { El, Operator } from './parse.ts';

/** An expression as text that parses to the same expression, with as few parentheses as possible. */
export function printEl(el: El): string {
  return print(el, 0);
}

/**
 * Characters that need no escape between double quotes. Older versions of Spring read two single quotes there as one,
 * and templates begin with `${` or `#{`.
 */
export function isWritable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it refuses.
  return !/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|''|[$#]\{|\p{Cs}/u.test(text);
}

/** Whether a number has a form that Java reads as the same: a plain `int`, or digits with a fraction. */
export function isWritableNumber(value: number): boolean {
  return value >= 0 && value <= 2_147_483_647 && !Object.is(value, -0) && /^\d+(\.\d+)?$/.test(String(value));
}

/** How tightly operators bind. */
const levels: Readonly<Record<Operator, number>> = {
  OR: 1,
  AND: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
};

function print(el: El, outer: number): string {
  switch (el.kind) {
    case 'literal':
      return typeof el.value === 'string' ? quoted(el.value) : String(el.value);
    case 'name':
      return el.name;
    case 'property':
      return `${print(el.target, 6)}.${el.name}`;
    case 'call': {
      const target = el.target === undefined ? '' : `${print(el.target, 6)}.`;
      return `${target}${el.name}(${el.args.map((arg) => print(arg, 0)).join(', ')})`;
    }
    case 'list':
      return `{${el.elements.map((element) => print(element, 0)).join(', ')}}`;
    case 'not':
      return bracketed(`!${print(el.operand, 5)}`, 5, outer);
    case 'negative':
      return bracketed(`-${print(el.operand, 5)}`, 5, outer);
    case 'binary': {
      const level = levels[el.operator];
      // Comparisons do not chain; the others are associative, and lean to the left.
      const left = print(el.left, level === 3 ? 4 : level);
      return bracketed(`${left} ${el.operator} ${print(el.right, level + 1)}`, level, outer);
    }
    case 'ternary':
      return bracketed(`${print(el.test, 1)} ? ${print(el.yes, 1)} : ${print(el.no, 0)}`, 0.5, outer);
  }
}

function bracketed(text: string, level: number, outer: number): string {
  return level < outer ? `(${text})` : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
