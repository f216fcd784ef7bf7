// biome-ignore-all lint: this file is ES5, where `var`, function expressions and own-property calls are all there is
// What generated code may call: ES5 in syntax and in built-ins, since Keycloak's script engine runs no more.
// One top-level `function` or `var` per helper. `npm run generate` cuts this file into
// `helpers.gen.ts`; only what a policy uses is emitted, in this order.
// Failing helpers take `at`, the place in the expression. No value ever goes into an error.
// CEL's optional is `undefined` (none) or the value itself; inside lists, maps and other optionals it is `Optional`.

var hasOwn = Object.prototype.hasOwnProperty;

function CelError(code, at) {
  this.code = code;
  this.at = at;
}

function fail(code, at) {
  throw new CelError(code, at);
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
function keyOf(key, at) {
  if (typeof key === 'string') return key.charCodeAt(0) === 0 ? fail('invalid_argument', at) : key;
  return '\u0000' + (typeof key === 'boolean' ? key : integer(key, at));
}

// A key of the host's may begin with the mark, too; it stays what it is, unless it reads like one of ours.
function keyFrom(key) {
  if (!/^\u0000(true|false|-?[0-9]+)$/.test(key)) return key;
  return key === '\u0000true' || (key !== '\u0000false' && Number(key.slice(1)));
}

function lookup(key) {
  if (typeof key === 'string') return key;
  return typeof key === 'number' || typeof key === 'boolean' ? '\u0000' + key : '__proto__';
}

function ownKeys(map) {
  var found = [];
  for (var key in map) if (own(map, key)) found.push(key);
  return found;
}

function keys(map) {
  return ownKeys(map).map(keyFrom);
}

function items(value, at) {
  if (isList(value)) return value;
  return isMap(value) ? keys(value) : fail('no_matching_overload', at);
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

function at(value, index, at) {
  if (value instanceof Optional)
    return box(value.value === undefined ? undefined : atOptional(value.value, index, at));
  if (isList(value)) return element(value, index, at);
  return isMap(value) ? get(value, lookup(index), at) : fail('no_matching_overload', at);
}

function atOptional(value, index, at) {
  if (value instanceof Optional)
    return value.value === undefined ? undefined : atOptional(value.value, index, at);
  if (isList(value)) return elementOptional(value, index, at);
  return isMap(value) ? getOptional(value, lookup(index)) : fail('no_matching_overload', at);
}

function equals(a, b) {
  return same(a, b, 0);
}

// Values nested deeper than any token may carry are unequal rather than an endless comparison.
function same(a, b, depth) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 64) return false;
  if (a instanceof Optional || b instanceof Optional) {
    return a instanceof Optional && b instanceof Optional && same(a.value, b.value, depth + 1);
  }
  return isList(a) ? isList(b) && sameLists(a, b, depth) : !isList(b) && sameMaps(a, b, depth);
}

function sameLists(a, b, depth) {
  if (a.length !== b.length) return false;
  for (var i = 0; i < a.length; i++) if (!same(a[i], b[i], depth + 1)) return false;
  return true;
}

function sameMaps(a, b, depth) {
  var count = 0;
  var key;
  for (key in a) {
    if (own(a, key)) {
      if (!own(b, key) || !same(a[key], b[key], depth + 1)) return false;
      count++;
    }
  }
  for (key in b) if (own(b, key)) count--;
  return count === 0;
}

function contains(list, value) {
  for (var i = 0; i < list.length; i++) if (same(list[i], value, 0)) return true;
  return false;
}

function isIn(value, container, at) {
  if (isList(container)) return contains(container, value);
  return isMap(container) ? own(container, lookup(value)) : fail('no_matching_overload', at);
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

function append(a, b, at) {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  return isList(a) && isList(b) ? a.concat(b) : fail('no_matching_overload', at);
}

function add(a, b, isInt, at) {
  if (typeof a !== 'number' || typeof b !== 'number') return append(a, b, at);
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

function order(a, b) {
  var length = Math.min(a.length, b.length);
  for (var i = 0; i < length; i++) {
    var difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
  }
  return a.length - b.length;
}

function compare(a, b, at) {
  if (typeof a === 'string' && typeof b === 'string') return order(a, b);
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

function lengthOf(string) {
  var count = string.length;
  for (var i = string.length - 2; i >= 0; i--) if (isPair(string, i)) count--;
  return count;
}

// The unit at which the character `index` begins; -1 when there is none such.
function unitAt(string, index) {
  var unit = index;
  if (index < 0 || index > string.length) return -1;
  for (var i = 0; i < unit; i++) {
    if (isPair(string, i)) {
      i++;
      unit++;
    }
  }
  return unit > string.length ? -1 : unit;
}

function countKeys(map) {
  var count = 0;
  for (var key in map) if (own(map, key)) count++;
  return count;
}

function size(value, at) {
  if (typeof value === 'string') return lengthOf(value);
  if (isList(value)) return value.length;
  return isMap(value) ? countKeys(value) : fail('no_matching_overload', at);
}

function startsWith(string, prefix) {
  var length = prefix.length;
  if (string.length < length) return false;
  for (var i = 0; i < length; i++) if (string.charCodeAt(i) !== prefix.charCodeAt(i)) return false;
  return true;
}

function endsWith(string, suffix) {
  var start = string.length - suffix.length;
  return start >= 0 && string.indexOf(suffix, start) === start;
}

function shiftLetters(string, letters, distance) {
  return string.replace(letters, function (letter) {
    return String.fromCharCode(letter.charCodeAt(0) + distance);
  });
}

function lowerAscii(string) {
  return shiftLetters(string, /[A-Z]/g, 32);
}

function upperAscii(string) {
  return shiftLetters(string, /[a-z]/g, -32);
}

function trim(string) {
  var space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
  var start = 0;
  var end = string.length;
  while (start < end && space.test(string.charAt(start))) start++;
  while (end > start && space.test(string.charAt(end - 1))) end--;
  return string.slice(start, end);
}

function charAt(string, index, at) {
  var unit = unitAt(string, index);
  if (unit < 0) fail('index_out_of_bounds', at);
  return string.slice(unit, unit + (isPair(string, unit) ? 2 : 1));
}

function substring(string, start, at) {
  var unit = unitAt(string, start);
  return unit < 0 ? fail('index_out_of_bounds', at) : string.slice(unit);
}

function substringTo(string, start, end, at) {
  var from = unitAt(string, start);
  var to = unitAt(string, end);
  return from < 0 || to < 0 || from > to ? fail('index_out_of_bounds', at) : string.slice(from, to);
}

function indexOf(string, part) {
  var unit = string.indexOf(part);
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));
}

function indexOfFrom(string, part, start, at) {
  var from = unitAt(string, start);
  if (from < 0) fail('index_out_of_bounds', at);
  var unit = string.indexOf(part, from);
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));
}

function lastIndexOf(string, part) {
  var unit = string.lastIndexOf(part);
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));
}

function lastIndexOfFrom(string, part, start, at) {
  var from = unitAt(string, start);
  if (from < 0) fail('index_out_of_bounds', at);
  var unit = string.lastIndexOf(part, from);
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));
}

function characters(string) {
  var found = [];
  for (var i = 0; i < string.length; i++)
    found.push(isPair(string, i) ? string.slice(i, ++i + 1) : string.charAt(i));
  return found;
}

function split(string, separator) {
  return separator === '' ? characters(string) : string.split(separator);
}

function splitTo(string, separator, most) {
  if (most === 0) return [];
  var found = split(string, separator);
  if (most < 0 || found.length <= most) return found;
  var rest = found.slice(most - 1).join(separator);
  return found.slice(0, most - 1).concat([rest]);
}

function replaceTo(string, old, replacement, most) {
  var found = old === '' ? [''].concat(characters(string), ['']) : string.split(old);
  if (old === '' && string === '') found = ['', ''];
  if (most < 0 || found.length - 1 <= most) return found.join(replacement);
  var rest = found.slice(most).join(old);
  return found.slice(0, most).concat([rest]).join(replacement);
}

function replace(string, old, replacement) {
  return replaceTo(string, old, replacement, -1);
}

function join(list, separator, at) {
  for (var i = 0; i < list.length; i++) text(list[i], at);
  return list.join(separator);
}

function intFromDouble(value, at) {
  return value !== value
    ? fail('overflow', at)
    : checked(value < 0 ? Math.ceil(value) : Math.floor(value), at) + 0;
}

function intFromString(value, at) {
  return /^[+-]?[0-9]+$/.test(value) ? checked(Number(value), at) + 0 : fail('conversion', at);
}

function toInt(value, at) {
  return typeof value === 'string' ? intFromString(value, at) : intFromDouble(number(value, at), at);
}

function doubleFromString(value, at) {
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

function isZero(value) {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (value instanceof Optional) return value.value === undefined;
  return isList(value) ? value.length === 0 : countKeys(value) === 0;
}

function present(value, at) {
  return value === undefined ? fail('no_value', at) : value;
}

function distinct(list) {
  var seen = {};
  var found = [];
  for (var i = 0; i < list.length; i++) {
    var value = list[i];
    if (typeof value === 'string') {
      if (!hasOwn.call(seen, '$' + value)) {
        seen['$' + value] = true;
        found.push(value);
      }
    } else if (!contains(found, value)) found.push(value);
  }
  return found;
}

function sort(list, at) {
  for (var i = 0; i < list.length; i++) compare(list[i], list[0], at);
  return list.slice().sort(function (a, b) {
    return compare(a, b, at);
  });
}

function slice(list, start, end, at) {
  return start < 0 || end > list.length || start > end
    ? fail('index_out_of_bounds', at)
    : list.slice(start, end);
}

function flatten(list) {
  var found = [];
  for (var i = 0; i < list.length; i++) {
    if (isList(list[i])) for (var j = 0; j < list[i].length; j++) found.push(list[i][j]);
    else found.push(list[i]);
  }
  return found;
}

// Level by level, since data may be nested deeper than calls can be.
function flattenTo(list, depth, at) {
  if (depth < 0) fail('invalid_argument', at);
  var found = list;
  for (var level = 0; level < depth && found.some(isList); level++) found = flatten(found);
  return found;
}

function setsContains(list, part) {
  for (var i = 0; i < part.length; i++) if (!contains(list, part[i])) return false;
  return true;
}

function setsEquivalent(a, b) {
  return setsContains(a, b) && setsContains(b, a);
}

function setsIntersects(a, b) {
  for (var i = 0; i < a.length; i++) if (contains(b, a[i])) return true;
  return false;
}

function emailDomain(address, at) {
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return lowerAscii(address.slice(sign + 1));
}

function emailLocal(address, at) {
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return address.slice(0, sign);
}

// One row of a table instead of backtracking: time grows with string times pattern, never faster.
function glob(string, pattern) {
  var parts = characters(pattern);
  var row = [true];
  var j;
  for (j = 0; j < parts.length; j++) row.push(row[j] && parts[j] === '*');
  var letters = characters(string);
  for (var i = 0; i < letters.length; i++) {
    var diagonal = row[0];
    row[0] = false;
    for (j = 0; j < parts.length; j++) {
      var above = row[j + 1];
      row[j + 1] =
        parts[j] === '*' ? above || row[j] : diagonal && (parts[j] === '?' || parts[j] === letters[i]);
      diagonal = above;
    }
  }
  return row[parts.length];
}

function onlyMatching(list, pattern, at) {
  var found = [];
  for (var i = 0; i < list.length; i++) if (glob(text(list[i], at), pattern)) found.push(list[i]);
  return found;
}

function only(list, allowed, at) {
  var found = [];
  for (var i = 0; i < list.length; i++) if (contains(allowed, text(list[i], at))) found.push(list[i]);
  return found;
}

function extract(string, template, at) {
  var parts = /^([^{}]*)\{[A-Za-z_][A-Za-z0-9_]*\}([^{}]*)$/.exec(template);
  if (!parts) return fail('invalid_argument', at);
  var start = string.indexOf(parts[1]);
  if (start < 0) return '';
  start += parts[1].length;
  var end = parts[2] === '' ? string.length : string.indexOf(parts[2], start);
  return end < 0 ? '' : string.slice(start, end);
}

// JSON has no optionals and only string keys.
function plain(value) {
  return plainTo(value, 0);
}

// Values nested deeper than any token may carry fail rather than exhaust the stack.
function plainTo(value, depth) {
  if (value instanceof Optional) return value.value === undefined ? null : plainTo(value.value, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 64) return fail('invalid_argument', 0);
  var copy;
  if (isList(value)) {
    copy = [];
    for (var i = 0; i < value.length; i++) copy.push(plainTo(value[i], depth + 1));
    return copy;
  }
  copy = {};
  for (var key in value)
    if (own(value, key)) put(copy, String(keyFrom(key)), plainTo(value[key], depth + 1), 0);
  return copy;
}
