/**
 * @this {Optional}
 * @param {Value | undefined} value
 */
function Optional(value) {
  this.value = value;
}

/**
 * A value that JSON has no type for. A time has its whole seconds in `value` and its nanoseconds in `rest`, which is
 * never negative. An address has its text in `value` and its version in `rest`; a network has its length there.
 * @this {Opaque}
 * @param {string} type
 * @param {number | string} value
 * @param {number} rest
 * @param {number[]} [groups]
 */
function Opaque(type, value, rest, groups) {
  this.type = type;
  this.value = value;
  this.rest = rest;
  this.groups = groups || [];
}

/** @type {(value: Value | undefined) => Optional} */
function box(value) {
  return new Optional(value);
}

/** @type {(value: Value, at: number) => Value | undefined} */
function unbox(value, at) {
  if (value instanceof Optional) return value.value;
  return fail('no_matching_overload', at);
}

/** @type {(value: Value | undefined) => value is Value[]} */
function isList(value) {
  return Array.isArray(value);
}

/** @type {(value: Value | undefined) => value is CelMap} */
function isMap(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isList(value) &&
    !(value instanceof Optional) &&
    !(value instanceof Opaque)
  );
}

/** @type {(map: CelMap, key: string) => boolean} */
function own(map, key) {
  return key !== '__proto__' && hasOwn.call(map, key) && map[key] !== undefined;
}

/** @type {<T>(value: T | undefined, at: number) => T} */
function need(value, at) {
  return value === undefined ? fail('no_such_key', at) : value;
}

/** @type {<T>(value: T | undefined, at: number) => T} */
function present(value, at) {
  return value === undefined ? fail('no_value', at) : value;
}

/**
 * A bound value that failed throws its error at the place of its use.
 * @type {<T>(problem: CelError | null, value: T) => T}
 */
function held(problem, value) {
  if (problem !== null) throw problem;
  return value;
}

/** @type {(value: Value, at: number) => string} */
function text(value, at) {
  return typeof value === 'string' ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => boolean} */
function bool(value, at) {
  return typeof value === 'boolean' ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => number} */
function number(value, at) {
  return typeof value === 'number' ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => number} */
function integer(value, at) {
  return typeof value === 'number' && Math.floor(value) === value
    ? checked(value, at)
    : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => Value[]} */
function list(value, at) {
  return isList(value) ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => CelMap} */
function map(value, at) {
  return isMap(value) ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, budget: Budget) => boolean} */
function isZero(value, budget) {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (value instanceof Optional) return value.value === undefined;
  // A duration of 0, and the first moment that a timestamp can be.
  if (value instanceof Opaque)
    return value.value === (value.type === 'duration' ? 0 : -62135596800) && value.rest === 0;
  return isList(value) ? value.length === 0 : countKeys(value, budget) === 0;
}
