// biome-ignore-all lint: this file is ES5, where `var`, function expressions and own-property calls are all there is
// What generated code may call: ES5 in syntax and in built-ins, since Keycloak's script engine runs no more.
// One top-level `function` or `var` per helper. `npm run generate` cuts this file into
// `helpers.gen.ts`; only what a policy uses is emitted, in this order.
// Failing helpers take `at`, the place in the expression. No value ever goes into an error.
// Helpers whose work grows with their input take `budget`, the steps that are left to the whole issuance, and pay
// before they work. A step pays for about four characters that a loop looks at, or sixteen that the engine does.
// CEL's optional is `undefined` (none) or the value itself; inside lists, maps and other optionals it is `Optional`.

var hasOwn = Object.prototype.hasOwnProperty;

function CelError(code, at) {
  this.code = code;
  this.at = at;
}

function fail(code, at) {
  throw new CelError(code, at);
}

// Written so that a missing budget is an empty one.
function spend(budget, steps) {
  budget.left -= steps;
  if (!(budget.left >= 0)) fail('steps', 0);
}

// An error that is kept for later, unless it says that the whole takes too long. Throwing it took long, too.
function caught(error, budget) {
  if (error.code === 'steps') throw error;
  spend(budget, 100);
  return error;
}

// At worst an engine compares the whole part at each position of a text.
function seek(string, part, budget) {
  var positions = string.length - part.length + 1;
  spend(budget, positions > 0 ? 1 + (positions * (part.length + 1)) / 16 : 1);
}

function Optional(value) {
  this.value = value;
}

function box(value) {
  return new Optional(value);
}

function unbox(value, at) {
  if (value instanceof Optional) return value.value;
  return fail('no_matching_overload', at);
}

function isList(value) {
  return Array.isArray(value);
}

function isMap(value) {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Optional);
}

function own(map, key) {
  return key !== '__proto__' && hasOwn.call(map, key) && map[key] !== undefined;
}

function need(value, at) {
  return value === undefined ? fail('no_such_key', at) : value;
}

// A bound value that could not be worked out fails where it is used.
function held(problem, value) {
  if (problem !== null) throw problem;
  return value;
}

function text(value, at) {
  return typeof value === 'string' ? value : fail('no_matching_overload', at);
}

function bool(value, at) {
  return typeof value === 'boolean' ? value : fail('no_matching_overload', at);
}

function number(value, at) {
  return typeof value === 'number' ? value : fail('no_matching_overload', at);
}

function integer(value, at) {
  return typeof value === 'number' && Math.floor(value) === value
    ? checked(value, at)
    : fail('no_matching_overload', at);
}

function list(value, at) {
  return isList(value) ? value : fail('no_matching_overload', at);
}

function map(value, at) {
  return isMap(value) ? value : fail('no_matching_overload', at);
}

function get(map, key, at) {
  var value = hasOwn.call(map, key) ? map[key] : undefined;
  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;
}

// A constant map without a prototype, so that one read finds all that is in it and nothing else.
function table(entries) {
  var map = Object.create(null);
  for (var key in entries) map[key] = entries[key];
  return map;
}

function find(table, key, at) {
  var value = table[key];
  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;
}

function getOptional(map, key) {
  return own(map, key) ? map[key] : undefined;
}

function select(value, key, at) {
  if (value instanceof Optional)
    return box(value.value === undefined ? undefined : selectOptional(value.value, key, at));
  return isMap(value) ? get(value, key, at) : fail('no_such_key', at);
}

function selectOptional(value, key, at) {
  if (value instanceof Optional)
    return value.value === undefined ? undefined : selectOptional(value.value, key, at);
  return isMap(value) ? getOptional(value, key) : fail('no_such_key', at);
}

function has(value, key, at) {
  if (value instanceof Optional) return value.value !== undefined && has(value.value, key, at);
  return isMap(value) ? own(value, key) : fail('no_such_key', at);
}

// Keys that are no strings are kept apart from those that are: 1 and "1" are two keys of one map.
function keyOf(key, budget, at) {
  if (typeof key === 'string')
    return key.charCodeAt(0) === 0 ? fail('invalid_argument', at) : keyed(key, budget);
  return '\u0000' + (typeof key === 'boolean' ? key : integer(key, at));
}

// A key of the host's may begin with the mark, too; it stays what it is, unless it reads like one of ours.
function keyFrom(key) {
  if (!/^\u0000(true|false|-?[0-9]+)$/.test(key)) return key;
  return key === '\u0000true' || (key !== '\u0000false' && Number(key.slice(1)));
}

// Before a map finds a key, the engine looks at all of it.
function keyed(key, budget) {
  spend(budget, key.length >> 4);
  return key;
}

function lookup(key, budget) {
  if (typeof key === 'string') return keyed(key, budget);
  return typeof key === 'number' || typeof key === 'boolean' ? '\u0000' + key : '__proto__';
}

function ownKeys(map, budget) {
  var found = [];
  for (var key in map) {
    spend(budget, 16);
    if (own(map, key)) found.push(key);
  }
  return found;
}

function keys(map, budget) {
  return ownKeys(map, budget).map(keyFrom);
}

function items(value, budget, at) {
  if (isList(value)) return value;
  return isMap(value) ? keys(value, budget) : fail('no_matching_overload', at);
}

function put(map, key, value, at) {
  if (key === '__proto__') fail('invalid_argument', at);
  if (hasOwn.call(map, key)) fail('duplicate_key', at);
  map[key] = value;
}

function element(list, index, at) {
  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);
  return index >= 0 && index < list.length ? list[index] : fail('index_out_of_bounds', at);
}

function elementOptional(list, index, at) {
  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);
  return index >= 0 && index < list.length ? list[index] : undefined;
}

function at(value, index, budget, at) {
  if (value instanceof Optional)
    return box(value.value === undefined ? undefined : atOptional(value.value, index, budget, at));
  if (isList(value)) return element(value, index, at);
  return isMap(value) ? get(value, lookup(index, budget), at) : fail('no_matching_overload', at);
}

function atOptional(value, index, budget, at) {
  if (value instanceof Optional)
    return value.value === undefined ? undefined : atOptional(value.value, index, budget, at);
  if (isList(value)) return elementOptional(value, index, at);
  return isMap(value) ? getOptional(value, lookup(index, budget)) : fail('no_matching_overload', at);
}

// Where one of the two is surely a text.
function sameText(a, b, budget) {
  if (typeof a !== 'string' || typeof b !== 'string' || a.length !== b.length) return false;
  spend(budget, a.length >> 4);
  return a === b;
}

function equals(a, b, budget) {
  return same(a, b, 0, budget);
}

// Values nested deeper than any token may carry are unequal rather than an endless comparison.
function same(a, b, depth, budget) {
  if (typeof a === 'string') return sameText(a, b, budget);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 64)
    return a === b;
  spend(budget, 1);
  if (a instanceof Optional || b instanceof Optional) {
    return a instanceof Optional && b instanceof Optional && same(a.value, b.value, depth + 1, budget);
  }
  return isList(a)
    ? isList(b) && sameLists(a, b, depth, budget)
    : !isList(b) && sameMaps(a, b, depth, budget);
}

function sameLists(a, b, depth, budget) {
  if (a.length !== b.length) return false;
  spend(budget, a.length);
  for (var i = 0; i < a.length; i++) if (!same(a[i], b[i], depth + 1, budget)) return false;
  return true;
}

function sameMaps(a, b, depth, budget) {
  var count = 0;
  var key;
  for (key in a) {
    spend(budget, 24);
    if (own(a, key)) {
      if (!own(b, key) || !same(a[key], b[key], depth + 1, budget)) return false;
      count++;
    }
  }
  return count === countKeys(b, budget);
}

function contains(list, value, budget) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) if (same(list[i], value, 0, budget)) return true;
  return false;
}

// Whether a list has a value that is no list and no map. Long texts are compared one by one, where lengths are the same.
function among(list, value, budget) {
  if (typeof value === 'string' && value.length > 40) return contains(list, value, budget);
  spend(budget, list.length);
  return list.indexOf(value) !== -1;
}

function isIn(value, container, budget, at) {
  if (isList(container)) return contains(container, value, budget);
  return isMap(container) ? own(container, lookup(value, budget)) : fail('no_matching_overload', at);
}

function checked(value, at) {
  return value <= 9007199254740991 && value >= -9007199254740991 ? value : fail('overflow', at);
}

function multiply(a, b, at) {
  return checked(a * b, at) + 0;
}

function divide(a, b, at) {
  if (b === 0) fail('divide_by_zero', at);
  var quotient = a / b;
  return (quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient)) + 0;
}

function modulo(a, b, at) {
  return b === 0 ? fail('divide_by_zero', at) : (a % b) + 0;
}

function joined(a, b, budget) {
  spend(budget, 2 + ((a.length + b.length) >> 4));
  return a + b;
}

function joinedLists(a, b, budget) {
  spend(budget, 2 + a.length + b.length);
  return a.concat(b);
}

function append(a, b, budget, at) {
  if (typeof a === 'string' && typeof b === 'string') return joined(a, b, budget);
  return isList(a) && isList(b) ? joinedLists(a, b, budget) : fail('no_matching_overload', at);
}

function add(a, b, isInt, budget, at) {
  if (typeof a !== 'number' || typeof b !== 'number') return append(a, b, budget, at);
  return isInt ? checked(a + b, at) : a + b;
}

function subtract(a, b, isInt, at) {
  var difference = number(a, at) - number(b, at);
  return isInt ? checked(difference, at) : difference;
}

function times(a, b, isInt, at) {
  number(a, at);
  number(b, at);
  return isInt ? multiply(a, b, at) : a * b;
}

function over(a, b, isInt, at) {
  number(a, at);
  number(b, at);
  return isInt ? divide(a, b, at) : a / b;
}

function negate(a, isInt, at) {
  return isInt ? 0 - number(a, at) : -number(a, at);
}

// By code point: UTF-16 puts U+E000..U+FFFF after the characters beyond, which it writes as surrogates.
function rank(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function order(a, b, budget) {
  var length = Math.min(a.length, b.length);
  spend(budget, length >> 2);
  for (var i = 0; i < length; i++) {
    var difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
  }
  return a.length - b.length;
}

function compare(a, b, budget, at) {
  if (typeof a === 'string' && typeof b === 'string') return order(a, b, budget);
  if (
    (typeof a === 'number' && typeof b === 'number') ||
    (typeof a === 'boolean' && typeof b === 'boolean')
  ) {
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN;
  }
  return fail('no_matching_overload', at);
}

// Characters outside the Basic Multilingual Plane are two units in JavaScript and one in CEL.
function isPair(string, i) {
  var unit = string.charCodeAt(i);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  var next = string.charCodeAt(i + 1);
  return next > 0xdbff && next < 0xe000;
}

function lengthOf(string, budget) {
  var count = string.length;
  spend(budget, count >> 1);
  for (var i = string.length - 2; i >= 0; i--) if (isPair(string, i)) count--;
  return count;
}

// The unit at which the character `index` begins; -1 when there is none such.
function unitAt(string, index, budget) {
  var unit = index;
  if (index < 0 || index > string.length) return -1;
  spend(budget, index >> 1);
  for (var i = 0; i < unit; i++) {
    if (isPair(string, i)) {
      i++;
      unit++;
    }
  }
  return unit > string.length ? -1 : unit;
}

function countKeys(map, budget) {
  var count = 0;
  for (var key in map) {
    spend(budget, 16);
    if (own(map, key)) count++;
  }
  return count;
}

function size(value, budget, at) {
  if (typeof value === 'string') return lengthOf(value, budget);
  if (isList(value)) return value.length;
  return isMap(value) ? countKeys(value, budget) : fail('no_matching_overload', at);
}

function startsWith(string, prefix, budget) {
  var length = prefix.length;
  if (string.length < length) return false;
  spend(budget, length >> 2);
  for (var i = 0; i < length; i++) if (string.charCodeAt(i) !== prefix.charCodeAt(i)) return false;
  return true;
}

function endsWith(string, suffix, budget) {
  var start = string.length - suffix.length;
  spend(budget, suffix.length >> 3);
  return start >= 0 && string.indexOf(suffix, start) === start;
}

function includes(string, part, budget) {
  seek(string, part, budget);
  return string.indexOf(part) !== -1;
}

function lowerAscii(string, budget) {
  return eachAscii(string, budget, function (ascii) {
    return ascii.toLowerCase();
  });
}

function upperAscii(string, budget) {
  return eachAscii(string, budget, function (ascii) {
    return ascii.toUpperCase();
  });
}

// Beyond ASCII the engine would change other letters, too.
function eachAscii(string, budget, change) {
  spend(budget, string.length >> 3);
  if (/^[\x00-\x7f]*$/.test(string)) return change(string);
  spend(budget, string.length * 4);
  return string.replace(/[\x00-\x7f]+/g, change);
}

function isSpace(unit) {
  if (unit < 0x80) return unit === 0x20 || (unit > 8 && unit < 14);
  if (unit === 0x85 || unit === 0xa0 || unit === 0x1680 || unit === 0x3000) return true;
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f
  );
}

function trim(string, budget) {
  var start = 0;
  var end = string.length;
  spend(budget, end >> 2);
  while (start < end && isSpace(string.charCodeAt(start))) start++;
  while (end > start && isSpace(string.charCodeAt(end - 1))) end--;
  return string.slice(start, end);
}

function charAt(string, index, budget, at) {
  var unit = unitAt(string, index, budget);
  if (unit < 0) fail('index_out_of_bounds', at);
  return string.slice(unit, unit + (isPair(string, unit) ? 2 : 1));
}

function substring(string, start, budget, at) {
  var unit = unitAt(string, start, budget);
  if (unit < 0) fail('index_out_of_bounds', at);
  spend(budget, (string.length - unit) >> 4);
  return string.slice(unit);
}

function substringTo(string, start, end, budget, at) {
  var from = unitAt(string, start, budget);
  var to = unitAt(string, end, budget);
  if (from < 0 || to < 0 || from > to) fail('index_out_of_bounds', at);
  spend(budget, (to - from) >> 4);
  return string.slice(from, to);
}

function positionOf(string, unit, budget) {
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit), budget);
}

function indexOf(string, part, budget) {
  seek(string, part, budget);
  return positionOf(string, string.indexOf(part), budget);
}

function indexOfFrom(string, part, start, budget, at) {
  var from = unitAt(string, start, budget);
  if (from < 0) fail('index_out_of_bounds', at);
  seek(string, part, budget);
  return positionOf(string, string.indexOf(part, from), budget);
}

function lastIndexOf(string, part, budget) {
  seek(string, part, budget);
  return positionOf(string, string.lastIndexOf(part), budget);
}

function lastIndexOfFrom(string, part, start, budget, at) {
  var from = unitAt(string, start, budget);
  if (from < 0) fail('index_out_of_bounds', at);
  seek(string, part, budget);
  return positionOf(string, string.lastIndexOf(part, from), budget);
}

function characters(string, budget) {
  var found = [];
  spend(budget, string.length * 2);
  for (var i = 0; i < string.length; i++)
    found.push(isPair(string, i) ? string.slice(i, ++i + 1) : string.charAt(i));
  return found;
}

function split(string, separator, budget) {
  if (separator === '') return characters(string, budget);
  seek(string, separator, budget);
  spend(budget, 2 + (string.length / separator.length) * 4);
  return string.split(separator);
}

function splitTo(string, separator, most, budget) {
  if (most === 0) return [];
  var found = split(string, separator, budget);
  if (most < 0 || found.length <= most) return found;
  var rest = glue(found.slice(most - 1), separator, budget);
  return found.slice(0, most - 1).concat([rest]);
}

function replaceTo(string, old, replacement, most, budget) {
  var found = old === '' ? [''].concat(characters(string, budget), ['']) : split(string, old, budget);
  if (old === '' && string === '') found = ['', ''];
  if (most < 0 || found.length - 1 <= most) return glue(found, replacement, budget);
  var rest = glue(found.slice(most), old, budget);
  return glue(found.slice(0, most).concat([rest]), replacement, budget);
}

function replace(string, old, replacement, budget) {
  return replaceTo(string, old, replacement, -1, budget);
}

function glue(texts, separator, budget) {
  var length = texts.length * separator.length;
  spend(budget, texts.length * 3);
  for (var i = 0; i < texts.length; i++) length += texts[i].length;
  spend(budget, length / 8);
  return texts.join(separator);
}

function join(list, separator, budget, at) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) text(list[i], at);
  return glue(list, separator, budget);
}

function intFromDouble(value, at) {
  return value !== value
    ? fail('overflow', at)
    : checked(value < 0 ? Math.ceil(value) : Math.floor(value), at) + 0;
}

// Longer ones are no numbers, and engines read them slowly.
function isShort(string) {
  return string.length <= 400;
}

function intFromString(value, at) {
  return isShort(value) && /^[+-]?[0-9]+$/.test(value)
    ? checked(Number(value), at) + 0
    : fail('conversion', at);
}

function toInt(value, at) {
  return typeof value === 'string' ? intFromString(value, at) : intFromDouble(number(value, at), at);
}

function doubleFromString(value, at) {
  if (!isShort(value)) fail('conversion', at);
  if (/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(value) && isFinite(value))
    return Number(value);
  if (/^[+-]?nan$/i.test(value)) return NaN;
  if (/^-inf(inity)?$/i.test(value)) return -Infinity;
  return /^\+?inf(inity)?$/i.test(value) ? Infinity : fail('conversion', at);
}

function toDouble(value, at) {
  return typeof value === 'string' ? doubleFromString(value, at) : number(value, at);
}

function boolFromString(value, at) {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(value) ? false : fail('conversion', at);
}

function toBool(value, at) {
  return typeof value === 'boolean' ? value : boolFromString(text(value, at), at);
}

function toText(value, at) {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail('no_matching_overload', at);
}

function isZero(value, budget) {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (value instanceof Optional) return value.value === undefined;
  return isList(value) ? value.length === 0 : countKeys(value, budget) === 0;
}

function present(value, at) {
  return value === undefined ? fail('no_value', at) : value;
}

function distinct(list, budget) {
  var seen = {};
  var found = [];
  spend(budget, list.length * 16);
  for (var i = 0; i < list.length; i++) {
    var value = list[i];
    if (typeof value === 'string') {
      spend(budget, value.length >> 2);
      if (!hasOwn.call(seen, '$' + value)) {
        seen['$' + value] = true;
        found.push(value);
      }
    } else if (!contains(found, value, budget)) found.push(value);
  }
  return found;
}

function sort(list, budget, at) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) compare(list[i], list[0], budget, at);
  return list.slice().sort(function (a, b) {
    spend(budget, 4);
    return compare(a, b, budget, at);
  });
}

function slice(list, start, end, budget, at) {
  if (start < 0 || end > list.length || start > end) return fail('index_out_of_bounds', at);
  spend(budget, end - start);
  return list.slice(start, end);
}

function flatten(list, budget) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) {
    if (isList(list[i])) {
      spend(budget, list[i].length * 2);
      for (var j = 0; j < list[i].length; j++) found.push(list[i][j]);
    } else found.push(list[i]);
  }
  return found;
}

// Level by level, since data may be nested deeper than calls can be.
function flattenTo(list, depth, budget, at) {
  if (depth < 0) fail('invalid_argument', at);
  var found = list;
  spend(budget, list.length);
  for (var level = 0; level < depth && found.some(isList); level++) found = flatten(found, budget);
  return found;
}

function setsContains(list, part, budget) {
  for (var i = 0; i < part.length; i++) if (!contains(list, part[i], budget)) return false;
  return true;
}

function setsEquivalent(a, b, budget) {
  return setsContains(a, b, budget) && setsContains(b, a, budget);
}

function setsIntersects(a, b, budget) {
  for (var i = 0; i < a.length; i++) if (contains(b, a[i], budget)) return true;
  return false;
}

function emailDomain(address, budget, at) {
  seek(address, '@', budget);
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return lowerAscii(address.slice(sign + 1), budget);
}

function emailLocal(address, budget, at) {
  seek(address, '@', budget);
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return address.slice(0, sign);
}

// Where a star took too little it takes one character more; what came before it never changes.
function glob(string, pattern, budget) {
  var i = 0;
  var j = 0;
  var star = -1;
  var from = 0;
  spend(budget, (string.length + pattern.length) >> 1);
  while (i < string.length) {
    var width = isPair(string, i) ? 2 : 1;
    var unit = pattern.charCodeAt(j);
    if (unit === 42) {
      star = j++;
      from = i;
    } else if (unit === 63) {
      i += width;
      j++;
    } else if (unit === string.charCodeAt(i) && startsSame(string, i, pattern, j, width)) {
      i += width;
      j += width;
    } else if (star >= 0) {
      spend(budget, (j - star) >> 1);
      from += isPair(string, from) ? 2 : 1;
      i = from;
      j = star + 1;
    } else return false;
  }
  while (pattern.charCodeAt(j) === 42) j++;
  return j === pattern.length;
}

// Whether a character that begins alike is the same one.
function startsSame(a, i, b, j, width) {
  return isPair(b, j) === (width === 2) && (width === 1 || a.charCodeAt(i + 1) === b.charCodeAt(j + 1));
}

function onlyMatching(list, pattern, budget, at) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) if (glob(text(list[i], at), pattern, budget)) found.push(list[i]);
  return found;
}

function only(list, allowed, budget, at) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) if (contains(allowed, text(list[i], at), budget)) found.push(list[i]);
  return found;
}

function extract(string, template, budget, at) {
  spend(budget, 8 + (template.length >> 2));
  var parts = /^([^{}]*)\{[A-Za-z_][A-Za-z0-9_]*\}([^{}]*)$/.exec(template);
  if (!parts) return fail('invalid_argument', at);
  seek(string, parts[1], budget);
  var start = string.indexOf(parts[1]);
  if (start < 0) return '';
  start += parts[1].length;
  seek(string, parts[2], budget);
  var end = parts[2] === '' ? string.length : string.indexOf(parts[2], start);
  return end < 0 ? '' : string.slice(start, end);
}

// JSON has no optionals and only string keys.
function plain(value, budget) {
  return plainTo(value, 0, budget);
}

// Values nested deeper than any token may carry fail rather than exhaust the stack.
function plainTo(value, depth, budget) {
  if (value instanceof Optional)
    return value.value === undefined ? null : plainTo(value.value, depth, budget);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 64) return fail('invalid_argument', 0);
  var copy;
  if (isList(value)) {
    copy = [];
    spend(budget, 4 + value.length * 2);
    for (var i = 0; i < value.length; i++) copy.push(plainTo(value[i], depth + 1, budget));
    return copy;
  }
  copy = {};
  for (var key in value) {
    spend(budget, 64);
    if (own(value, key)) put(copy, String(keyFrom(key)), plainTo(value[key], depth + 1, budget), 0);
  }
  return copy;
}
