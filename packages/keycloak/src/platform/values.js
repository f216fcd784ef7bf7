/**
 * A text of Java as one of JavaScript; undefined for null.
 * @overload
 * @param {JavaText} value
 * @returns {string}
 *
 * @overload
 * @param {JavaText | null | undefined} value
 * @returns {string | undefined}
 *
 * @param {JavaText | null | undefined} value
 */
function text(value) {
  return value === null || value === undefined ? undefined : String(value);
}

/** @type {(value: JavaText | null | undefined) => number | undefined} */
function number(value) {
  var read = text(value);
  return read !== undefined && /^[+-]?[0-9]+$/.test(read) ? Number(read) : undefined;
}

/**
 * A time in milliseconds as RFC 3339 writes it.
 * @type {(ms: JavaText | null | undefined) => string | undefined}
 */
function isoTime(ms) {
  var read = number(ms);
  return read !== undefined && Math.abs(read) <= 8.64e15 ? new Date(read).toISOString() : undefined;
}

/**
 * As `java.lang.Boolean.valueOf` reads it.
 * @type {(value: JavaText | null | undefined) => boolean | undefined}
 */
function truth(value) {
  var read = text(value);
  return read === undefined ? undefined : read.toLowerCase() === 'true';
}

/** @type {(value: string | undefined) => unknown} */
function parsed(value) {
  try {
    return value === undefined ? undefined : JSON.parse(value);
  } catch (_error) {
    return undefined;
  }
}

/**
 * Reads the only value; undefined if there are several, or none.
 * @type {<T>(values: string[] | undefined, read: (value: string) => T | undefined) => T | undefined}
 */
function one(values, read) {
  return values !== undefined && values.length === 1 ? read(values[0]) : undefined;
}

/** @type {<T>(values: string[] | undefined, read: (value: string) => T) => T[] | undefined} */
function many(values, read) {
  return values && values.map(read);
}

/**
 * Undefined if there is none.
 * @type {(collection: JavaIterable<JavaText>) => string[] | undefined}
 */
function sortedTexts(collection) {
  var all = sorted(collection, text);
  return all.length === 0 ? undefined : all;
}

/**
 * Sorted, because Keycloak does not keep the order of roles, groups and the values of an attribute.
 * @type {<E>(collection: JavaIterable<E>, read: (element: E) => string | undefined) => string[]}
 */
function sorted(collection, read) {
  return listOf(collection, read).sort();
}

/**
 * The elements of a collection or stream of Java.
 * @type {<E, T>(collection: JavaIterable<E>, read: (element: E) => T | undefined) => T[]}
 */
function listOf(collection, read) {
  var list = [];
  for (var elements = collection.iterator(); elements.hasNext(); ) {
    var element = read(elements.next());
    if (element !== undefined) list.push(element);
  }
  return list;
}

/**
 * @template V, T
 * @param {JavaMap<V>} map
 * @param {(value: V) => T | undefined} read
 */
function recordOf(map, read) {
  /** @type {Record<string, T>} */
  var record = {};
  for (var keys = map.keySet().iterator(); keys.hasNext(); ) {
    var key = keys.next();
    var value = read(map.get(key));
    if (value !== undefined && String(key) !== '__proto__') record[String(key)] = value;
  }
  return record;
}

/** @type {(object: object, name: string) => boolean} */
function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/** @type {(bytes: JavaBytes) => string} */
function utf8(bytes) {
  var decoder = Java.type('java.nio.charset.StandardCharsets').UTF_8.newDecoder();
  return text(decoder.decode(Java.type('java.nio.ByteBuffer').wrap(bytes)));
}

/** @type {<N extends keyof Providers>(type: N) => Providers[N]} */
function providerOf(type) {
  return keycloakSession.getProvider(Java.type(type).class);
}
