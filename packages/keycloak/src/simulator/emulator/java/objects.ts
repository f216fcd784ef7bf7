/** Objects as Nashorn hands them to a script: getters are properties too, and a list has no array methods. */

/** A script uses something that the emulator cannot emulate. That is a gap of the emulator, not a fault of the script. */
export class NoStandIn extends Error {
  override readonly name = 'NoStandIn';

  constructor(what: string) {
    super(what);
    missing?.push(what);
  }
}

/** A script may catch errors, so they are also recorded here. Runs are synchronous and never overlap. */
let missing: string[] | undefined;

/** Runs something, and reports what the emulator cannot emulate. */
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

/** The values of a Java object under names that are not members. */
export interface Content {
  /** Undefined if it has nothing of that name. */
  get(name: string): unknown;
  set?(name: string, value: unknown): void;
  /** The keys of `for (… in …)`. */
  names(): readonly string[];
}

/**
 * An object with these members, with getters and setters as properties. The emulator does not know any other member.
 */
export function javaObject(className: string, members: Members, content?: Content): object {
  const find = (key: string): unknown => {
    if (Object.hasOwn(members, key)) return members[key];
    const held = content?.get(key);
    if (held !== undefined) return held;
    const getter = beanMember(members, key, ['get', 'is']);
    if (getter !== undefined) return getter();
    // Names that JavaScript itself reads from objects.
    if (key === 'toString' || key === 'valueOf') return () => className;
    if (key === 'toJSON' || key === 'constructor') return undefined;
    throw new NoStandIn(`${className}.${key}`);
  };
  // A separate target: keys of a proxy must match those of its target.
  return new Proxy<object>(
    {},
    {
      get: (_target, key) => (typeof key === 'symbol' ? Reflect.get(members, key) : find(key)),
      set(_target, key, value) {
        const name = String(key);
        const setter = beanMember(members, name, ['set']);
        if (setter !== undefined) setter(value);
        else if (content?.set !== undefined) content.set(name, value);
        else throw new NoStandIn(`${className}.${name} =`);
        return true;
      },
      has: (_target, key) => Object.hasOwn(members, key) || content?.names().includes(String(key)) === true,
      ownKeys: () => [...(content?.names() ?? [])],
      getOwnPropertyDescriptor: (_target, key) =>
        content?.names().includes(String(key))
          ? { value: content.get(String(key)), enumerable: true, configurable: true }
          : undefined,
    },
  );
}

/** `getUsername` for `username`. */
function beanMember(members: Members, property: string, prefixes: readonly string[]) {
  const name = property.charAt(0).toUpperCase() + property.slice(1);
  for (const prefix of prefixes) {
    const found = Object.hasOwn(members, prefix + name) ? members[prefix + name] : undefined;
    if (typeof found === 'function') return (...args: readonly unknown[]): unknown => found(...args);
  }
  return undefined;
}

/** A text of Java is one of JavaScript; null stays null. */
export function javaText(value: string | null | undefined): string | null {
  return value ?? null;
}

const longs = new WeakMap<object, number>();

/** A `java.lang.Long`, which is an object that counts as a number. */
export function javaLong(value: number): object {
  const long = javaObject('java.lang.Long', {
    valueOf: () => value,
    toString: () => String(value),
    longValue: () => value,
    intValue: () => value,
  });
  longs.set(long, value);
  return long;
}

export function longOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null ? longs.get(value) : undefined;
}

/** A script's value for a Java parameter of type text. */
export function textOf(value: unknown): string {
  return String(value);
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
