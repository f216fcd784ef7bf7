import type { Random } from './random.ts';

/** A key of the pool that can stand after a dot. `constructor` and the like must find no prototype. */
export function spellKey(random: Random): string {
  return random.pick([
    'a',
    'b',
    'k',
    'name',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'valueOf',
  ]);
}

export function spellInt(random: Random, value: number): string {
  if (!random.chance(0.1)) return String(value);
  return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16)}`;
}

export function spellDouble(random: Random, value: number): string {
  const digits = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  if (/e/.test(digits))
    return digits.includes('.') || random.chance(0.5) ? digits : digits.replace('e', '.0e');
  return digits.includes('.') ? digits : `${digits}.0`;
}

/** One of the ways CEL has to write the string. */
export function spellString(random: Random, value: string): string {
  const plain = /^[^\\'"\n\r\ud800-\udfff]*$/.test(value);
  switch (random.below(plain ? 5 : 2)) {
    case 0:
      return `'${escaped(value, "'")}'`;
    case 1:
      return `"${escaped(value, '"')}"`;
    case 2:
      return `r'${value}'`;
    case 3:
      return `"""${value}"""`;
    default:
      return `'${value}'`;
  }
}

/** A half of a surrogate pair alone stays as it is: CEL has no escape for one. */
function escaped(value: string, quote: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(
      /[\u0080-\ud7ff\ue000-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
