import type { Type } from './types.ts';

/** How large a value may be: a number, a text, or something that holds others. */
export interface Extent {
  /** Characters of a text, items of a list, keys of a map; 1 for anything else. */
  readonly length: number;
  /** The total size of a value and its content, as JSON counts it: characters, and three for each item. */
  readonly total: number;
  /** The extent of the largest element. `total` limits how many elements can be so large at once. */
  readonly inner: Extent | undefined;
}

/** How much is thought to be read. */
export interface Sizes {
  /** Of one list, or keys of one map. */
  readonly items: number;
  /** Of one text. */
  readonly characters: number;
  /** All of what the host gives at one path. */
  readonly total: number;
  /** What is known about the value at a path, such as `['claims', 'roles']`. */
  readonly at?: (path: readonly string[], type: Type) => Extent | undefined;
}

export const SCALAR: Extent = { length: 1, total: 3, inner: undefined };

export function text(length: number): Extent {
  return { length, total: 3 + length, inner: undefined };
}

/** A list or map of parts that are each at most `inner`. */
export function listOf(length: number, inner: Extent | undefined, total = Number.POSITIVE_INFINITY): Extent {
  return { length, total: Math.min(total, 3 + length * (inner?.total ?? 0)), inner };
}

export function larger(a: Extent, b: Extent): Extent {
  const inner =
    a.inner === undefined || b.inner === undefined ? (a.inner ?? b.inner) : larger(a.inner, b.inner);
  return { length: Math.max(a.length, b.length), total: Math.max(a.total, b.total), inner };
}

/** A value of which no more than `total` is there. */
export function within(extent: Extent, total: number): Extent {
  if (extent.total <= total) return extent;
  const { length, inner } = extent;
  if (inner === undefined) return { length: Math.min(length, total), total, inner };
  return { length: Math.min(length, total / 3), total, inner: within(inner, total) };
}

/** A value that has been found to be no longer than `length`. */
export function atMost(extent: Extent, length: number): Extent {
  if (extent.length <= length) return extent;
  return extent.inner === undefined ? text(length) : listOf(length, extent.inner, extent.total);
}

/** The largest extent of a host's value of a type. */
export function extentOf(type: Type, sizes: Sizes): Extent {
  const { items, characters, total } = sizes;
  switch (type.kind) {
    case 'string':
      return text(Math.min(characters, total));
    case 'dyn':
      // It may be a text, or a list of more of the same.
      return listOf(
        Math.min(Math.max(items, characters), total / 3),
        text(Math.min(characters, total)),
        total,
      );
    case 'list':
      return listOf(Math.min(items, total / 3), extentOf(type.element, sizes), total);
    case 'map':
      return listOf(Math.min(items, total / 3), extentOf(type.value, sizes), total);
    case 'optional':
      return extentOf(type.value, sizes);
    case 'record': {
      const fields = Object.values(type.fields).map((field) => extentOf(field.type, sizes));
      return listOf(fields.length, fields.length === 0 ? undefined : fields.reduce(larger), total);
    }
    default:
      return SCALAR;
  }
}
