import type { Term } from './terms.ts';
import type { OpaqueKind } from './types.ts';

/** A parameter or result type: a type with letters for the parts that each call fills in. */
export type Pattern =
  | { readonly kind: 'bool' | 'int' | 'double' | 'string' | 'dyn' | OpaqueKind }
  | { readonly kind: 'letter'; readonly name: string }
  | { readonly kind: 'list'; readonly element: Pattern }
  | { readonly kind: 'map'; readonly key: Pattern; readonly value: Pattern }
  | { readonly kind: 'optional'; readonly value: Pattern };

const ATOMS = new Set([
  'bool',
  'int',
  'double',
  'string',
  'dyn',
  'timestamp',
  'duration',
  'ip',
  'cidr',
] as const);

/** Reads `list(A).distinct() -> list(A)` or `size(string) -> int`. */
export function parseSignature(signature: string): {
  method: boolean;
  parameters: readonly Pattern[];
  result: Pattern;
} {
  const [call = '', result = ''] = signature.split(' -> ');
  const open = call.lastIndexOf('(', matchingOpen(call));
  const head = call.slice(0, open);
  const dot = head.lastIndexOf('.');
  const isSpaced = head === 'ip.isCanonical';
  const receiver =
    isSpaced || /^(email|sets|optional|math|base64|url|lists|hash)$/.test(head.slice(0, dot)) || dot < 0
      ? undefined
      : head.slice(0, dot);
  const parameters = splitTypes(call.slice(open + 1, -1));
  return {
    method: receiver !== undefined,
    parameters: (receiver === undefined ? parameters : [receiver, ...parameters]).map(parsePattern),
    result: parsePattern(result),
  };
}

/** Replaces the letters of a pattern with this call's holes, and `dyn` with this call's replacement. */
export function instantiate(
  pattern: Pattern,
  holeFor: (letter: string) => Term,
  dyn: Term = { kind: 'dyn' },
): Term {
  switch (pattern.kind) {
    case 'dyn':
      return dyn;
    case 'letter':
      return holeFor(pattern.name);
    case 'list':
      return { kind: 'list', element: instantiate(pattern.element, holeFor, dyn) };
    case 'map':
      return {
        kind: 'map',
        key: instantiate(pattern.key, holeFor, dyn),
        value: instantiate(pattern.value, holeFor, dyn),
      };
    case 'optional':
      return { kind: 'optional', value: instantiate(pattern.value, holeFor, dyn) };
    default:
      return { kind: pattern.kind };
  }
}

/** As a person would name it in a message: `list`, not `list(A)`. */
export function formatPattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'letter':
      return 'any value';
    case 'list':
      return pattern.element.kind === 'letter' ? 'list' : `list(${formatPattern(pattern.element)})`;
    case 'map':
      return 'map';
    case 'optional':
      return 'optional';
    default:
      return pattern.kind;
  }
}

/** Where the last bracket of the call opens. */
function matchingOpen(call: string): number {
  let depth = 0;
  for (let at = call.length - 1; at >= 0; at -= 1) {
    if (call[at] === ')') depth += 1;
    if (call[at] === '(') depth -= 1;
    if (depth === 0) return at;
  }
  return 0;
}

function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return part === '' ? parts : [...parts, part];
}

function parsePattern(text: string): Pattern {
  const name = text.trim();
  const inside = /^(list|map|optional)\((.*)\)$/.exec(name);
  if (inside === null) {
    for (const kind of ATOMS) if (kind === name) return { kind };
    return { kind: 'letter', name };
  }
  const [one = 'dyn', two = 'dyn'] = splitTypes(inside[2] ?? '');
  if (inside[1] === 'list') return { kind: 'list', element: parsePattern(one) };
  if (inside[1] === 'optional') return { kind: 'optional', value: parsePattern(one) };
  return { kind: 'map', key: parsePattern(one), value: parsePattern(two) };
}
