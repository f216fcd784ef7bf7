import type { Field, RecordType, TextForm, Type } from '@claimsmith/cel';
import type { Literal, TypeText } from './spec/schema.ts';

/** The type that a spec declares: `list(string)`, an object of named fields, or a list. The schema has checked the text. */
export function declaredType(text: TypeText | string, name: string): Type {
  if (isBracketed(text)) return { kind: 'list', element: declaredType(text[0], name) };
  if (typeof text !== 'string') return declaredRecord(text, name);
  const outer = /^(list|map)\((.*)\)$/.exec(text);
  if (outer?.[2] === undefined) return { kind: scalar(text) };
  const inner = declaredType(outer[2], name);
  return outer[1] === 'list'
    ? { kind: 'list', element: inner }
    : { kind: 'map', key: { kind: 'string' }, value: inner };
}

/** Whether a declared type or answer is in brackets: a list. `Array.isArray` does not know tuples that are read-only. */
export function isBracketed<T>(declared: unknown | readonly [T]): declared is readonly [T] {
  return Array.isArray(declared);
}

/** An object type; any of its fields may lack a value. */
export function declaredRecord(fields: Readonly<Record<string, TypeText>>, name: string): RecordType {
  const entries = Object.entries(fields).map(([key, text]) => {
    return [key, declaredField(text, `${name}.${key}`)] as const;
  });
  return { kind: 'record', name, fields: Object.fromEntries(entries) };
}

function declaredField(text: TypeText, name: string): Field {
  const [, form, inside = ''] = (typeof text === 'string' && /^(enum|json)\((.*)\)$/.exec(text)) || [];
  if (form === 'enum')
    return { type: { kind: 'string' }, text: { kind: 'enum', values: enumValues(inside) } };
  if (form === 'json')
    return { type: { kind: 'string' }, text: { kind: 'json', type: declaredType(inside, name) } };
  const type = declaredType(text, name);
  return type.kind === 'record' ? { type, always: true } : { type };
}

function enumValues(inside: string): readonly string[] {
  return inside.split(/[,|]/).map((value) => value.trim());
}

/** A record as expressions see it: a text that holds JSON is what it holds. */
export function asRead(record: RecordType): RecordType {
  const fields = Object.entries(record.fields).map(([name, field]) => {
    const type = typeAsRead(field);
    return type === field.type ? ([name, field] as const) : ([name, { ...field, type }] as const);
  });
  const isSame = fields.every(([name, field]) => field === record.fields[name]);
  return isSame ? record : { ...record, fields: Object.fromEntries(fields) };
}

function typeAsRead({ type, text }: Field): Type {
  if (text?.kind === 'json') return text.type;
  if (type.kind === 'record') return asRead(type);
  if (type.kind !== 'list' || type.element.kind !== 'record') return type;
  const element = asRead(type.element);
  return element === type.element ? type : { kind: 'list', element };
}

/**
 * The field at the beginning of a path whose text is checked before it is read, and its path; undefined if there is
 * none.
 */
export function checkedText(
  record: RecordType,
  path: readonly string[],
): { readonly path: readonly string[]; readonly text: TextForm } | undefined {
  let type: Type = record;
  for (const [depth, name] of path.entries()) {
    const field: Field | undefined =
      type.kind === 'record' && Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === undefined) return undefined;
    if (field.text !== undefined) return { path: path.slice(0, depth + 1), text: field.text };
    type = field.type;
  }
  return undefined;
}

function scalar(text: string): 'string' | 'bool' | 'int' | 'double' | 'dyn' {
  switch (text) {
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
      return text;
    default:
      return 'dyn';
  }
}

/** The type of a constant written in a spec. Lists and maps of unlike elements hold `dyn`. */
export function literalType(value: Literal): Type {
  if (typeof value === 'string') return { kind: 'string' };
  if (typeof value === 'boolean') return { kind: 'bool' };
  if (typeof value === 'number') return { kind: Number.isSafeInteger(value) ? 'int' : 'double' };
  if (Array.isArray(value)) return { kind: 'list', element: commonType(value.map(literalType)) };
  return { kind: 'map', key: { kind: 'string' }, value: commonType(Object.values(value).map(literalType)) };
}

function commonType(types: readonly Type[]): Type {
  const [first] = types;
  if (first === undefined) return { kind: 'dyn' };
  if (types.every((type) => sameType(type, first))) return first;
  if (types.every((type) => type.kind === 'int' || type.kind === 'double')) return { kind: 'double' };
  return { kind: 'dyn' };
}

function sameType(a: Type, b: Type): boolean {
  if (a.kind === 'list' && b.kind === 'list') return sameType(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.value, b.value);
  return a.kind === b.kind && a.kind !== 'record';
}

/** Whether a constant may stand where a value of `type` is expected. */
export function literalFits(value: Literal, type: Type): boolean {
  switch (type.kind) {
    case 'dyn':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'list':
      return Array.isArray(value) && value.every((element: Literal) => literalFits(element, type.element));
    case 'map':
      return isMapping(value) && Object.values(value).every((element) => literalFits(element, type.value));
    case 'optional':
      return literalFits(value, type.value);
    default:
      return false;
  }
}

function isMapping(value: Literal): value is { readonly [key: string]: Literal } {
  return typeof value === 'object' && !Array.isArray(value);
}
