import type { Sizes } from '@claimsmith/cel';
import { oneOf, type Random } from '../fuzz/random.ts';

/** What an expression of the search reads. */
export interface Data {
  readonly s: string;
  readonly t: string;
  readonly b: boolean;
  readonly n: number;
  readonly l: readonly string[];
  readonly r: readonly string[];
  readonly m: readonly (readonly string[])[];
  readonly o: Readonly<Record<string, string>>;
  readonly d: unknown;
}

const CHARACTERS = 4_096;
const ITEMS = 5_000;
/** All characters of one list: what a request may hold. */
const TOTAL = 262_144;

/** Texts that are hard on engines: all alike, alike until the end, of pairs, of cases, of blanks, of stars. */
const SHAPES: readonly ((length: number, index: number) => string)[] = [
  (length) => 'a'.repeat(length),
  (length) => `${'a'.repeat(Math.max(0, length - 1))}b`,
  (length) => `b${'a'.repeat(Math.max(0, length - 1))}`,
  (length) => 'ab'.repeat(length / 2),
  (length) => '😀'.repeat(length / 2),
  (length) => 'aé'.repeat(length / 2),
  (length) => 'Aa'.repeat(length / 2),
  (length) => ' '.repeat(length),
  (length) => '1'.repeat(length),
  (length) => '*a'.repeat(length / 2),
  (length) => '{a}'.repeat(length / 3),
  (length, index) => `${index}`.padEnd(length, 'a').slice(0, Math.max(length, 4)),
  (length, index) => `${index}`.padStart(length, 'a').slice(-Math.max(length, 4)),
];

const LENGTHS = [0, 1, 2, 5, 10, 30, 100, 300, 1_000, CHARACTERS];
const COUNTS = [1, 3, 10, 30, 100, 300, 1_000, ITEMS];

function text(random: Random): string {
  return oneOf(random, SHAPES)(oneOf(random, LENGTHS), 0);
}

function texts(random: Random): readonly string[] {
  const count = oneOf(random, COUNTS);
  const length = Math.min(oneOf(random, LENGTHS), Math.floor(TOTAL / count));
  const shape = oneOf(random, SHAPES);
  return Array.from({ length: count }, (_, index) => shape(length, index));
}

function nested(random: Random): readonly (readonly string[])[] {
  const count = oneOf(random, [1, 3, 10, 30, 100]);
  const all = texts(random);
  return Array.from({ length: count }, () => all.slice(0, Math.ceil(all.length / count)));
}

/** JSON of any shape: wide, deep, or a text. */
function json(random: Random): unknown {
  const wide = texts(random);
  const record = Object.fromEntries(wide.map((value, index) => [`k${index}`, value]));
  let deep: unknown = wide;
  for (let depth = 0; depth < 60; depth++) deep = random.chance(0.5) ? [deep] : { b: deep };
  return oneOf(random, [wide, record, deep, text(random), { b: wide, a: record }, nested(random)]);
}

/** As much as is read, or less. */
export function randomData(random: Random): Data {
  const l = texts(random);
  return {
    s: text(random),
    t: text(random),
    b: random.chance(0.5),
    n: oneOf(random, [0, 1, 1e308, 0.1]),
    l,
    r: random.chance(0.5) ? [...l] : texts(random),
    m: nested(random),
    o: Object.fromEntries(
      texts(random).map((value, index) => [random.chance(0.9) ? `k${index}` : value, value]),
    ),
    d: json(random),
  };
}

/** The same data with one part drawn anew. */
export function changedData(random: Random, data: Data): Data {
  const other = randomData(random);
  const key = oneOf(random, ['s', 't', 'l', 'r', 'm', 'o', 'd'] as const);
  return { ...data, [key]: other[key] };
}

/** What `check` would assume of an issuer that gives no more than this. */
export function sizesOf(data: Data): Sizes {
  const parts = Object.values(data);
  return {
    items: Math.max(...parts.map(mostItems)),
    characters: Math.max(...parts.map(longest)),
    total: Math.max(...parts.map((part) => JSON.stringify(part).length)),
  };
}

function mostItems(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const parts = Object.values(value);
  return parts.reduce<number>((most, part) => Math.max(most, mostItems(part)), parts.length);
}

function longest(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return [...Object.values(value), ...names].reduce<number>((most, part) => Math.max(most, longest(part)), 1);
}
