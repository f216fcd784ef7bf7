/** Objects as Nashorn hands them to a script: a text of Java is no text of JavaScript, a list has no array methods. */

/** The emulator has no stand-in for what a script uses. That is a fault of the emulator, not of the script. */
export class NoStandIn extends Error {
  override readonly name = 'NoStandIn';

  constructor(what: string) {
    super(what);
    missing?.push(what);
  }
}

/** A script may catch what is thrown, so that it is kept here too; runs never overlap, they are synchronous. */
let missing: string[] | undefined;

/** Runs something and says what the emulator had no stand-in for. */
export function recordingMissing<T>(run: () => T): {
  readonly result: T;
  readonly missing: readonly string[];
} {
  const recorded: string[] = [];
  missing = recorded;
  try {
    return { result: run(), missing: recorded };
  } finally {
    missing = undefined;
  }
}

/** An exception of Java, by its class and those above it. */
export class JavaException extends Error {
  override readonly name = 'JavaException';
  readonly classes: readonly string[];

  constructor(...classes: readonly string[]) {
    super(classes[0]);
    this.classes = classes;
  }
}

export type Members = Readonly<Record<string, unknown>>;

/** An object with these members. Any other is unknown to the emulator. */
export function javaObject(className: string, members: Members): object {
  return new Proxy(members, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return Reflect.get(target, key);
      // What JavaScript itself asks of objects.
      if (key === 'toString' || key === 'valueOf') return () => className;
      if (key === 'toJSON' || key === 'constructor') return undefined;
      throw new NoStandIn(`${className}.${key}`);
    },
    set(_target, key) {
      throw new NoStandIn(`${className}.${String(key)} =`);
    },
    has: (target, key) => Object.hasOwn(target, key),
  });
}

/** A `java.lang.String`, `Long` or other value of which only the text is of use; null stays null. */
export function javaText(value: string | number | null | undefined): object | null {
  if (value === undefined || value === null) return null;
  const text = String(value);
  return javaObject('java.lang.String', { toString: () => text, valueOf: () => text });
}

/** What a script passes where Java takes a text. */
export function textOf(value: unknown): string {
  return String(value);
}

export function javaList(items: readonly unknown[]): object {
  return javaObject('java.util.List', {
    iterator: () => javaIterator(items),
    size: () => items.length,
    isEmpty: () => items.length === 0,
    get: (index: unknown) => items[Number(index)],
    toString: () => `[${items.join(', ')}]`,
  });
}

/** An array, which has neither methods of JavaScript nor of lists. */
export function javaArray(items: readonly unknown[]): object {
  return javaObject('Object[]', { ...items, length: items.length });
}

/** A stream may be walked once. */
export function javaStream(items: readonly unknown[]): object {
  let isUsed = false;
  return javaObject('java.util.stream.Stream', {
    iterator: () => {
      if (isUsed) throw new JavaException('java.lang.IllegalStateException');
      isUsed = true;
      return javaIterator(items);
    },
  });
}

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

export function javaMap(entries: ReadonlyMap<string, unknown>): object {
  const get = (key: unknown) => entries.get(textOf(key)) ?? null;
  return javaObject('java.util.Map', {
    get,
    keySet: () => javaList([...entries.keys()].map(javaText)),
    containsKey: (key: unknown) => entries.has(textOf(key)),
    isEmpty: () => entries.size === 0,
    size: () => entries.size,
    values: () => javaList([...entries.values()]),
  });
}

/** Parameters of a form: each a list. */
export function javaForm(parameters: ReadonlyMap<string, string>): object {
  return javaObject('jakarta.ws.rs.core.MultivaluedMap', {
    getFirst: (name: unknown) => javaText(parameters.get(textOf(name))),
    get: (name: unknown) => {
      const value = parameters.get(textOf(name));
      return value === undefined ? null : javaList([javaText(value)]);
    },
    keySet: () => javaList([...parameters.keys()].map(javaText)),
    containsKey: (name: unknown) => parameters.has(textOf(name)),
  });
}

/** A class for `instanceof`, `.class` and static members; with `make` also for `new`. */
export function javaClass(
  name: string,
  statics: Members = {},
  make?: (...args: readonly unknown[]) => object,
): unknown {
  const construct = (...args: readonly unknown[]) => {
    if (make === undefined) throw new NoStandIn(`new ${name}`);
    return make(...args);
  };
  // A plain function, since `new` calls it and takes the object that it returns.
  function Type(...args: readonly unknown[]): object {
    return construct(...args);
  }
  const members = new Map<string | symbol, unknown>([
    ...Object.entries(statics),
    ['class', javaObject(`class ${name}`, { getName: () => javaText(name) })],
    [Symbol.hasInstance, (value: unknown) => isInstance(value, name)],
    ['prototype', Type.prototype],
  ]);
  return new Proxy(Type, {
    get(_target, key) {
      if (members.has(key)) return members.get(key);
      if (typeof key === 'symbol') return undefined;
      throw new NoStandIn(`${name}.${key}`);
    },
  });
}

/** Names of the classes of an object, under a key that no script can have. */
export const classNames = Symbol('classes');

function isInstance(value: unknown, name: string): boolean {
  if (value instanceof JavaException) return value.classes.includes(name);
  if (typeof value !== 'object' || value === null) return false;
  const names: unknown = Reflect.get(value, classNames);
  return Array.isArray(names) && names.includes(name);
}
