/** Nashorn's additions to JavaScript: `Java`, and packages of Java by their names. */
import { itemsOf, javaArray, javaList } from './collections.ts';
import { javaObject, NoStandIn, textOf } from './objects.ts';
import { extendedType } from './types.ts';

type Types = ReadonlyMap<string, unknown>;

export function javaGlobals(types: Types): Readonly<Record<string, unknown>> {
  const type = (name: unknown): unknown => {
    const found = types.get(String(name));
    if (found === undefined) throw new NoStandIn(`Java.type(${String(name)})`);
    return found;
  };
  return {
    Java: { type, to, from: (list: unknown) => [...itemsOf(list)], extend: extendedType },
    java: javaPackage('java', types),
    javax: javaPackage('javax', types),
    org: javaPackage('org', types),
    Packages: javaPackage('', types),
    JavaImporter: function JavaImporter(...packages: readonly unknown[]): object {
      return importer(packages, types);
    },
  };
}

/** A script's own arrays belong to its realm, and so do those that it receives. */
function to(list: unknown, target: unknown): unknown {
  if (target === undefined || /\[\]$/.test(textOf(target))) return javaArray(itemsOf(list));
  if (textOf(target) === 'java.util.List') return javaList(itemsOf(list));
  throw new NoStandIn(`Java.to(…, ${textOf(target)})`);
}

const names = new WeakMap<object, string>();

/** `java.util`, and by it `java.util.ArrayList`. */
function javaPackage(name: string, types: Types): object {
  const made = javaObject(
    'JavaPackage',
    { toString: () => `[JavaPackage ${name}]` },
    {
      get: (member) => {
        const path = name === '' ? member : `${name}.${member}`;
        return types.get(path) ?? javaPackage(path, types);
      },
      names: () => [],
    },
  );
  names.set(made, name);
  return made;
}

/** For `with`: the classes of some packages by their short names. */
function importer(packages: readonly unknown[], types: Types): object {
  const found = (member: string) =>
    packages
      .map((one) => types.get(`${names.get(Object(one)) ?? ''}.${member}`))
      .find((type) => type !== undefined);
  return new Proxy(
    {},
    {
      has: (_target, key) => typeof key === 'string' && found(key) !== undefined,
      get: (_target, key) => (typeof key === 'string' ? found(key) : undefined),
    },
  );
}
