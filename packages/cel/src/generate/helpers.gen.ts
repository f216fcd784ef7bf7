// Generated from helpers.js by `npm run generate`; do not edit.

/** The text of every function and the others that it names, in the order in which they are emitted. */
export const HELPERS = {
  hasOwn: {
    needs: [],
    text: "var hasOwn = Object.prototype.hasOwnProperty;",
  },
  CelError: {
    needs: [],
    text: "function CelError(code, at) {\n  this.code = code;\n  this.at = at;\n}",
  },
  fail: {
    needs: ['CelError'],
    text: "function fail(code, at) {\n  throw new CelError(code, at);\n}",
  },
  Optional: {
    needs: [],
    text: "function Optional(value) {\n  this.value = value;\n}",
  },
  box: {
    needs: ['Optional'],
    text: "function box(value) {\n  return new Optional(value);\n}",
  },
  unbox: {
    needs: ['Optional', 'fail'],
    text: "function unbox(value, at) {\n  if (value instanceof Optional) return value.value;\n  return fail('no_matching_overload', at);\n}",
  },
  isList: {
    needs: [],
    text: "function isList(value) {\n  return Array.isArray(value);\n}",
  },
  isMap: {
    needs: ['Optional', 'isList'],
    text: "function isMap(value) {\n  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Optional);\n}",
  },
  own: {
    needs: ['hasOwn'],
    text: "function own(map, key) {\n  return key !== '__proto__' && hasOwn.call(map, key) && map[key] !== undefined;\n}",
  },
  need: {
    needs: ['fail'],
    text: "function need(value, at) {\n  return value === undefined ? fail('no_such_key', at) : value;\n}",
  },
  held: {
    needs: [],
    text: "// A bound value that could not be worked out fails where it is used.\nfunction held(problem, value) {\n  if (problem !== null) throw problem;\n  return value;\n}",
  },
  text: {
    needs: ['fail'],
    text: "function text(value, at) {\n  return typeof value === 'string' ? value : fail('no_matching_overload', at);\n}",
  },
  bool: {
    needs: ['fail'],
    text: "function bool(value, at) {\n  return typeof value === 'boolean' ? value : fail('no_matching_overload', at);\n}",
  },
  number: {
    needs: ['fail'],
    text: "function number(value, at) {\n  return typeof value === 'number' ? value : fail('no_matching_overload', at);\n}",
  },
  integer: {
    needs: ['checked', 'fail'],
    text: "function integer(value, at) {\n  return typeof value === 'number' && Math.floor(value) === value\n    ? checked(value, at)\n    : fail('no_matching_overload', at);\n}",
  },
  list: {
    needs: ['fail', 'isList'],
    text: "function list(value, at) {\n  return isList(value) ? value : fail('no_matching_overload', at);\n}",
  },
  map: {
    needs: ['fail', 'isMap'],
    text: "function map(value, at) {\n  return isMap(value) ? value : fail('no_matching_overload', at);\n}",
  },
  get: {
    needs: ['fail', 'hasOwn'],
    text: "function get(map, key, at) {\n  var value = hasOwn.call(map, key) ? map[key] : undefined;\n  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;\n}",
  },
  table: {
    needs: [],
    text: "// A constant map without a prototype, so that one read finds all that is in it and nothing else.\nfunction table(entries) {\n  var map = Object.create(null);\n  for (var key in entries) map[key] = entries[key];\n  return map;\n}",
  },
  find: {
    needs: ['fail'],
    text: "function find(table, key, at) {\n  var value = table[key];\n  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;\n}",
  },
  getOptional: {
    needs: ['own'],
    text: "function getOptional(map, key) {\n  return own(map, key) ? map[key] : undefined;\n}",
  },
  select: {
    needs: ['Optional', 'box', 'fail', 'get', 'isMap', 'selectOptional'],
    text: "function select(value, key, at) {\n  if (value instanceof Optional)\n    return box(value.value === undefined ? undefined : selectOptional(value.value, key, at));\n  return isMap(value) ? get(value, key, at) : fail('no_such_key', at);\n}",
  },
  selectOptional: {
    needs: ['Optional', 'fail', 'getOptional', 'isMap'],
    text: "function selectOptional(value, key, at) {\n  if (value instanceof Optional)\n    return value.value === undefined ? undefined : selectOptional(value.value, key, at);\n  return isMap(value) ? getOptional(value, key) : fail('no_such_key', at);\n}",
  },
  has: {
    needs: ['Optional', 'fail', 'isMap', 'own'],
    text: "function has(value, key, at) {\n  if (value instanceof Optional) return value.value !== undefined && has(value.value, key, at);\n  return isMap(value) ? own(value, key) : fail('no_such_key', at);\n}",
  },
  keyOf: {
    needs: ['fail', 'integer'],
    text: "// Keys that are no strings are kept apart from those that are: 1 and \"1\" are two keys of one map.\nfunction keyOf(key, at) {\n  if (typeof key === 'string') return key.charCodeAt(0) === 0 ? fail('invalid_argument', at) : key;\n  return '\\u0000' + (typeof key === 'boolean' ? key : integer(key, at));\n}",
  },
  keyFrom: {
    needs: [],
    text: "// A key of the host's may begin with the mark, too; it stays what it is, unless it reads like one of ours.\nfunction keyFrom(key) {\n  if (!/^\\u0000(true|false|-?[0-9]+)$/.test(key)) return key;\n  return key === '\\u0000true' || (key !== '\\u0000false' && Number(key.slice(1)));\n}",
  },
  lookup: {
    needs: [],
    text: "function lookup(key) {\n  if (typeof key === 'string') return key;\n  return typeof key === 'number' || typeof key === 'boolean' ? '\\u0000' + key : '__proto__';\n}",
  },
  ownKeys: {
    needs: ['own'],
    text: "function ownKeys(map) {\n  var found = [];\n  for (var key in map) if (own(map, key)) found.push(key);\n  return found;\n}",
  },
  keys: {
    needs: ['keyFrom', 'ownKeys'],
    text: "function keys(map) {\n  return ownKeys(map).map(keyFrom);\n}",
  },
  items: {
    needs: ['fail', 'isList', 'isMap', 'keys'],
    text: "function items(value, at) {\n  if (isList(value)) return value;\n  return isMap(value) ? keys(value) : fail('no_matching_overload', at);\n}",
  },
  put: {
    needs: ['fail', 'hasOwn'],
    text: "function put(map, key, value, at) {\n  if (key === '__proto__') fail('invalid_argument', at);\n  if (hasOwn.call(map, key)) fail('duplicate_key', at);\n  map[key] = value;\n}",
  },
  element: {
    needs: ['fail'],
    text: "function element(list, index, at) {\n  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);\n  return index >= 0 && index < list.length ? list[index] : fail('index_out_of_bounds', at);\n}",
  },
  elementOptional: {
    needs: ['fail'],
    text: "function elementOptional(list, index, at) {\n  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);\n  return index >= 0 && index < list.length ? list[index] : undefined;\n}",
  },
  at: {
    needs: ['Optional', 'atOptional', 'box', 'element', 'fail', 'get', 'isList', 'isMap', 'lookup'],
    text: "function at(value, index, at) {\n  if (value instanceof Optional)\n    return box(value.value === undefined ? undefined : atOptional(value.value, index, at));\n  if (isList(value)) return element(value, index, at);\n  return isMap(value) ? get(value, lookup(index), at) : fail('no_matching_overload', at);\n}",
  },
  atOptional: {
    needs: ['Optional', 'elementOptional', 'fail', 'getOptional', 'isList', 'isMap', 'lookup'],
    text: "function atOptional(value, index, at) {\n  if (value instanceof Optional)\n    return value.value === undefined ? undefined : atOptional(value.value, index, at);\n  if (isList(value)) return elementOptional(value, index, at);\n  return isMap(value) ? getOptional(value, lookup(index)) : fail('no_matching_overload', at);\n}",
  },
  equals: {
    needs: ['same'],
    text: "function equals(a, b) {\n  return same(a, b, 0);\n}",
  },
  same: {
    needs: ['Optional', 'isList', 'sameLists', 'sameMaps'],
    text: "// Values nested deeper than any token may carry are unequal rather than an endless comparison.\nfunction same(a, b, depth) {\n  if (a === b) return true;\n  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 64) return false;\n  if (a instanceof Optional || b instanceof Optional) {\n    return a instanceof Optional && b instanceof Optional && same(a.value, b.value, depth + 1);\n  }\n  return isList(a) ? isList(b) && sameLists(a, b, depth) : !isList(b) && sameMaps(a, b, depth);\n}",
  },
  sameLists: {
    needs: ['same'],
    text: "function sameLists(a, b, depth) {\n  if (a.length !== b.length) return false;\n  for (var i = 0; i < a.length; i++) if (!same(a[i], b[i], depth + 1)) return false;\n  return true;\n}",
  },
  sameMaps: {
    needs: ['own', 'same'],
    text: "function sameMaps(a, b, depth) {\n  var count = 0;\n  var key;\n  for (key in a) {\n    if (own(a, key)) {\n      if (!own(b, key) || !same(a[key], b[key], depth + 1)) return false;\n      count++;\n    }\n  }\n  for (key in b) if (own(b, key)) count--;\n  return count === 0;\n}",
  },
  contains: {
    needs: ['same'],
    text: "function contains(list, value) {\n  for (var i = 0; i < list.length; i++) if (same(list[i], value, 0)) return true;\n  return false;\n}",
  },
  isIn: {
    needs: ['contains', 'fail', 'isList', 'isMap', 'lookup', 'own'],
    text: "function isIn(value, container, at) {\n  if (isList(container)) return contains(container, value);\n  return isMap(container) ? own(container, lookup(value)) : fail('no_matching_overload', at);\n}",
  },
  checked: {
    needs: ['fail'],
    text: "function checked(value, at) {\n  return value <= 9007199254740991 && value >= -9007199254740991 ? value : fail('overflow', at);\n}",
  },
  multiply: {
    needs: ['checked'],
    text: "function multiply(a, b, at) {\n  return checked(a * b, at) + 0;\n}",
  },
  divide: {
    needs: ['fail'],
    text: "function divide(a, b, at) {\n  if (b === 0) fail('divide_by_zero', at);\n  var quotient = a / b;\n  return (quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient)) + 0;\n}",
  },
  modulo: {
    needs: ['fail'],
    text: "function modulo(a, b, at) {\n  return b === 0 ? fail('divide_by_zero', at) : (a % b) + 0;\n}",
  },
  append: {
    needs: ['fail', 'isList'],
    text: "function append(a, b, at) {\n  if (typeof a === 'string' && typeof b === 'string') return a + b;\n  return isList(a) && isList(b) ? a.concat(b) : fail('no_matching_overload', at);\n}",
  },
  add: {
    needs: ['append', 'checked'],
    text: "function add(a, b, isInt, at) {\n  if (typeof a !== 'number' || typeof b !== 'number') return append(a, b, at);\n  return isInt ? checked(a + b, at) : a + b;\n}",
  },
  subtract: {
    needs: ['checked', 'number'],
    text: "function subtract(a, b, isInt, at) {\n  var difference = number(a, at) - number(b, at);\n  return isInt ? checked(difference, at) : difference;\n}",
  },
  times: {
    needs: ['multiply', 'number'],
    text: "function times(a, b, isInt, at) {\n  number(a, at);\n  number(b, at);\n  return isInt ? multiply(a, b, at) : a * b;\n}",
  },
  over: {
    needs: ['divide', 'number'],
    text: "function over(a, b, isInt, at) {\n  number(a, at);\n  number(b, at);\n  return isInt ? divide(a, b, at) : a / b;\n}",
  },
  negate: {
    needs: ['number'],
    text: "function negate(a, isInt, at) {\n  return isInt ? 0 - number(a, at) : -number(a, at);\n}",
  },
  rank: {
    needs: [],
    text: "// By code point: UTF-16 puts U+E000..U+FFFF after the characters beyond, which it writes as surrogates.\nfunction rank(unit) {\n  if (unit < 0xd800) return unit;\n  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;\n}",
  },
  order: {
    needs: ['rank'],
    text: "function order(a, b) {\n  var length = Math.min(a.length, b.length);\n  for (var i = 0; i < length; i++) {\n    var difference = a.charCodeAt(i) - b.charCodeAt(i);\n    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));\n  }\n  return a.length - b.length;\n}",
  },
  compare: {
    needs: ['fail', 'order'],
    text: "function compare(a, b, at) {\n  if (typeof a === 'string' && typeof b === 'string') return order(a, b);\n  if (\n    (typeof a === 'number' && typeof b === 'number') ||\n    (typeof a === 'boolean' && typeof b === 'boolean')\n  ) {\n    return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN;\n  }\n  return fail('no_matching_overload', at);\n}",
  },
  isPair: {
    needs: [],
    text: "// Characters outside the Basic Multilingual Plane are two units in JavaScript and one in CEL.\nfunction isPair(string, i) {\n  var unit = string.charCodeAt(i);\n  if (unit < 0xd800 || unit > 0xdbff) return false;\n  var next = string.charCodeAt(i + 1);\n  return next > 0xdbff && next < 0xe000;\n}",
  },
  lengthOf: {
    needs: ['isPair'],
    text: "function lengthOf(string) {\n  var count = string.length;\n  for (var i = string.length - 2; i >= 0; i--) if (isPair(string, i)) count--;\n  return count;\n}",
  },
  unitAt: {
    needs: ['isPair'],
    text: "// The unit at which the character `index` begins; -1 when there is none such.\nfunction unitAt(string, index) {\n  var unit = index;\n  if (index < 0 || index > string.length) return -1;\n  for (var i = 0; i < unit; i++) {\n    if (isPair(string, i)) {\n      i++;\n      unit++;\n    }\n  }\n  return unit > string.length ? -1 : unit;\n}",
  },
  countKeys: {
    needs: ['own'],
    text: "function countKeys(map) {\n  var count = 0;\n  for (var key in map) if (own(map, key)) count++;\n  return count;\n}",
  },
  size: {
    needs: ['countKeys', 'fail', 'isList', 'isMap', 'lengthOf'],
    text: "function size(value, at) {\n  if (typeof value === 'string') return lengthOf(value);\n  if (isList(value)) return value.length;\n  return isMap(value) ? countKeys(value) : fail('no_matching_overload', at);\n}",
  },
  startsWith: {
    needs: [],
    text: "function startsWith(string, prefix) {\n  var length = prefix.length;\n  if (string.length < length) return false;\n  for (var i = 0; i < length; i++) if (string.charCodeAt(i) !== prefix.charCodeAt(i)) return false;\n  return true;\n}",
  },
  endsWith: {
    needs: [],
    text: "function endsWith(string, suffix) {\n  var start = string.length - suffix.length;\n  return start >= 0 && string.indexOf(suffix, start) === start;\n}",
  },
  shiftLetters: {
    needs: [],
    text: "function shiftLetters(string, letters, distance) {\n  return string.replace(letters, function (letter) {\n    return String.fromCharCode(letter.charCodeAt(0) + distance);\n  });\n}",
  },
  lowerAscii: {
    needs: ['shiftLetters'],
    text: "function lowerAscii(string) {\n  return shiftLetters(string, /[A-Z]/g, 32);\n}",
  },
  upperAscii: {
    needs: ['shiftLetters'],
    text: "function upperAscii(string) {\n  return shiftLetters(string, /[a-z]/g, -32);\n}",
  },
  trim: {
    needs: [],
    text: "function trim(string) {\n  var space = /[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]/;\n  var start = 0;\n  var end = string.length;\n  while (start < end && space.test(string.charAt(start))) start++;\n  while (end > start && space.test(string.charAt(end - 1))) end--;\n  return string.slice(start, end);\n}",
  },
  charAt: {
    needs: ['fail', 'isPair', 'unitAt'],
    text: "function charAt(string, index, at) {\n  var unit = unitAt(string, index);\n  if (unit < 0) fail('index_out_of_bounds', at);\n  return string.slice(unit, unit + (isPair(string, unit) ? 2 : 1));\n}",
  },
  substring: {
    needs: ['fail', 'unitAt'],
    text: "function substring(string, start, at) {\n  var unit = unitAt(string, start);\n  return unit < 0 ? fail('index_out_of_bounds', at) : string.slice(unit);\n}",
  },
  substringTo: {
    needs: ['fail', 'unitAt'],
    text: "function substringTo(string, start, end, at) {\n  var from = unitAt(string, start);\n  var to = unitAt(string, end);\n  return from < 0 || to < 0 || from > to ? fail('index_out_of_bounds', at) : string.slice(from, to);\n}",
  },
  indexOf: {
    needs: ['lengthOf'],
    text: "function indexOf(string, part) {\n  var unit = string.indexOf(part);\n  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));\n}",
  },
  indexOfFrom: {
    needs: ['fail', 'lengthOf', 'unitAt'],
    text: "function indexOfFrom(string, part, start, at) {\n  var from = unitAt(string, start);\n  if (from < 0) fail('index_out_of_bounds', at);\n  var unit = string.indexOf(part, from);\n  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));\n}",
  },
  lastIndexOf: {
    needs: ['lengthOf'],
    text: "function lastIndexOf(string, part) {\n  var unit = string.lastIndexOf(part);\n  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));\n}",
  },
  lastIndexOfFrom: {
    needs: ['fail', 'lengthOf', 'unitAt'],
    text: "function lastIndexOfFrom(string, part, start, at) {\n  var from = unitAt(string, start);\n  if (from < 0) fail('index_out_of_bounds', at);\n  var unit = string.lastIndexOf(part, from);\n  return unit < 0 ? -1 : lengthOf(string.slice(0, unit));\n}",
  },
  characters: {
    needs: ['isPair'],
    text: "function characters(string) {\n  var found = [];\n  for (var i = 0; i < string.length; i++)\n    found.push(isPair(string, i) ? string.slice(i, ++i + 1) : string.charAt(i));\n  return found;\n}",
  },
  split: {
    needs: ['characters'],
    text: "function split(string, separator) {\n  return separator === '' ? characters(string) : string.split(separator);\n}",
  },
  splitTo: {
    needs: ['split'],
    text: "function splitTo(string, separator, most) {\n  if (most === 0) return [];\n  var found = split(string, separator);\n  if (most < 0 || found.length <= most) return found;\n  var rest = found.slice(most - 1).join(separator);\n  return found.slice(0, most - 1).concat([rest]);\n}",
  },
  replaceTo: {
    needs: ['characters'],
    text: "function replaceTo(string, old, replacement, most) {\n  var found = old === '' ? [''].concat(characters(string), ['']) : string.split(old);\n  if (old === '' && string === '') found = ['', ''];\n  if (most < 0 || found.length - 1 <= most) return found.join(replacement);\n  var rest = found.slice(most).join(old);\n  return found.slice(0, most).concat([rest]).join(replacement);\n}",
  },
  replace: {
    needs: ['replaceTo'],
    text: "function replace(string, old, replacement) {\n  return replaceTo(string, old, replacement, -1);\n}",
  },
  join: {
    needs: ['text'],
    text: "function join(list, separator, at) {\n  for (var i = 0; i < list.length; i++) text(list[i], at);\n  return list.join(separator);\n}",
  },
  intFromDouble: {
    needs: ['checked', 'fail'],
    text: "function intFromDouble(value, at) {\n  return value !== value\n    ? fail('overflow', at)\n    : checked(value < 0 ? Math.ceil(value) : Math.floor(value), at) + 0;\n}",
  },
  intFromString: {
    needs: ['checked', 'fail'],
    text: "function intFromString(value, at) {\n  return /^[+-]?[0-9]+$/.test(value) ? checked(Number(value), at) + 0 : fail('conversion', at);\n}",
  },
  toInt: {
    needs: ['intFromDouble', 'intFromString', 'number'],
    text: "function toInt(value, at) {\n  return typeof value === 'string' ? intFromString(value, at) : intFromDouble(number(value, at), at);\n}",
  },
  doubleFromString: {
    needs: ['fail'],
    text: "function doubleFromString(value, at) {\n  if (/^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(value) && isFinite(value))\n    return Number(value);\n  if (/^[+-]?nan$/i.test(value)) return NaN;\n  if (/^-inf(inity)?$/i.test(value)) return -Infinity;\n  return /^\\+?inf(inity)?$/i.test(value) ? Infinity : fail('conversion', at);\n}",
  },
  toDouble: {
    needs: ['doubleFromString', 'number'],
    text: "function toDouble(value, at) {\n  return typeof value === 'string' ? doubleFromString(value, at) : number(value, at);\n}",
  },
  boolFromString: {
    needs: ['fail'],
    text: "function boolFromString(value, at) {\n  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;\n  return /^(0|f|F|false|FALSE|False)$/.test(value) ? false : fail('conversion', at);\n}",
  },
  toBool: {
    needs: ['boolFromString', 'text'],
    text: "function toBool(value, at) {\n  return typeof value === 'boolean' ? value : boolFromString(text(value, at), at);\n}",
  },
  toText: {
    needs: ['fail'],
    text: "function toText(value, at) {\n  if (typeof value === 'string') return value;\n  return typeof value === 'number' || typeof value === 'boolean'\n    ? String(value)\n    : fail('no_matching_overload', at);\n}",
  },
  isZero: {
    needs: ['Optional', 'countKeys', 'isList'],
    text: "function isZero(value) {\n  if (value === null || value === false || value === 0 || value === '') return true;\n  if (typeof value !== 'object') return false;\n  if (value instanceof Optional) return value.value === undefined;\n  return isList(value) ? value.length === 0 : countKeys(value) === 0;\n}",
  },
  present: {
    needs: ['fail'],
    text: "function present(value, at) {\n  return value === undefined ? fail('no_value', at) : value;\n}",
  },
  distinct: {
    needs: ['contains', 'hasOwn'],
    text: "function distinct(list) {\n  var seen = {};\n  var found = [];\n  for (var i = 0; i < list.length; i++) {\n    var value = list[i];\n    if (typeof value === 'string') {\n      if (!hasOwn.call(seen, '$' + value)) {\n        seen['$' + value] = true;\n        found.push(value);\n      }\n    } else if (!contains(found, value)) found.push(value);\n  }\n  return found;\n}",
  },
  sort: {
    needs: ['compare'],
    text: "function sort(list, at) {\n  for (var i = 0; i < list.length; i++) compare(list[i], list[0], at);\n  return list.slice().sort(function (a, b) {\n    return compare(a, b, at);\n  });\n}",
  },
  slice: {
    needs: ['fail'],
    text: "function slice(list, start, end, at) {\n  return start < 0 || end > list.length || start > end\n    ? fail('index_out_of_bounds', at)\n    : list.slice(start, end);\n}",
  },
  flatten: {
    needs: ['isList'],
    text: "function flatten(list) {\n  var found = [];\n  for (var i = 0; i < list.length; i++) {\n    if (isList(list[i])) for (var j = 0; j < list[i].length; j++) found.push(list[i][j]);\n    else found.push(list[i]);\n  }\n  return found;\n}",
  },
  flattenTo: {
    needs: ['fail', 'flatten', 'isList'],
    text: "// Level by level, since data may be nested deeper than calls can be.\nfunction flattenTo(list, depth, at) {\n  if (depth < 0) fail('invalid_argument', at);\n  var found = list;\n  for (var level = 0; level < depth && found.some(isList); level++) found = flatten(found);\n  return found;\n}",
  },
  setsContains: {
    needs: ['contains'],
    text: "function setsContains(list, part) {\n  for (var i = 0; i < part.length; i++) if (!contains(list, part[i])) return false;\n  return true;\n}",
  },
  setsEquivalent: {
    needs: ['setsContains'],
    text: "function setsEquivalent(a, b) {\n  return setsContains(a, b) && setsContains(b, a);\n}",
  },
  setsIntersects: {
    needs: ['contains'],
    text: "function setsIntersects(a, b) {\n  for (var i = 0; i < a.length; i++) if (contains(b, a[i])) return true;\n  return false;\n}",
  },
  emailDomain: {
    needs: ['fail', 'lowerAscii'],
    text: "function emailDomain(address, at) {\n  var sign = address.lastIndexOf('@');\n  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);\n  return lowerAscii(address.slice(sign + 1));\n}",
  },
  emailLocal: {
    needs: ['fail'],
    text: "function emailLocal(address, at) {\n  var sign = address.lastIndexOf('@');\n  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);\n  return address.slice(0, sign);\n}",
  },
  glob: {
    needs: ['characters'],
    text: "// One row of a table instead of backtracking: time grows with string times pattern, never faster.\nfunction glob(string, pattern) {\n  var parts = characters(pattern);\n  var row = [true];\n  var j;\n  for (j = 0; j < parts.length; j++) row.push(row[j] && parts[j] === '*');\n  var letters = characters(string);\n  for (var i = 0; i < letters.length; i++) {\n    var diagonal = row[0];\n    row[0] = false;\n    for (j = 0; j < parts.length; j++) {\n      var above = row[j + 1];\n      row[j + 1] =\n        parts[j] === '*' ? above || row[j] : diagonal && (parts[j] === '?' || parts[j] === letters[i]);\n      diagonal = above;\n    }\n  }\n  return row[parts.length];\n}",
  },
  onlyMatching: {
    needs: ['glob', 'text'],
    text: "function onlyMatching(list, pattern, at) {\n  var found = [];\n  for (var i = 0; i < list.length; i++) if (glob(text(list[i], at), pattern)) found.push(list[i]);\n  return found;\n}",
  },
  only: {
    needs: ['contains', 'text'],
    text: "function only(list, allowed, at) {\n  var found = [];\n  for (var i = 0; i < list.length; i++) if (contains(allowed, text(list[i], at))) found.push(list[i]);\n  return found;\n}",
  },
  extract: {
    needs: ['fail'],
    text: "function extract(string, template, at) {\n  var parts = /^([^{}]*)\\{[A-Za-z_][A-Za-z0-9_]*\\}([^{}]*)$/.exec(template);\n  if (!parts) return fail('invalid_argument', at);\n  var start = string.indexOf(parts[1]);\n  if (start < 0) return '';\n  start += parts[1].length;\n  var end = parts[2] === '' ? string.length : string.indexOf(parts[2], start);\n  return end < 0 ? '' : string.slice(start, end);\n}",
  },
  plain: {
    needs: ['plainTo'],
    text: "// JSON has no optionals and only string keys.\nfunction plain(value) {\n  return plainTo(value, 0);\n}",
  },
  plainTo: {
    needs: ['Optional', 'fail', 'isList', 'keyFrom', 'own', 'put'],
    text: "// Values nested deeper than any token may carry fail rather than exhaust the stack.\nfunction plainTo(value, depth) {\n  if (value instanceof Optional) return value.value === undefined ? null : plainTo(value.value, depth);\n  if (typeof value !== 'object' || value === null) return value;\n  if (depth > 64) return fail('invalid_argument', 0);\n  var copy;\n  if (isList(value)) {\n    copy = [];\n    for (var i = 0; i < value.length; i++) copy.push(plainTo(value[i], depth + 1));\n    return copy;\n  }\n  copy = {};\n  for (var key in value)\n    if (own(value, key)) put(copy, String(keyFrom(key)), plainTo(value[key], depth + 1), 0);\n  return copy;\n}",
  },
} as const;
