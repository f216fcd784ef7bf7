/** @type {(value: number, at: number) => number} */
function checked(value, at) {
  return value <= 9007199254740991 && value >= -9007199254740991 ? value : fail('overflow', at);
}

/** @type {(a: number, b: number, at: number) => number} */
function multiply(a, b, at) {
  return checked(a * b, at) + 0;
}

/** @type {(a: number, b: number, at: number) => number} */
function divide(a, b, at) {
  if (b === 0) fail('divide_by_zero', at);
  var quotient = a / b;
  return (quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient)) + 0;
}

/** @type {(a: number, b: number, at: number) => number} */
function modulo(a, b, at) {
  return b === 0 ? fail('divide_by_zero', at) : (a % b) + 0;
}

/** @type {(a: Value, b: Value, isInt: boolean, budget: Budget, at: number) => Value} */
function add(a, b, isInt, budget, at) {
  if (typeof a !== 'number' || typeof b !== 'number') return append(a, b, budget, at);
  return isInt ? checked(a + b, at) : a + b;
}

/** @type {(a: Value, b: Value, isInt: boolean, at: number) => number} */
function subtract(a, b, isInt, at) {
  var difference = number(a, at) - number(b, at);
  return isInt ? checked(difference, at) : difference;
}

/** @type {(a: Value, b: Value, isInt: boolean, at: number) => number} */
function times(a, b, isInt, at) {
  var left = number(a, at);
  var right = number(b, at);
  return isInt ? multiply(left, right, at) : left * right;
}

/** @type {(a: Value, b: Value, isInt: boolean, at: number) => number} */
function over(a, b, isInt, at) {
  var left = number(a, at);
  var right = number(b, at);
  return isInt ? divide(left, right, at) : left / right;
}

/** @type {(a: Value, isInt: boolean, at: number) => number} */
function negate(a, isInt, at) {
  return isInt ? 0 - number(a, at) : -number(a, at);
}

/** @type {(value: number, at: number) => number} */
function intFromDouble(value, at) {
  return value !== value
    ? fail('overflow', at)
    : checked(value < 0 ? Math.ceil(value) : Math.floor(value), at) + 0;
}

/**
 * Longer ones are not numbers, and engines read them slowly.
 * @type {(string: string) => boolean}
 */
function isShort(string) {
  return string.length <= 400;
}

/** @type {(value: string, at: number) => number} */
function intFromString(value, at) {
  return isShort(value) && /^[+-]?[0-9]+$/.test(value)
    ? checked(Number(value), at) + 0
    : fail('conversion', at);
}

/** @type {(value: Value, at: number) => number} */
function toInt(value, at) {
  return typeof value === 'string' ? intFromString(value, at) : intFromDouble(number(value, at), at);
}

/** @type {(value: string, at: number) => number} */
function doubleFromString(value, at) {
  if (!isShort(value)) fail('conversion', at);
  if (/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(value) && isFinite(Number(value)))
    return Number(value);
  if (/^[+-]?nan$/i.test(value)) return NaN;
  if (/^-inf(inity)?$/i.test(value)) return -Infinity;
  return /^\+?inf(inity)?$/i.test(value) ? Infinity : fail('conversion', at);
}

/** @type {(value: Value, at: number) => number} */
function toDouble(value, at) {
  return typeof value === 'string' ? doubleFromString(value, at) : number(value, at);
}

/** @type {(value: string, at: number) => boolean} */
function boolFromString(value, at) {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(value) ? false : fail('conversion', at);
}

/** @type {(value: Value, at: number) => boolean} */
function toBool(value, at) {
  return typeof value === 'boolean' ? value : boolFromString(text(value, at), at);
}

/** @type {(value: Value, at: number) => string} */
function toText(value, at) {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail('no_matching_overload', at);
}

/**
 * What cannot be ordered has no greatest.
 * @type {(a: number, b: number, at: number) => number}
 */
function greater(a, b, at) {
  return a < b ? b : a >= b ? a : fail('invalid_argument', at);
}

/** @type {(a: number, b: number, at: number) => number} */
function lesser(a, b, at) {
  return a > b ? b : a <= b ? a : fail('invalid_argument', at);
}

/** @type {(list: Value[], pick: (a: number, b: number, at: number) => number, budget: Budget, at: number) => number} */
function pickOf(list, pick, budget, at) {
  spend(budget, list.length);
  if (list.length === 0) return fail('invalid_argument', at);
  var found = number(list[0], at);
  for (var i = 1; i < list.length; i++) found = pick(found, number(list[i], at), at);
  return found;
}

/** @type {(list: Value[], budget: Budget, at: number) => number} */
function greatest(list, budget, at) {
  return pickOf(list, greater, budget, at);
}

/** @type {(list: Value[], budget: Budget, at: number) => number} */
function least(list, budget, at) {
  return pickOf(list, lesser, budget, at);
}

/** @type {(value: number) => number} */
function floor(value) {
  return Math.floor(value);
}

/** @type {(value: number) => number} */
function ceil(value) {
  return Math.ceil(value);
}

/** @type {(value: number) => number} */
function trunc(value) {
  return value < 0 ? Math.ceil(value) : Math.floor(value);
}

/**
 * Halves are rounded away from zero.
 * @type {(value: number) => number}
 */
function round(value) {
  var whole = trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + (value < 0 ? -1 : 1) : whole;
}

/** @type {(value: number) => number} */
function abs(value) {
  return Math.abs(value);
}

/** @type {(value: number) => number} */
function sign(value) {
  return value > 0 ? 1 : value < 0 ? -1 : value + 0;
}

/** @type {(value: number) => boolean} */
function isNotNumber(value) {
  return value !== value;
}

/** @type {(value: number) => boolean} */
function isInfinite(value) {
  return value === Infinity || value === -Infinity;
}

/** @type {(value: number) => boolean} */
function hasLimit(value) {
  return isFinite(value);
}

/** @type {(value: Value, at: number) => number} */
function absAny(value, at) {
  return abs(number(value, at));
}

/** @type {(value: Value, at: number) => number} */
function signAny(value, at) {
  return sign(number(value, at));
}

/** @type {(value: Value, budget: Budget, at: number) => number} */
function greatestAny(value, budget, at) {
  return isList(value) ? greatest(value, budget, at) : number(value, at);
}

/** @type {(value: Value, budget: Budget, at: number) => number} */
function leastAny(value, budget, at) {
  return isList(value) ? least(value, budget, at) : number(value, at);
}
