/** A type of values, parsed. */
export type ValueType =
  | { readonly kind: 'string' | 'bool' | 'int' | 'double' | 'dyn' }
  | { readonly kind: 'list' | 'map'; readonly of: ValueType }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, ValueType>> };

/** A type of a contract: text, or a mapping of fields; undefined if it is not one. */
export function parseType(type: unknown): ValueType | undefined {
  if (typeof type === 'object') return parseFields(type);
  if (typeof type !== 'string') return undefined;
  if (type === 'string' || type === 'bool' || type === 'int' || type === 'double' || type === 'dyn')
    return { kind: type };
  const [, kind, inner] = /^(list|map)\((.*)\)$/s.exec(type) ?? [];
  const of = parseType(inner);
  return of && (kind === 'list' || kind === 'map') ? { kind, of } : undefined;
}

/** An object type; any of its fields may lack a value. */
export function parseFields(fields: unknown): ValueType | undefined {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined;
  const parsed: Record<string, ValueType> = Object.create(null);
  for (const [name, type] of Object.entries(fields)) {
    const one = parseType(type);
    if (one === undefined) return undefined;
    parsed[name] = one;
  }
  return { kind: 'record', fields: parsed };
}

/**
 * A frozen copy of a value that came from JSON, in which no object has a prototype; undefined if it is not of the type.
 * Requests share tokens through the cache, so nothing in them may change.
 */
export function typedValue(value: unknown, type: ValueType): unknown {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'dyn':
      return value === null ? undefined : frozen(value);
    case 'list':
      return Array.isArray(value) ? listOf(value, type.of) : undefined;
    default:
      return isObject(value) ? objectOf(value, type) : undefined;
  }
}

function listOf(list: readonly unknown[], of: ValueType): readonly unknown[] | undefined {
  const copy: unknown[] = [];
  for (const item of list) {
    const one = typedValue(item, of);
    if (one === undefined) return undefined;
    copy.push(one);
  }
  return Object.freeze(copy);
}

function objectOf(
  value: Readonly<Record<string, unknown>>,
  type: Extract<ValueType, { kind: 'map' | 'record' | 'list' }>,
): unknown {
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    const of = type.kind === 'record' ? type.fields[name] : type.of;
    // A field that the contract does not name is not read; one without a value is absent.
    if (of === undefined || (type.kind === 'record' && member === null)) continue;
    const one = typedValue(member, of);
    if (one === undefined) return undefined;
    copy[name] = one;
  }
  return Object.freeze(copy);
}

/** JSON has numbers that are infinite once they are read, such as 1e400: then it is undefined. */
function frozen(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map(frozen);
    return items.includes(undefined) ? undefined : Object.freeze(items);
  }
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    copy[name] = frozen(member);
    if (copy[name] === undefined) return undefined;
  }
  return Object.freeze(copy);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
