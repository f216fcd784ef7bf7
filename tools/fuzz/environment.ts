import type { Environment, RecordType, Type } from '@claimsmith/cel';
import type { Random } from './random.ts';

export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const DOUBLE: Type = { kind: 'double' };
export const STRING: Type = { kind: 'string' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const DURATION: Type = { kind: 'duration' };
export const NULL: Type = { kind: 'null' };
export const DYN: Type = { kind: 'dyn' };
export const listOf = (element: Type): Type => ({ kind: 'list', element });
export const mapOf = (value: Type): Type => ({ kind: 'map', key: STRING, value });

const attributes: RecordType = {
  kind: 'record',
  name: 'attributes',
  fields: {
    country: { type: STRING },
    limit: { type: DOUBLE },
    level: { type: INT },
    groups: { type: listOf(STRING) },
  },
};

export const user: RecordType = {
  kind: 'record',
  name: 'user',
  fields: {
    id: { type: STRING, always: true },
    email: { type: STRING },
    age: { type: INT },
    score: { type: DOUBLE },
    verified: { type: BOOL },
    roles: { type: listOf(STRING) },
    labels: { type: mapOf(STRING) },
    profile: { type: DYN },
    attributes: { type: attributes, always: true },
  },
};

const variables = {
  b: BOOL,
  n: INT,
  m: INT,
  d: DOUBLE,
  s: STRING,
  t: STRING,
  words: listOf(STRING),
  ints: listOf(INT),
  nums: listOf(DOUBLE),
  flags: listOf(BOOL),
  mixed: listOf(DYN),
  labels: mapOf(STRING),
  counts: mapOf(INT),
  claims: mapOf(DYN),
  any: DYN,
  at: STRING,
  span: STRING,
  user,
} satisfies Record<string, Type>;

/** What the random expressions may name. */
export const environment: Environment = { variables };

const WORDS = [
  '',
  'a',
  'b',
  'ab',
  'A',
  'admin',
  'payments:read',
  'x y',
  ' pad ',
  'é',
  'ÅÉ',
  '1',
  '-7',
  '3.5',
  'true',
  'İ',
] as const;
/** Beyond the BMP, and a half of a pair alone. */
const WIDE_WORDS = ['😀', 'a😀b', '\ud83d', '\ude00x', '\uffff', '𐀀'] as const;
/** Names that JavaScript finds on prototypes, an index, and plain ones. */
const KEYS = [
  'a',
  'b',
  'k',
  'name',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  'valueOf',
  '0',
  '',
  'é',
] as const;
const INTS = [0, 1, -1, 2, 3, 7, -8, 100, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53 - 1)] as const;
const DOUBLES = [0, -0, 1, -1, 0.5, -2.75, 3, 1e21, -1e-7, 2 ** 53, 5e-324, 1.7976931348623157e308] as const;

/** A wide word in one of twenty strings: the oracles have little to say on them. */
export function randomString(random: Random): string {
  return random.chance(0.05) ? random.pick(WIDE_WORDS) : random.pick(WORDS);
}

/** Moments, and a text in ten that is none. */
export function randomMoment(random: Random): string {
  if (random.chance(0.1)) return random.pick(NO_MOMENTS);
  const two = (bound: number, from = 0) => String(random.below(bound) + from).padStart(2, '0');
  const year = random.pick(['0001', '1583', '1900', '1969', '1999', '2000', '2023', '2024', '2026', '9999']);
  const day = `${year}-${two(12, 1)}-${two(28, 1)}`;
  const fraction = random.pick(['', '', '', '.5', '.001', '.123456789', '.000000001', '.999999999']);
  const zone = random.pick(['Z', 'Z', 'Z', '+00:00', '+02:00', '-05:30', '+13:45']);
  return `${day}T${two(24)}:${two(60)}:${two(60)}${fraction}${zone}`;
}
const NO_MOMENTS = [
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-05-01T25:00:00Z',
  '2026-05-01T12:60:00Z',
  '2026-05-01',
  'now',
  '',
] as const;

/** Durations, and a text in ten that is none. */
export function randomSpan(random: Random): string {
  if (random.chance(0.1)) return random.pick(['', '1', '1d', 'h', '-', '1h-1m', '1.5', '1 h']);
  const part = () =>
    `${random.pick(['0', '1', '7', '90', '3600', '1.5', '.25', '0.000000001', '12345.678'])}${random.pick(['h', 'm', 's', 's', 'ms', 'us', 'ns'])}`;
  const parts = Array.from({ length: 1 + random.below(2) }, part);
  return `${random.pick(['', '', '', '-', '+'])}${parts.join('')}`;
}
export const randomKey = (random: Random): string => random.pick(KEYS);
export const randomInt = (random: Random): number =>
  random.chance(0.3) ? random.pick(INTS) : random.below(12) - 3;
export const randomDouble = (random: Random): number =>
  random.chance(0.5) ? random.pick(DOUBLES) : (random.below(400) - 100) / 8;

/** A value of the type, as a host would bind it: plain JSON, a record with every field present, maybe `undefined`. */
export function randomValue(random: Random, type: Type, depth = 3): unknown {
  switch (type.kind) {
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return randomInt(random);
    case 'double':
      return randomDouble(random);
    case 'string':
      return randomString(random);
    case 'null':
      return null;
    case 'list':
      return Array.from({ length: random.below(4) }, () => randomValue(random, type.element, depth - 1));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [
          randomKey(random),
          randomValue(random, type.value, depth - 1),
        ]),
      );
    case 'record':
      return Object.fromEntries(
        Object.entries(type.fields).map(([name, field]) => [
          name,
          field.always === true || random.chance(0.7)
            ? randomValue(random, field.type, depth - 1)
            : undefined,
        ]),
      );
    case 'dyn':
      return randomJson(random, depth);
    default:
      throw new Error(`a host binds no value of type ${type.kind}`);
  }
}

function randomJson(random: Random, depth: number): unknown {
  const scalars = [NULL, BOOL, DOUBLE, STRING] as const;
  const nested = [listOf(DYN), mapOf(DYN), mapOf(mapOf(DYN)), listOf(STRING)] as const;
  return randomValue(
    random,
    depth > 0 && random.chance(0.5) ? random.pick(nested) : random.pick(scalars),
    depth - 1,
  );
}

export type Data = Readonly<Record<string, unknown>>;

export function randomData(random: Random): Data {
  const values = Object.entries(environment.variables).map(
    ([name, type]) => [name, randomValue(random, type)] as const,
  );
  return { ...Object.fromEntries(values), at: randomMoment(random), span: randomSpan(random) };
}
