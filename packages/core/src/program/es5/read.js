/**
 * Longer texts are not names, addresses or ids, and would cost too many steps.
 * @type {(value: unknown) => string | undefined}
 */
function asString(value) {
  return typeof value === 'string' && value.length <= 4096 ? value : undefined;
}

/** @type {(value: unknown) => boolean | undefined} */
function asBool(value) {
  return typeof value === 'boolean' ? value : undefined;
}

/** @type {(value: unknown) => number | undefined} */
function asInt(value) {
  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991
    ? value + 0
    : undefined;
}

/** @type {(value: unknown) => number | undefined} */
function asDouble(value) {
  return typeof value === 'number' && isFinite(value) ? value : undefined;
}

/**
 * A host's clock: milliseconds since 1970.
 * @type {(value: unknown) => Opaque | undefined}
 */
function asTimestamp(value) {
  var ms = typeof value === 'number' ? Math.floor(value) : NaN;
  var seconds = Math.floor(ms / 1000);
  return seconds >= -62135596800 && seconds <= 253402300799
    ? new Opaque('timestamp', seconds, (ms - seconds * 1000) * 1e6)
    : undefined;
}

/** @type {(value: unknown, texts: string[]) => string | undefined} */
function asOneOf(value, texts) {
  return typeof value === 'string' && texts.indexOf(value) >= 0 ? value : undefined;
}

/**
 * What a text holds as JSON. A long or deep one is not parsed.
 * @type {<T>(value: unknown, as: Reader<T>, budget: Budget) => T | undefined}
 */
function asJson(value, as, budget) {
  if (typeof value !== 'string' || value.length > 65536 || !affords(budget, value.length)) return undefined;
  if (isDeeper(value, 64)) return undefined;
  var parsed;
  try {
    parsed = JSON.parse(value);
  } catch (_error) {
    return undefined;
  }
  return as(parsed, budget);
}

/**
 * Whether brackets outside texts are nested deeper, so that parsing could exhaust the stack.
 * @type {(json: string, levels: number) => boolean}
 */
function isDeeper(json, levels) {
  var depth = 0;
  var isText = false;
  for (var i = 0; i < json.length; i++) {
    var unit = json.charCodeAt(i);
    if (isText && unit === 92) i++;
    else if (unit === 34) isText = !isText;
    else if (!isText && (unit === 91 || unit === 123)) depth++;
    else if (!isText && (unit === 93 || unit === 125)) depth--;
    if (depth > levels) return true;
  }
  return false;
}

/** @type {(value: unknown, budget: Budget) => unknown} */
function asAny(value, budget) {
  return value === null || !isRead(value, 0, budget) ? undefined : value;
}

/**
 * Whether a value without a declared type is JSON within the usual bounds.
 * @type {(value: unknown, depth: number, budget: Budget) => boolean}
 */
function isRead(value, depth, budget) {
  if (typeof value === 'string') return asString(value) !== undefined;
  if (Array.isArray(value)) {
    if (depth > 64 || value.length > 5000 || !affords(budget, value.length * 2)) return false;
    for (var i = 0; i < value.length; i++) if (!isRead(value[i], depth + 1, budget)) return false;
    return true;
  }
  if (!isMapping(value)) return value === null || typeof value === 'boolean' || asDouble(value) !== undefined;
  if (depth > 64) return false;
  for (var key in value) {
    if (!affords(budget, 16)) return false;
    if (hasOwn.call(value, key) && !isRead(value[key], depth + 1, budget)) return false;
  }
  return true;
}

/** @type {<T>(value: unknown, as: Reader<T>, budget: Budget) => T[] | undefined} */
function asList(value, as, budget) {
  // Longer lists are not roles or groups.
  if (!Array.isArray(value) || value.length > 5000 || !affords(budget, value.length * 2)) return undefined;
  var list = [];
  for (var i = 0; i < value.length; i++) {
    var element = as(value[i], budget);
    if (element === undefined) return undefined;
    list.push(element);
  }
  return list;
}

/**
 * @template T
 * @param {unknown} value
 * @param {Reader<T>} as
 * @param {Budget} budget
 */
function asMap(value, as, budget) {
  if (!isMapping(value)) return undefined;
  /** @type {Record<string, T>} */
  var map = {};
  var count = 0;
  for (var key in value) {
    if (!hasOwn.call(value, key)) continue;
    var element = key === '__proto__' || asString(key) === undefined ? undefined : as(value[key], budget);
    if (element === undefined || ++count > 5000 || !affords(budget, 64)) return undefined;
    map[key] = element;
  }
  return map;
}

/**
 * The entries of an object that exist; any other value as it is.
 * @type {(value: unknown, keys: string[]) => unknown}
 */
function entriesOf(value, keys) {
  if (!isMapping(value)) return value;
  /** @type {Record<string, unknown>} */
  var found = {};
  for (var i = 0; i < keys.length; i++) if (hasOwn.call(value, keys[i])) found[keys[i]] = value[keys[i]];
  return found;
}

/**
 * An object as it is. The caller reads its fields one by one.
 * @type {(value: unknown) => Record<string, unknown> | undefined}
 */
function asObject(value) {
  return isMapping(value) ? value : undefined;
}

/** @type {(value: unknown, budget: Budget) => Record<string, unknown>[] | undefined} */
function asObjects(value, budget) {
  return asList(value, asObject, budget);
}

/**
 * The requested scopes or details. Absent means none were requested; unreadable (undefined) does not.
 * @type {<T>(value: unknown, as: Reader<T[]>, budget: Budget) => T[] | undefined}
 */
function asAsked(value, as, budget) {
  return value === undefined ? [] : as(value, budget);
}

/**
 * Who acts for the subject, from the claim `act` of RFC 8693. Without an actor it is empty. The chain is null if it is
 * unreadable, or has more than five actors.
 * @type {(value: unknown) => Actor}
 */
function asActor(value) {
  /** @type {string[]} */
  var chain = [];
  for (
    var actor = value;
    actor !== undefined && actor !== null && chain.length < 6;
    actor = fieldOf(actor, 'act')
  )
    chain.push(/** @type {string} */ (fieldOf(actor, 'sub')));
  if (chain.length === 0 || isBlank(value)) return {};
  return chain.length < 6 && chain.every(asString) ? { sub: chain[0], chain: chain } : { chain: null };
}

/**
 * The same where the actors may be a list that begins with the present one.
 * @type {(value: unknown) => Actor}
 */
function asListedActor(value) {
  var listed = fieldOf(value, 'chain');
  var sub = fieldOf(value, 'sub');
  if (!Array.isArray(listed)) return asActor(value);
  if (listed.length === 0 || (sub !== undefined && sub !== listed[0])) return { chain: null };
  var actor;
  for (var i = Math.min(listed.length, 6) - 1; i >= 0; i--) actor = { sub: listed[i], act: actor };
  return asActor(actor);
}

/**
 * Whether it is an object without anything in it.
 * @type {(value: unknown) => boolean}
 */
function isBlank(value) {
  for (var _name in Object(value)) return false;
  return isMapping(value);
}

/** @type {(value: unknown) => value is Record<string, unknown>} */
function isMapping(value) {
  return isObject(value) && !Array.isArray(value);
}

/** @type {(object: unknown, name: string) => unknown} */
function fieldOf(object, name) {
  return isObject(object) && hasOwn.call(object, name) ? object[name] : undefined;
}

/** @type {(value: unknown) => value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
