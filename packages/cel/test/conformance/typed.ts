import { formatType, type Type } from '@claimsmith/cel';
import { isObject, type Json, type JsonObject, objectAt, objectsAt } from './json.ts';

/** A value with its CEL type: JSON alone cannot tell the int 1 from the double 1.0. */
export type Typed =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list'; readonly elements: readonly Typed[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [key: string, value: Typed])[] };

/**
 * Reads a `cel.expr.Value` in protobuf's JSON mapping; undefined for what the JSON profile cannot carry.
 * @see https://github.com/google/cel-spec/blob/v0.25.1/proto/cel/expr/value.proto
 */
export function readValue(proto: JsonObject): Typed | undefined {
  const [kind] = Object.keys(proto);
  const value = kind === undefined ? undefined : proto[kind];
  switch (kind) {
    case 'nullValue':
      return { type: 'null' };
    case 'boolValue':
      return typeof value === 'boolean' ? { type: 'bool', value } : undefined;
    case 'int64Value':
      return { type: 'int', value: Number(value) };
    case 'doubleValue':
      return { type: 'double', value: Number(value) };
    case 'stringValue':
      return typeof value === 'string' ? { type: 'string', value } : undefined;
    case 'listValue': {
      const elements = objectsAt(objectAt(proto, kind), 'values').map(readValue);
      return elements.every((element) => element !== undefined) ? { type: 'list', elements } : undefined;
    }
    case 'mapValue': {
      const entries: [string, Typed][] = [];
      for (const entry of objectsAt(objectAt(proto, kind), 'entries')) {
        const key = readValue(objectAt(entry, 'key'));
        const member = readValue(objectAt(entry, 'value'));
        if (key?.type !== 'string' || member === undefined) return undefined;
        entries.push([key.value, member]);
      }
      return { type: 'map', entries };
    }
    default:
      return undefined;
  }
}

/** The value as the host would hand it to a generated function. */
export function toJson(value: Typed): Json {
  switch (value.type) {
    case 'null':
      return null;
    case 'list':
      return value.elements.map(toJson);
    case 'map':
      return Object.fromEntries(value.entries.map(([key, member]) => [key, toJson(member)]));
    default:
      return value.value;
  }
}

/**
 * Reads a `cel.expr.Type` in protobuf's JSON mapping; undefined for what the JSON profile does not have.
 * @see https://github.com/google/cel-spec/blob/v0.25.1/proto/cel/expr/checked.proto
 */
export function readType(proto: JsonObject): Type | undefined {
  if ('dyn' in proto) return { kind: 'dyn' };
  if ('null' in proto) return { kind: 'null' };
  if (isObject(proto['listType'])) {
    const element = readType(objectAt(proto['listType'], 'elemType'));
    return element && { kind: 'list', element };
  }
  if (isObject(proto['mapType'])) {
    const key = readType(objectAt(proto['mapType'], 'keyType'));
    const value = readType(objectAt(proto['mapType'], 'valueType'));
    return key && value && { kind: 'map', key, value };
  }
  if (isObject(proto['abstractType']) && proto['abstractType']['name'] === 'optional_type') {
    const [parameter] = objectsAt(proto['abstractType'], 'parameterTypes');
    const value = parameter && readType(parameter);
    return value && { kind: 'optional', value };
  }
  if (proto['wellKnown'] === 'TIMESTAMP') return { kind: 'timestamp' };
  if (proto['wellKnown'] === 'DURATION') return { kind: 'duration' };
  switch (proto['primitive']) {
    case 'BOOL':
      return { kind: 'bool' };
    case 'INT64':
      return { kind: 'int' };
    case 'DOUBLE':
      return { kind: 'double' };
    case 'STRING':
      return { kind: 'string' };
    default:
      return undefined;
  }
}

/** Says how a generated function's result and its static type differ from the expected value; undefined if they agree. */
export function difference(actual: unknown, expected: Typed, type: Type): string | undefined {
  const wanted = JSON.stringify(toJson(expected));
  if (!typeAllows(type, expected))
    return `static type ${formatType(type)} cannot hold ${expected.type} ${wanted}`;
  const same = agrees(actual, expected);
  return same
    ? undefined
    : `got ${JSON.stringify(actual) ?? String(actual)}, expected ${expected.type} ${wanted}`;
}

function agrees(actual: unknown, expected: Typed): boolean {
  switch (expected.type) {
    case 'null':
      return actual === null;
    case 'list':
      return (
        Array.isArray(actual) &&
        actual.length === expected.elements.length &&
        expected.elements.every((element, index) => agrees(actual[index], element))
      );
    case 'map':
      return (
        isObject(actual) &&
        Object.keys(actual).length === expected.entries.length &&
        expected.entries.every(([key, member]) => Object.hasOwn(actual, key) && agrees(actual[key], member))
      );
    default:
      // Object.is: NaN is NaN here, and -0 is not 0.
      return Object.is(actual, expected.value);
  }
}

function typeAllows(type: Type, value: Typed): boolean {
  switch (type.kind) {
    case 'dyn':
      return true;
    case 'optional':
      return typeAllows(type.value, value);
    case 'list':
      return value.type === 'list' && value.elements.every((element) => typeAllows(type.element, element));
    case 'map':
      return value.type === 'map' && value.entries.every(([, member]) => typeAllows(type.value, member));
    case 'record':
      return value.type === 'map';
    default:
      return type.kind === value.type;
  }
}
