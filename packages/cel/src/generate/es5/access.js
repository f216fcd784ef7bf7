/** @type {(map: CelMap, key: string, at: number) => Value} */
function get(map, key, at) {
  var value = hasOwn.call(map, key) ? map[key] : undefined;
  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;
}

/**
 * A constant map without a prototype, so that a read finds only its own entries.
 * @type {(entries: CelMap) => CelMap}
 */
function table(entries) {
  var map = Object.create(null);
  for (var key in entries) map[key] = entries[key];
  return map;
}

/** @type {(table: CelMap, key: string, at: number) => Value} */
function find(table, key, at) {
  var value = table[key];
  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;
}

/** @type {(map: CelMap, key: string) => Value | undefined} */
function getOptional(map, key) {
  return own(map, key) ? map[key] : undefined;
}

/** @type {(value: Value, key: string, at: number) => Value} */
function select(value, key, at) {
  if (value instanceof Optional)
    return box(value.value === undefined ? undefined : selectOptional(value.value, key, at));
  return isMap(value) ? get(value, key, at) : fail('no_such_key', at);
}

/** @type {(value: Value, key: string, at: number) => Value | undefined} */
function selectOptional(value, key, at) {
  if (value instanceof Optional)
    return value.value === undefined ? undefined : selectOptional(value.value, key, at);
  return isMap(value) ? getOptional(value, key) : fail('no_such_key', at);
}

/** @type {(value: Value, key: string, at: number) => boolean} */
function has(value, key, at) {
  if (value instanceof Optional) return value.value !== undefined && has(value.value, key, at);
  return isMap(value) ? own(value, key) : fail('no_such_key', at);
}

/**
 * Marks keys that are not strings, because 1 and "1" are different keys of a map.
 * @type {(key: Value, budget: Budget, at: number) => string}
 */
function keyOf(key, budget, at) {
  if (typeof key === 'string')
    return key.charCodeAt(0) === 0 ? fail('invalid_argument', at) : keyed(key, budget);
  return '\u0000' + (typeof key === 'boolean' ? key : integer(key, at));
}

/**
 * Removes the mark. A key of the host may begin with the mark too; it stays unchanged unless it looks like one of ours.
 * @type {(key: string) => string | number | boolean}
 */
function keyFrom(key) {
  if (!/^\u0000(true|false|-?[0-9]+)$/.test(key)) return key;
  return key === '\u0000true' || (key !== '\u0000false' && Number(key.slice(1)));
}

/**
 * Charges for the whole key: the engine hashes all of it.
 * @type {(key: string, budget: Budget) => string}
 */
function keyed(key, budget) {
  spend(budget, key.length >> 4);
  return key;
}

/** @type {(key: Value, budget: Budget) => string} */
function lookup(key, budget) {
  if (typeof key === 'string') return keyed(key, budget);
  return typeof key === 'number' || typeof key === 'boolean' ? '\u0000' + key : '__proto__';
}

/** @type {(map: CelMap, budget: Budget) => string[]} */
function ownKeys(map, budget) {
  var found = [];
  for (var key in map) {
    spend(budget, 16);
    if (own(map, key)) found.push(key);
  }
  return found;
}

/** @type {(map: CelMap, budget: Budget) => Value[]} */
function keys(map, budget) {
  return ownKeys(map, budget).map(keyFrom);
}

/** @type {(value: Value, budget: Budget, at: number) => Value[]} */
function items(value, budget, at) {
  if (isList(value)) return value;
  return isMap(value) ? keys(value, budget) : fail('no_matching_overload', at);
}

/** @type {(map: CelMap, key: string, value: Value, at: number) => void} */
function put(map, key, value, at) {
  if (key === '__proto__') fail('invalid_argument', at);
  if (hasOwn.call(map, key)) fail('duplicate_key', at);
  map[key] = value;
}

/** @type {(list: Value[], index: Value, at: number) => Value} */
function element(list, index, at) {
  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);
  return index >= 0 && index < list.length ? list[index] : fail('index_out_of_bounds', at);
}

/** @type {(list: Value[], index: Value, at: number) => Value | undefined} */
function elementOptional(list, index, at) {
  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);
  return index >= 0 && index < list.length ? list[index] : undefined;
}

/** @type {(value: Value, index: Value, budget: Budget, at: number) => Value} */
function at(value, index, budget, at) {
  if (value instanceof Optional)
    return box(value.value === undefined ? undefined : atOptional(value.value, index, budget, at));
  if (isList(value)) return element(value, index, at);
  return isMap(value) ? get(value, lookup(index, budget), at) : fail('no_matching_overload', at);
}

/** @type {(value: Value, index: Value, budget: Budget, at: number) => Value | undefined} */
function atOptional(value, index, budget, at) {
  if (value instanceof Optional)
    return value.value === undefined ? undefined : atOptional(value.value, index, budget, at);
  if (isList(value)) return elementOptional(value, index, at);
  return isMap(value) ? getOptional(value, lookup(index, budget)) : fail('no_matching_overload', at);
}

/** @type {(map: CelMap, budget: Budget) => number} */
function countKeys(map, budget) {
  var count = 0;
  for (var key in map) {
    spend(budget, 16);
    if (own(map, key)) count++;
  }
  return count;
}

/** @type {(value: Value, budget: Budget, at: number) => number} */
function size(value, budget, at) {
  if (typeof value === 'string') return lengthOf(value, budget);
  if (isList(value)) return value.length;
  return isMap(value) ? countKeys(value, budget) : fail('no_matching_overload', at);
}

/**
 * The entries of a map, or the elements of a list with their positions.
 * @type {(value: Value, budget: Budget, at: number) => [Value, Value | undefined][]}
 */
function pairs(value, budget, at) {
  /** @type {[Value, Value | undefined][]} */
  var found = [];
  if (isList(value)) {
    spend(budget, value.length * 2);
    for (var i = 0; i < value.length; i++) found.push([i, value[i]]);
    return found;
  }
  if (!isMap(value)) return fail('no_matching_overload', at);
  for (var key in value) {
    spend(budget, 18);
    if (own(value, key)) found.push([keyFrom(key), value[key]]);
  }
  return found;
}

/** @type {(map: CelMap, entries: CelMap, budget: Budget, at: number) => void} */
function putAll(map, entries, budget, at) {
  for (var key in entries) {
    spend(budget, 16);
    var value = getOptional(entries, key);
    if (value !== undefined) put(map, key, value, at);
  }
}
