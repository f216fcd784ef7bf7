import { isMirror, isNode, type Value } from './draft.ts';
import { readJson } from './read-json.ts';

/** A mapper's `jsonType.label`; anything else leaves values as they are. */
type JsonType = string | undefined;

/**
 * A value by a mapper's `jsonType.label` and `multivalued`. Of several values without `multivalued`, the first counts.
 *
 * @returns undefined if there is nothing to write: no value, or one that does not convert
 */
export function convert(
  value: Value | undefined,
  config: Readonly<Record<string, string>>,
): Value | undefined {
  if (value === undefined || value === null) return undefined;
  const type = config['jsonType.label'];
  if (!Array.isArray(value)) return toType(type, value);
  if (value.length === 0) return undefined;
  // In a list, what does not convert becomes null.
  if (config['multivalued'] === 'true') return value.map((item) => toType(type, item) ?? null);
  return toType(type, value[0]);
}

function toType(type: JsonType, value: Value): Value | undefined {
  if (value === null) return undefined;
  switch (type) {
    case 'boolean':
      return typeof value === 'string' ? value.toLowerCase() === 'true' : booleanOf(value);
    case 'String':
      return textOf(value);
    case 'long':
      if (typeof value === 'bigint') return value;
      return typeof value === 'string' ? integer(value, -(2n ** 63n), 2n ** 63n - 1n) : undefined;
    case 'int':
      return typeof value === 'string' ? integer(value, -(2n ** 31n), 2n ** 31n - 1n) : undefined;
    case 'JSON':
      return typeof value === 'string' ? readJson(value) : nodeOf(value);
    default:
      return value;
  }
}

function booleanOf(value: Value): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function nodeOf(value: Value): Value | undefined {
  return value instanceof Map || isMirror(value) ? value : undefined;
}

/** Java's `toString`. */
export function textOf(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, member]) => `${key}=${textOf(member)}`).join(', ')}}`;
  if (isMirror(value)) return value.text;
  if (isNode(value)) return JSON.stringify(value.node);
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** Whole numbers of 32 bits become an `Integer`, all others a `Double`. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, value | 0)) return String(value);
  const size = Math.abs(value);
  if (value === 0) return '-0.0';
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** Java's `Long.valueOf`: a sign, then decimal digits of any script, within the bounds. */
function integer(text: string, least: bigint, most: bigint): number | undefined {
  const parts = /^([+-]?)(\p{Nd}+)$/u.exec(text);
  if (parts === null) return undefined;
  const digits = [...(parts[2] ?? '')].map(digitOf).join('');
  const value = BigInt(digits) * (parts[1] === '-' ? -1n : 1n);
  return value < least || value > most ? undefined : Number(value);
}

/** Decimal digits come in runs of ten, each from its zero. */
function digitOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}
