/** Lists, maps and streams of Java, as Nashorn hands them to a script. */
import { JavaException, javaLong, javaObject, NoStandIn, textOf } from './objects.ts';

/** The content of a collection, for its use outside the script. */
export type Held =
  | { readonly kind: 'list' | 'array'; readonly items: readonly unknown[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<unknown, unknown> };

const collections = new WeakMap<object, Held>();

export function heldBy(value: unknown): Held | undefined {
  return typeof value === 'object' && value !== null ? collections.get(value) : undefined;
}

/** @param isSet an element is in it once */
export function javaList(initial: readonly unknown[], isSet = false): object {
  const items = isSet ? [...new Set(initial)] : [...initial];
  const add = (item: unknown) => {
    if (isSet && items.includes(item)) return false;
    items.push(item);
    return true;
  };
  const at = (index: unknown) => {
    const position = Number(index);
    if (position < 0 || position >= items.length)
      throw new JavaException('java.lang.IndexOutOfBoundsException');
    return items[position] ?? null;
  };
  const list = javaObject(
    'java.util.List',
    {
      ...walking(() => items),
      add,
      addAll: (more: unknown) => itemsOf(more).filter(add).length > 0,
      get: at,
      size: () => items.length,
      isEmpty: () => items.length === 0,
      contains: (item: unknown) => items.includes(item),
      containsAll: (others: unknown) => itemsOf(others).every((item) => items.includes(item)),
      indexOf: (item: unknown) => items.indexOf(item),
      toString: () => `[${items.map(textOf).join(', ')}]`,
      valueOf: () => `[${items.map(textOf).join(', ')}]`,
    },
    {
      get: (name) => (name === 'length' ? items.length : /^\d+$/.test(name) && !isSet ? at(name) : undefined),
      names: () => items.map((_, index) => String(index)),
    },
  );
  collections.set(list, { kind: 'list', items });
  return list;
}

export function javaMap(initial: ReadonlyMap<unknown, unknown>): object {
  const entries = new Map(initial);
  const put = (key: unknown, value: unknown) => {
    const before = entries.get(key) ?? null;
    entries.set(key, value);
    return before;
  };
  const map = javaObject(
    'java.util.Map',
    {
      get: (key: unknown) => entries.get(key) ?? null,
      getOrDefault: (key: unknown, otherwise: unknown) => entries.get(key) ?? otherwise,
      put,
      remove: (key: unknown) => {
        const before = entries.get(key) ?? null;
        entries.delete(key);
        return before;
      },
      containsKey: (key: unknown) => entries.has(key),
      size: () => entries.size,
      isEmpty: () => entries.size === 0,
      keySet: () => javaList([...entries.keys()], true),
      values: () => javaList([...entries.values()]),
      entrySet: () =>
        javaList(
          [...entries].map(([key, value]) =>
            javaObject('java.util.Map.Entry', { getKey: () => key, getValue: () => value }),
          ),
        ),
      forEach: (each: unknown) => {
        for (const [key, value] of entries) called(each, key, value);
      },
      toString: () => `{${[...entries].map(([key, value]) => `${textOf(key)}=${textOf(value)}`).join(', ')}}`,
    },
    {
      // A name that is not a method is an entry, whether it exists or not.
      get: (name) => {
        if (laterMethods.has(name)) throw new NoStandIn(`java.util.Map.${name}`);
        return entries.get(name) ?? null;
      },
      set: put,
      names: () => [...entries.keys()].map(textOf),
    },
  );
  collections.set(map, { kind: 'map', entries });
  return map;
}

const laterMethods = new Set([
  ...['putAll', 'putIfAbsent', 'clear', 'compute', 'computeIfAbsent', 'computeIfPresent', 'merge'],
  ...['replace', 'replaceAll', 'containsValue', 'equals', 'hashCode', 'getClass'],
]);

/** A stream may be walked once. */
export function javaStream(items: readonly unknown[]): object {
  let isUsed = false;
  const once = () => {
    if (isUsed) throw new JavaException('java.lang.IllegalStateException');
    isUsed = true;
    return items;
  };
  const every = (test: unknown) => once().every((item) => called(test, item) === true);
  const some = (test: unknown) => once().some((item) => called(test, item) === true);
  return javaObject('java.util.stream.Stream', {
    ...walking(once),
    map: (change: unknown) => javaStream(once().map((item) => called(change, item))),
    filter: (test: unknown) => javaStream(once().filter((item) => called(test, item) === true)),
    flatMap: (change: unknown) => javaStream(once().flatMap((item) => itemsOf(called(change, item)))),
    sorted: (...order: readonly unknown[]) => {
      if (order.length > 0) throw new NoStandIn('java.util.stream.Stream.sorted by an order');
      return javaStream(once().toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)));
    },
    distinct: () => javaStream([...new Set(once())]),
    limit: (count: unknown) => javaStream(once().slice(0, Number(count))),
    skip: (count: unknown) => javaStream(once().slice(Number(count))),
    anyMatch: some,
    allMatch: every,
    noneMatch: (test: unknown) => !some(test),
    count: () => javaLong(once().length),
    findFirst: () => optional(once()[0]),
    findAny: () => optional(once()[0]),
    toList: () => javaList(once()),
    collect: (collector: unknown) => called(collectors.get(Object(collector)), once()),
  });
}

/** The common methods of lists and streams. */
function walking(items: () => readonly unknown[]) {
  return {
    iterator: () => javaIterator(items()),
    forEach: (each: unknown) => {
      for (const item of items()) called(each, item);
    },
    stream: () => javaStream(items()),
  };
}

function optional(value: unknown): object {
  const isThere = value !== undefined && value !== null;
  return javaObject('java.util.Optional', {
    isPresent: () => isThere,
    isEmpty: () => !isThere,
    get: () => {
      if (!isThere) throw new JavaException('java.util.NoSuchElementException');
      return value;
    },
    orElse: (otherwise: unknown) => (isThere ? value : otherwise),
  });
}

const collectors = new WeakMap<object, unknown>();

function collector(collect: (items: readonly unknown[]) => unknown): object {
  const made = javaObject('java.util.stream.Collector', {});
  collectors.set(made, collect);
  return made;
}

export const collectorStatics = {
  toList: () => collector((items) => javaList(items)),
  toSet: () => collector((items) => javaList(items, true)),
  joining: (separator: unknown = '') => collector((items) => items.map(textOf).join(textOf(separator))),
};

function javaIterator(items: readonly unknown[]): object {
  let at = 0;
  return javaObject('java.util.Iterator', {
    hasNext: () => at < items.length,
    next: () => {
      if (at >= items.length) throw new JavaException('java.util.NoSuchElementException');
      return items[at++];
    },
  });
}

/** An array, which has neither methods of JavaScript nor of lists. */
export function javaArray(items: readonly unknown[]): object {
  const array = javaObject('Object[]', { ...items, length: items.length });
  collections.set(array, { kind: 'array', items });
  return array;
}

/** The elements of a collection or array of Java, or of an array of JavaScript. */
export function itemsOf(value: unknown): readonly unknown[] {
  const held = heldBy(value);
  if (held !== undefined && held.kind !== 'map') return held.items;
  // One of the script's realm lacks what came after ECMAScript 5.1.
  if (Array.isArray(value)) return [...value];
  throw new NoStandIn('elements of a value that is not a list');
}

function called(what: unknown, ...args: readonly unknown[]): unknown {
  if (typeof what !== 'function') throw new NoStandIn('a function that is not JavaScript');
  return what(...args);
}

/** Parameters of a form: each a list. */
export function javaForm(parameters: ReadonlyMap<string, string>): object {
  const first = (name: unknown) => parameters.get(textOf(name)) ?? null;
  return javaObject('jakarta.ws.rs.core.MultivaluedMap', {
    getFirst: first,
    get: (name: unknown) => {
      const value = first(name);
      return value === null ? null : javaList([value]);
    },
    keySet: () => javaList([...parameters.keys()], true),
    containsKey: (name: unknown) => parameters.has(textOf(name)),
  });
}
