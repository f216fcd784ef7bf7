// Generated from helpers.js by `npm run generate`; do not edit.

/** The text of every function, its parameters and the others that it names, in the order in which they are emitted. */
export const HELPERS = {
  hasOwn: {
    needs: [],
    takes: [],
    text: "var hasOwn = Object.prototype.hasOwnProperty;",
  },
  CelError: {
    needs: [],
    takes: ['code', 'at'],
    text: "function CelError(code, at) {\n  this.code = code;\n  this.at = at;\n}",
  },
  fail: {
    needs: ['CelError'],
    takes: ['code', 'at'],
    text: "function fail(code, at) {\n  throw new CelError(code, at);\n}",
  },
  spend: {
    needs: ['fail'],
    takes: ['budget', 'steps'],
    text: "// Written so that a missing budget is an empty one.\nfunction spend(budget, steps) {\n  budget.left -= steps;\n  if (!(budget.left >= 0)) fail('steps', 0);\n}",
  },
  caught: {
    needs: ['spend'],
    takes: ['error', 'budget'],
    text: "// An error that is kept for later, unless it says that the whole takes too long. Throwing it took long, too.\nfunction caught(error, budget) {\n  if (error.code === 'steps') throw error;\n  spend(budget, 100);\n  return error;\n}",
  },
  seek: {
    needs: ['spend'],
    takes: ['string', 'part', 'budget'],
    text: "// At worst an engine compares the whole part at each position of a text.\nfunction seek(string, part, budget) {\n  var positions = string.length - part.length + 1;\n  spend(budget, positions > 0 ? 1 + (positions * (part.length + 1)) / 16 : 1);\n}",
  },
  Optional: {
    needs: [],
    takes: ['value'],
    text: "function Optional(value) {\n  this.value = value;\n}",
  },
  box: {
    needs: ['Optional'],
    takes: ['value'],
    text: "function box(value) {\n  return new Optional(value);\n}",
  },
  unbox: {
    needs: ['Optional', 'fail'],
    takes: ['value', 'at'],
    text: "function unbox(value, at) {\n  if (value instanceof Optional) return value.value;\n  return fail('no_matching_overload', at);\n}",
  },
  isList: {
    needs: [],
    takes: ['value'],
    text: "function isList(value) {\n  return Array.isArray(value);\n}",
  },
  isMap: {
    needs: ['Optional', 'isList'],
    takes: ['value'],
    text: "function isMap(value) {\n  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Optional);\n}",
  },
  own: {
    needs: ['hasOwn'],
    takes: ['map', 'key'],
    text: "function own(map, key) {\n  return key !== '__proto__' && hasOwn.call(map, key) && map[key] !== undefined;\n}",
  },
  need: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function need(value, at) {\n  return value === undefined ? fail('no_such_key', at) : value;\n}",
  },
  held: {
    needs: [],
    takes: ['problem', 'value'],
    text: "// A bound value that could not be worked out fails where it is used.\nfunction held(problem, value) {\n  if (problem !== null) throw problem;\n  return value;\n}",
  },
  text: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function text(value, at) {\n  return typeof value === 'string' ? value : fail('no_matching_overload', at);\n}",
  },
  bool: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function bool(value, at) {\n  return typeof value === 'boolean' ? value : fail('no_matching_overload', at);\n}",
  },
  number: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function number(value, at) {\n  return typeof value === 'number' ? value : fail('no_matching_overload', at);\n}",
  },
  integer: {
    needs: ['checked', 'fail'],
    takes: ['value', 'at'],
    text: "function integer(value, at) {\n  return typeof value === 'number' && Math.floor(value) === value\n    ? checked(value, at)\n    : fail('no_matching_overload', at);\n}",
  },
  list: {
    needs: ['fail', 'isList'],
    takes: ['value', 'at'],
    text: "function list(value, at) {\n  return isList(value) ? value : fail('no_matching_overload', at);\n}",
  },
  map: {
    needs: ['fail', 'isMap'],
    takes: ['value', 'at'],
    text: "function map(value, at) {\n  return isMap(value) ? value : fail('no_matching_overload', at);\n}",
  },
  get: {
    needs: ['fail', 'hasOwn'],
    takes: ['map', 'key', 'at'],
    text: "function get(map, key, at) {\n  var value = hasOwn.call(map, key) ? map[key] : undefined;\n  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;\n}",
  },
  table: {
    needs: [],
    takes: ['entries'],
    text: "// A constant map without a prototype, so that one read finds all that is in it and nothing else.\nfunction table(entries) {\n  var map = Object.create(null);\n  for (var key in entries) map[key] = entries[key];\n  return map;\n}",
  },
  find: {
    needs: ['fail'],
    takes: ['table', 'key', 'at'],
    text: "function find(table, key, at) {\n  var value = table[key];\n  return value === undefined || key === '__proto__' ? fail('no_such_key', at) : value;\n}",
  },
  getOptional: {
    needs: ['own'],
    takes: ['map', 'key'],
    text: "function getOptional(map, key) {\n  return own(map, key) ? map[key] : undefined;\n}",
  },
  select: {
    needs: ['Optional', 'box', 'fail', 'get', 'isMap', 'selectOptional'],
    takes: ['value', 'key', 'at'],
    text: "function select(value, key, at) {\n  if (value instanceof Optional)\n    return box(value.value === undefined ? undefined : selectOptional(value.value, key, at));\n  return isMap(value) ? get(value, key, at) : fail('no_such_key', at);\n}",
  },
  selectOptional: {
    needs: ['Optional', 'fail', 'getOptional', 'isMap'],
    takes: ['value', 'key', 'at'],
    text: "function selectOptional(value, key, at) {\n  if (value instanceof Optional)\n    return value.value === undefined ? undefined : selectOptional(value.value, key, at);\n  return isMap(value) ? getOptional(value, key) : fail('no_such_key', at);\n}",
  },
  has: {
    needs: ['Optional', 'fail', 'isMap', 'own'],
    takes: ['value', 'key', 'at'],
    text: "function has(value, key, at) {\n  if (value instanceof Optional) return value.value !== undefined && has(value.value, key, at);\n  return isMap(value) ? own(value, key) : fail('no_such_key', at);\n}",
  },
  keyOf: {
    needs: ['fail', 'integer', 'keyed'],
    takes: ['key', 'budget', 'at'],
    text: "// Keys that are no strings are kept apart from those that are: 1 and \"1\" are two keys of one map.\nfunction keyOf(key, budget, at) {\n  if (typeof key === 'string')\n    return key.charCodeAt(0) === 0 ? fail('invalid_argument', at) : keyed(key, budget);\n  return '\\u0000' + (typeof key === 'boolean' ? key : integer(key, at));\n}",
  },
  keyFrom: {
    needs: [],
    takes: ['key'],
    text: "// A key of the host's may begin with the mark, too; it stays what it is, unless it reads like one of ours.\nfunction keyFrom(key) {\n  if (!/^\\u0000(true|false|-?[0-9]+)$/.test(key)) return key;\n  return key === '\\u0000true' || (key !== '\\u0000false' && Number(key.slice(1)));\n}",
  },
  keyed: {
    needs: ['spend'],
    takes: ['key', 'budget'],
    text: "// Before a map finds a key, the engine looks at all of it.\nfunction keyed(key, budget) {\n  spend(budget, key.length >> 4);\n  return key;\n}",
  },
  lookup: {
    needs: ['keyed'],
    takes: ['key', 'budget'],
    text: "function lookup(key, budget) {\n  if (typeof key === 'string') return keyed(key, budget);\n  return typeof key === 'number' || typeof key === 'boolean' ? '\\u0000' + key : '__proto__';\n}",
  },
  ownKeys: {
    needs: ['own', 'spend'],
    takes: ['map', 'budget'],
    text: "function ownKeys(map, budget) {\n  var found = [];\n  for (var key in map) {\n    spend(budget, 16);\n    if (own(map, key)) found.push(key);\n  }\n  return found;\n}",
  },
  keys: {
    needs: ['keyFrom', 'ownKeys'],
    takes: ['map', 'budget'],
    text: "function keys(map, budget) {\n  return ownKeys(map, budget).map(keyFrom);\n}",
  },
  items: {
    needs: ['fail', 'isList', 'isMap', 'keys'],
    takes: ['value', 'budget', 'at'],
    text: "function items(value, budget, at) {\n  if (isList(value)) return value;\n  return isMap(value) ? keys(value, budget) : fail('no_matching_overload', at);\n}",
  },
  put: {
    needs: ['fail', 'hasOwn'],
    takes: ['map', 'key', 'value', 'at'],
    text: "function put(map, key, value, at) {\n  if (key === '__proto__') fail('invalid_argument', at);\n  if (hasOwn.call(map, key)) fail('duplicate_key', at);\n  map[key] = value;\n}",
  },
  element: {
    needs: ['fail'],
    takes: ['list', 'index', 'at'],
    text: "function element(list, index, at) {\n  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);\n  return index >= 0 && index < list.length ? list[index] : fail('index_out_of_bounds', at);\n}",
  },
  elementOptional: {
    needs: ['fail'],
    takes: ['list', 'index', 'at'],
    text: "function elementOptional(list, index, at) {\n  if (typeof index !== 'number' || Math.floor(index) !== index) fail('invalid_argument', at);\n  return index >= 0 && index < list.length ? list[index] : undefined;\n}",
  },
  at: {
    needs: ['Optional', 'atOptional', 'box', 'element', 'fail', 'get', 'isList', 'isMap', 'lookup'],
    takes: ['value', 'index', 'budget', 'at'],
    text: "function at(value, index, budget, at) {\n  if (value instanceof Optional)\n    return box(value.value === undefined ? undefined : atOptional(value.value, index, budget, at));\n  if (isList(value)) return element(value, index, at);\n  return isMap(value) ? get(value, lookup(index, budget), at) : fail('no_matching_overload', at);\n}",
  },
  atOptional: {
    needs: ['Optional', 'elementOptional', 'fail', 'getOptional', 'isList', 'isMap', 'lookup'],
    takes: ['value', 'index', 'budget', 'at'],
    text: "function atOptional(value, index, budget, at) {\n  if (value instanceof Optional)\n    return value.value === undefined ? undefined : atOptional(value.value, index, budget, at);\n  if (isList(value)) return elementOptional(value, index, at);\n  return isMap(value) ? getOptional(value, lookup(index, budget)) : fail('no_matching_overload', at);\n}",
  },
  sameText: {
    needs: ['spend'],
    takes: ['a', 'b', 'budget'],
    text: "// Where one of the two is surely a text.\nfunction sameText(a, b, budget) {\n  if (typeof a !== 'string' || typeof b !== 'string' || a.length !== b.length) return false;\n  spend(budget, a.length >> 4);\n  return a === b;\n}",
  },
  equals: {
    needs: ['same'],
    takes: ['a', 'b', 'budget'],
    text: "function equals(a, b, budget) {\n  return same(a, b, 0, budget);\n}",
  },
  same: {
    needs: ['Optional', 'isList', 'sameLists', 'sameMaps', 'sameText', 'spend'],
    takes: ['a', 'b', 'depth', 'budget'],
    text: "// Values nested deeper than any token may carry are unequal rather than an endless comparison.\nfunction same(a, b, depth, budget) {\n  if (typeof a === 'string') return sameText(a, b, budget);\n  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 64)\n    return a === b;\n  spend(budget, 1);\n  if (a instanceof Optional || b instanceof Optional) {\n    return a instanceof Optional && b instanceof Optional && same(a.value, b.value, depth + 1, budget);\n  }\n  return isList(a)\n    ? isList(b) && sameLists(a, b, depth, budget)\n    : !isList(b) && sameMaps(a, b, depth, budget);\n}",
  },
  sameLists: {
    needs: ['same', 'spend'],
    takes: ['a', 'b', 'depth', 'budget'],
    text: "function sameLists(a, b, depth, budget) {\n  if (a.length !== b.length) return false;\n  spend(budget, a.length);\n  for (var i = 0; i < a.length; i++) if (!same(a[i], b[i], depth + 1, budget)) return false;\n  return true;\n}",
  },
  sameMaps: {
    needs: ['countKeys', 'own', 'same', 'spend'],
    takes: ['a', 'b', 'depth', 'budget'],
    text: "function sameMaps(a, b, depth, budget) {\n  var count = 0;\n  var key;\n  for (key in a) {\n    spend(budget, 24);\n    if (own(a, key)) {\n      if (!own(b, key) || !same(a[key], b[key], depth + 1, budget)) return false;\n      count++;\n    }\n  }\n  return count === countKeys(b, budget);\n}",
  },
  contains: {
    needs: ['same', 'spend'],
    takes: ['list', 'value', 'budget'],
    text: "function contains(list, value, budget) {\n  spend(budget, list.length);\n  for (var i = 0; i < list.length; i++) if (same(list[i], value, 0, budget)) return true;\n  return false;\n}",
  },
  among: {
    needs: ['contains', 'spend'],
    takes: ['list', 'value', 'budget'],
    text: "// Whether a list has a value that is no list and no map. Long texts are compared one by one, where lengths are the same.\nfunction among(list, value, budget) {\n  if (typeof value === 'string' && value.length > 40) return contains(list, value, budget);\n  spend(budget, list.length);\n  return list.indexOf(value) !== -1;\n}",
  },
  isIn: {
    needs: ['contains', 'fail', 'isList', 'isMap', 'lookup', 'own'],
    takes: ['value', 'container', 'budget', 'at'],
    text: "function isIn(value, container, budget, at) {\n  if (isList(container)) return contains(container, value, budget);\n  return isMap(container) ? own(container, lookup(value, budget)) : fail('no_matching_overload', at);\n}",
  },
  checked: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function checked(value, at) {\n  return value <= 9007199254740991 && value >= -9007199254740991 ? value : fail('overflow', at);\n}",
  },
  multiply: {
    needs: ['checked'],
    takes: ['a', 'b', 'at'],
    text: "function multiply(a, b, at) {\n  return checked(a * b, at) + 0;\n}",
  },
  divide: {
    needs: ['fail'],
    takes: ['a', 'b', 'at'],
    text: "function divide(a, b, at) {\n  if (b === 0) fail('divide_by_zero', at);\n  var quotient = a / b;\n  return (quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient)) + 0;\n}",
  },
  modulo: {
    needs: ['fail'],
    takes: ['a', 'b', 'at'],
    text: "function modulo(a, b, at) {\n  return b === 0 ? fail('divide_by_zero', at) : (a % b) + 0;\n}",
  },
  joined: {
    needs: ['spend'],
    takes: ['a', 'b', 'budget'],
    text: "function joined(a, b, budget) {\n  spend(budget, 2 + ((a.length + b.length) >> 4));\n  return a + b;\n}",
  },
  joinedLists: {
    needs: ['spend'],
    takes: ['a', 'b', 'budget'],
    text: "function joinedLists(a, b, budget) {\n  spend(budget, 2 + a.length + b.length);\n  return a.concat(b);\n}",
  },
  append: {
    needs: ['fail', 'isList', 'joined', 'joinedLists'],
    takes: ['a', 'b', 'budget', 'at'],
    text: "function append(a, b, budget, at) {\n  if (typeof a === 'string' && typeof b === 'string') return joined(a, b, budget);\n  return isList(a) && isList(b) ? joinedLists(a, b, budget) : fail('no_matching_overload', at);\n}",
  },
  add: {
    needs: ['append', 'checked'],
    takes: ['a', 'b', 'isInt', 'budget', 'at'],
    text: "function add(a, b, isInt, budget, at) {\n  if (typeof a !== 'number' || typeof b !== 'number') return append(a, b, budget, at);\n  return isInt ? checked(a + b, at) : a + b;\n}",
  },
  subtract: {
    needs: ['checked', 'number'],
    takes: ['a', 'b', 'isInt', 'at'],
    text: "function subtract(a, b, isInt, at) {\n  var difference = number(a, at) - number(b, at);\n  return isInt ? checked(difference, at) : difference;\n}",
  },
  times: {
    needs: ['multiply', 'number'],
    takes: ['a', 'b', 'isInt', 'at'],
    text: "function times(a, b, isInt, at) {\n  number(a, at);\n  number(b, at);\n  return isInt ? multiply(a, b, at) : a * b;\n}",
  },
  over: {
    needs: ['divide', 'number'],
    takes: ['a', 'b', 'isInt', 'at'],
    text: "function over(a, b, isInt, at) {\n  number(a, at);\n  number(b, at);\n  return isInt ? divide(a, b, at) : a / b;\n}",
  },
  negate: {
    needs: ['number'],
    takes: ['a', 'isInt', 'at'],
    text: "function negate(a, isInt, at) {\n  return isInt ? 0 - number(a, at) : -number(a, at);\n}",
  },
  rank: {
    needs: [],
    takes: ['unit'],
    text: "// By code point: UTF-16 puts U+E000..U+FFFF after the characters beyond, which it writes as surrogates.\nfunction rank(unit) {\n  if (unit < 0xd800) return unit;\n  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;\n}",
  },
  order: {
    needs: ['rank', 'spend'],
    takes: ['a', 'b', 'budget'],
    text: "function order(a, b, budget) {\n  var length = Math.min(a.length, b.length);\n  spend(budget, length >> 2);\n  for (var i = 0; i < length; i++) {\n    var difference = a.charCodeAt(i) - b.charCodeAt(i);\n    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));\n  }\n  return a.length - b.length;\n}",
  },
  compare: {
    needs: ['fail', 'order'],
    takes: ['a', 'b', 'budget', 'at'],
    text: "function compare(a, b, budget, at) {\n  if (typeof a === 'string' && typeof b === 'string') return order(a, b, budget);\n  if (\n    (typeof a === 'number' && typeof b === 'number') ||\n    (typeof a === 'boolean' && typeof b === 'boolean')\n  ) {\n    return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN;\n  }\n  return fail('no_matching_overload', at);\n}",
  },
  isPair: {
    needs: [],
    takes: ['string', 'i'],
    text: "// Characters outside the Basic Multilingual Plane are two units in JavaScript and one in CEL.\nfunction isPair(string, i) {\n  var unit = string.charCodeAt(i);\n  if (unit < 0xd800 || unit > 0xdbff) return false;\n  var next = string.charCodeAt(i + 1);\n  return next > 0xdbff && next < 0xe000;\n}",
  },
  lengthOf: {
    needs: ['isPair', 'spend'],
    takes: ['string', 'budget'],
    text: "function lengthOf(string, budget) {\n  var count = string.length;\n  spend(budget, count >> 1);\n  for (var i = string.length - 2; i >= 0; i--) if (isPair(string, i)) count--;\n  return count;\n}",
  },
  unitAt: {
    needs: ['isPair', 'spend'],
    takes: ['string', 'index', 'budget'],
    text: "// The unit at which the character `index` begins; -1 when there is none such.\nfunction unitAt(string, index, budget) {\n  var unit = index;\n  if (index < 0 || index > string.length) return -1;\n  spend(budget, index >> 1);\n  for (var i = 0; i < unit; i++) {\n    if (isPair(string, i)) {\n      i++;\n      unit++;\n    }\n  }\n  return unit > string.length ? -1 : unit;\n}",
  },
  countKeys: {
    needs: ['own', 'spend'],
    takes: ['map', 'budget'],
    text: "function countKeys(map, budget) {\n  var count = 0;\n  for (var key in map) {\n    spend(budget, 16);\n    if (own(map, key)) count++;\n  }\n  return count;\n}",
  },
  size: {
    needs: ['countKeys', 'fail', 'isList', 'isMap', 'lengthOf'],
    takes: ['value', 'budget', 'at'],
    text: "function size(value, budget, at) {\n  if (typeof value === 'string') return lengthOf(value, budget);\n  if (isList(value)) return value.length;\n  return isMap(value) ? countKeys(value, budget) : fail('no_matching_overload', at);\n}",
  },
  startsWith: {
    needs: ['spend'],
    takes: ['string', 'prefix', 'budget'],
    text: "function startsWith(string, prefix, budget) {\n  var length = prefix.length;\n  if (string.length < length) return false;\n  spend(budget, length >> 2);\n  for (var i = 0; i < length; i++) if (string.charCodeAt(i) !== prefix.charCodeAt(i)) return false;\n  return true;\n}",
  },
  endsWith: {
    needs: ['spend'],
    takes: ['string', 'suffix', 'budget'],
    text: "function endsWith(string, suffix, budget) {\n  var start = string.length - suffix.length;\n  spend(budget, suffix.length >> 3);\n  return start >= 0 && string.indexOf(suffix, start) === start;\n}",
  },
  includes: {
    needs: ['seek'],
    takes: ['string', 'part', 'budget'],
    text: "function includes(string, part, budget) {\n  seek(string, part, budget);\n  return string.indexOf(part) !== -1;\n}",
  },
  lowerAscii: {
    needs: ['eachAscii'],
    takes: ['string', 'budget'],
    text: "function lowerAscii(string, budget) {\n  return eachAscii(string, budget, function (ascii) {\n    return ascii.toLowerCase();\n  });\n}",
  },
  upperAscii: {
    needs: ['eachAscii'],
    takes: ['string', 'budget'],
    text: "function upperAscii(string, budget) {\n  return eachAscii(string, budget, function (ascii) {\n    return ascii.toUpperCase();\n  });\n}",
  },
  eachAscii: {
    needs: ['spend'],
    takes: ['string', 'budget', 'change'],
    text: "// Beyond ASCII the engine would change other letters, too.\nfunction eachAscii(string, budget, change) {\n  spend(budget, string.length >> 3);\n  if (/^[\\x00-\\x7f]*$/.test(string)) return change(string);\n  spend(budget, string.length * 4);\n  return string.replace(/[\\x00-\\x7f]+/g, change);\n}",
  },
  isSpace: {
    needs: [],
    takes: ['unit'],
    text: "function isSpace(unit) {\n  if (unit < 0x80) return unit === 0x20 || (unit > 8 && unit < 14);\n  if (unit === 0x85 || unit === 0xa0 || unit === 0x1680 || unit === 0x3000) return true;\n  return (\n    (unit >= 0x2000 && unit <= 0x200a) ||\n    unit === 0x2028 ||\n    unit === 0x2029 ||\n    unit === 0x202f ||\n    unit === 0x205f\n  );\n}",
  },
  trim: {
    needs: ['isSpace', 'spend'],
    takes: ['string', 'budget'],
    text: "function trim(string, budget) {\n  var start = 0;\n  var end = string.length;\n  spend(budget, end >> 2);\n  while (start < end && isSpace(string.charCodeAt(start))) start++;\n  while (end > start && isSpace(string.charCodeAt(end - 1))) end--;\n  return string.slice(start, end);\n}",
  },
  charAt: {
    needs: ['fail', 'isPair', 'unitAt'],
    takes: ['string', 'index', 'budget', 'at'],
    text: "function charAt(string, index, budget, at) {\n  var unit = unitAt(string, index, budget);\n  if (unit < 0) fail('index_out_of_bounds', at);\n  return string.slice(unit, unit + (isPair(string, unit) ? 2 : 1));\n}",
  },
  substring: {
    needs: ['fail', 'spend', 'unitAt'],
    takes: ['string', 'start', 'budget', 'at'],
    text: "function substring(string, start, budget, at) {\n  var unit = unitAt(string, start, budget);\n  if (unit < 0) fail('index_out_of_bounds', at);\n  spend(budget, (string.length - unit) >> 4);\n  return string.slice(unit);\n}",
  },
  substringTo: {
    needs: ['fail', 'spend', 'unitAt'],
    takes: ['string', 'start', 'end', 'budget', 'at'],
    text: "function substringTo(string, start, end, budget, at) {\n  var from = unitAt(string, start, budget);\n  var to = unitAt(string, end, budget);\n  if (from < 0 || to < 0 || from > to) fail('index_out_of_bounds', at);\n  spend(budget, (to - from) >> 4);\n  return string.slice(from, to);\n}",
  },
  positionOf: {
    needs: ['lengthOf'],
    takes: ['string', 'unit', 'budget'],
    text: "function positionOf(string, unit, budget) {\n  return unit < 0 ? -1 : lengthOf(string.slice(0, unit), budget);\n}",
  },
  indexOf: {
    needs: ['positionOf', 'seek'],
    takes: ['string', 'part', 'budget'],
    text: "function indexOf(string, part, budget) {\n  seek(string, part, budget);\n  return positionOf(string, string.indexOf(part), budget);\n}",
  },
  indexOfFrom: {
    needs: ['fail', 'positionOf', 'seek', 'unitAt'],
    takes: ['string', 'part', 'start', 'budget', 'at'],
    text: "function indexOfFrom(string, part, start, budget, at) {\n  var from = unitAt(string, start, budget);\n  if (from < 0) fail('index_out_of_bounds', at);\n  seek(string, part, budget);\n  return positionOf(string, string.indexOf(part, from), budget);\n}",
  },
  lastIndexOf: {
    needs: ['positionOf', 'seek'],
    takes: ['string', 'part', 'budget'],
    text: "function lastIndexOf(string, part, budget) {\n  seek(string, part, budget);\n  return positionOf(string, string.lastIndexOf(part), budget);\n}",
  },
  lastIndexOfFrom: {
    needs: ['fail', 'positionOf', 'seek', 'unitAt'],
    takes: ['string', 'part', 'start', 'budget', 'at'],
    text: "function lastIndexOfFrom(string, part, start, budget, at) {\n  var from = unitAt(string, start, budget);\n  if (from < 0) fail('index_out_of_bounds', at);\n  seek(string, part, budget);\n  return positionOf(string, string.lastIndexOf(part, from), budget);\n}",
  },
  characters: {
    needs: ['isPair', 'spend'],
    takes: ['string', 'budget'],
    text: "function characters(string, budget) {\n  var found = [];\n  spend(budget, string.length * 2);\n  for (var i = 0; i < string.length; i++)\n    found.push(isPair(string, i) ? string.slice(i, ++i + 1) : string.charAt(i));\n  return found;\n}",
  },
  split: {
    needs: ['characters', 'seek', 'spend'],
    takes: ['string', 'separator', 'budget'],
    text: "function split(string, separator, budget) {\n  if (separator === '') return characters(string, budget);\n  seek(string, separator, budget);\n  spend(budget, 2 + (string.length / separator.length) * 4);\n  return string.split(separator);\n}",
  },
  splitTo: {
    needs: ['glue', 'split'],
    takes: ['string', 'separator', 'most', 'budget'],
    text: "function splitTo(string, separator, most, budget) {\n  if (most === 0) return [];\n  var found = split(string, separator, budget);\n  if (most < 0 || found.length <= most) return found;\n  var rest = glue(found.slice(most - 1), separator, budget);\n  return found.slice(0, most - 1).concat([rest]);\n}",
  },
  replaceTo: {
    needs: ['characters', 'glue', 'split'],
    takes: ['string', 'old', 'replacement', 'most', 'budget'],
    text: "function replaceTo(string, old, replacement, most, budget) {\n  var found = old === '' ? [''].concat(characters(string, budget), ['']) : split(string, old, budget);\n  if (old === '' && string === '') found = ['', ''];\n  if (most < 0 || found.length - 1 <= most) return glue(found, replacement, budget);\n  var rest = glue(found.slice(most), old, budget);\n  return glue(found.slice(0, most).concat([rest]), replacement, budget);\n}",
  },
  replace: {
    needs: ['replaceTo'],
    takes: ['string', 'old', 'replacement', 'budget'],
    text: "function replace(string, old, replacement, budget) {\n  return replaceTo(string, old, replacement, -1, budget);\n}",
  },
  glue: {
    needs: ['spend'],
    takes: ['texts', 'separator', 'budget'],
    text: "function glue(texts, separator, budget) {\n  var length = texts.length * separator.length;\n  spend(budget, texts.length * 3);\n  for (var i = 0; i < texts.length; i++) length += texts[i].length;\n  spend(budget, length / 8);\n  return texts.join(separator);\n}",
  },
  join: {
    needs: ['glue', 'spend', 'text'],
    takes: ['list', 'separator', 'budget', 'at'],
    text: "function join(list, separator, budget, at) {\n  spend(budget, list.length);\n  for (var i = 0; i < list.length; i++) text(list[i], at);\n  return glue(list, separator, budget);\n}",
  },
  intFromDouble: {
    needs: ['checked', 'fail'],
    takes: ['value', 'at'],
    text: "function intFromDouble(value, at) {\n  return value !== value\n    ? fail('overflow', at)\n    : checked(value < 0 ? Math.ceil(value) : Math.floor(value), at) + 0;\n}",
  },
  isShort: {
    needs: [],
    takes: ['string'],
    text: "// Longer ones are no numbers, and engines read them slowly.\nfunction isShort(string) {\n  return string.length <= 400;\n}",
  },
  intFromString: {
    needs: ['checked', 'fail', 'isShort'],
    takes: ['value', 'at'],
    text: "function intFromString(value, at) {\n  return isShort(value) && /^[+-]?[0-9]+$/.test(value)\n    ? checked(Number(value), at) + 0\n    : fail('conversion', at);\n}",
  },
  toInt: {
    needs: ['intFromDouble', 'intFromString', 'number'],
    takes: ['value', 'at'],
    text: "function toInt(value, at) {\n  return typeof value === 'string' ? intFromString(value, at) : intFromDouble(number(value, at), at);\n}",
  },
  doubleFromString: {
    needs: ['fail', 'isShort'],
    takes: ['value', 'at'],
    text: "function doubleFromString(value, at) {\n  if (!isShort(value)) fail('conversion', at);\n  if (/^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(value) && isFinite(value))\n    return Number(value);\n  if (/^[+-]?nan$/i.test(value)) return NaN;\n  if (/^-inf(inity)?$/i.test(value)) return -Infinity;\n  return /^\\+?inf(inity)?$/i.test(value) ? Infinity : fail('conversion', at);\n}",
  },
  toDouble: {
    needs: ['doubleFromString', 'number'],
    takes: ['value', 'at'],
    text: "function toDouble(value, at) {\n  return typeof value === 'string' ? doubleFromString(value, at) : number(value, at);\n}",
  },
  boolFromString: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function boolFromString(value, at) {\n  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;\n  return /^(0|f|F|false|FALSE|False)$/.test(value) ? false : fail('conversion', at);\n}",
  },
  toBool: {
    needs: ['boolFromString', 'text'],
    takes: ['value', 'at'],
    text: "function toBool(value, at) {\n  return typeof value === 'boolean' ? value : boolFromString(text(value, at), at);\n}",
  },
  toText: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function toText(value, at) {\n  if (typeof value === 'string') return value;\n  return typeof value === 'number' || typeof value === 'boolean'\n    ? String(value)\n    : fail('no_matching_overload', at);\n}",
  },
  isZero: {
    needs: ['Optional', 'countKeys', 'isList'],
    takes: ['value', 'budget'],
    text: "function isZero(value, budget) {\n  if (value === null || value === false || value === 0 || value === '') return true;\n  if (typeof value !== 'object') return false;\n  if (value instanceof Optional) return value.value === undefined;\n  return isList(value) ? value.length === 0 : countKeys(value, budget) === 0;\n}",
  },
  present: {
    needs: ['fail'],
    takes: ['value', 'at'],
    text: "function present(value, at) {\n  return value === undefined ? fail('no_value', at) : value;\n}",
  },
  distinct: {
    needs: ['contains', 'hasOwn', 'spend'],
    takes: ['list', 'budget'],
    text: "function distinct(list, budget) {\n  var seen = {};\n  var found = [];\n  spend(budget, list.length * 16);\n  for (var i = 0; i < list.length; i++) {\n    var value = list[i];\n    if (typeof value === 'string') {\n      spend(budget, value.length >> 2);\n      if (!hasOwn.call(seen, '$' + value)) {\n        seen['$' + value] = true;\n        found.push(value);\n      }\n    } else if (!contains(found, value, budget)) found.push(value);\n  }\n  return found;\n}",
  },
  sort: {
    needs: ['compare', 'spend'],
    takes: ['list', 'budget', 'at'],
    text: "function sort(list, budget, at) {\n  spend(budget, list.length);\n  for (var i = 0; i < list.length; i++) compare(list[i], list[0], budget, at);\n  return list.slice().sort(function (a, b) {\n    spend(budget, 4);\n    return compare(a, b, budget, at);\n  });\n}",
  },
  slice: {
    needs: ['fail', 'spend'],
    takes: ['list', 'start', 'end', 'budget', 'at'],
    text: "function slice(list, start, end, budget, at) {\n  if (start < 0 || end > list.length || start > end) return fail('index_out_of_bounds', at);\n  spend(budget, end - start);\n  return list.slice(start, end);\n}",
  },
  flatten: {
    needs: ['isList', 'spend'],
    takes: ['list', 'budget'],
    text: "function flatten(list, budget) {\n  var found = [];\n  spend(budget, list.length * 2);\n  for (var i = 0; i < list.length; i++) {\n    if (isList(list[i])) {\n      spend(budget, list[i].length * 2);\n      for (var j = 0; j < list[i].length; j++) found.push(list[i][j]);\n    } else found.push(list[i]);\n  }\n  return found;\n}",
  },
  flattenTo: {
    needs: ['fail', 'flatten', 'isList', 'spend'],
    takes: ['list', 'depth', 'budget', 'at'],
    text: "// Level by level, since data may be nested deeper than calls can be.\nfunction flattenTo(list, depth, budget, at) {\n  if (depth < 0) fail('invalid_argument', at);\n  var found = list;\n  spend(budget, list.length);\n  for (var level = 0; level < depth && found.some(isList); level++) found = flatten(found, budget);\n  return found;\n}",
  },
  setsContains: {
    needs: ['contains'],
    takes: ['list', 'part', 'budget'],
    text: "function setsContains(list, part, budget) {\n  for (var i = 0; i < part.length; i++) if (!contains(list, part[i], budget)) return false;\n  return true;\n}",
  },
  setsEquivalent: {
    needs: ['setsContains'],
    takes: ['a', 'b', 'budget'],
    text: "function setsEquivalent(a, b, budget) {\n  return setsContains(a, b, budget) && setsContains(b, a, budget);\n}",
  },
  setsIntersects: {
    needs: ['contains'],
    takes: ['a', 'b', 'budget'],
    text: "function setsIntersects(a, b, budget) {\n  for (var i = 0; i < a.length; i++) if (contains(b, a[i], budget)) return true;\n  return false;\n}",
  },
  emailDomain: {
    needs: ['fail', 'lowerAscii', 'seek'],
    takes: ['address', 'budget', 'at'],
    text: "function emailDomain(address, budget, at) {\n  seek(address, '@', budget);\n  var sign = address.lastIndexOf('@');\n  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);\n  return lowerAscii(address.slice(sign + 1), budget);\n}",
  },
  emailLocal: {
    needs: ['fail', 'seek'],
    takes: ['address', 'budget', 'at'],
    text: "function emailLocal(address, budget, at) {\n  seek(address, '@', budget);\n  var sign = address.lastIndexOf('@');\n  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);\n  return address.slice(0, sign);\n}",
  },
  glob: {
    needs: ['isPair', 'spend', 'startsSame'],
    takes: ['string', 'pattern', 'budget'],
    text: "// Where a star took too little it takes one character more; what came before it never changes.\nfunction glob(string, pattern, budget) {\n  var i = 0;\n  var j = 0;\n  var star = -1;\n  var from = 0;\n  spend(budget, (string.length + pattern.length) >> 1);\n  while (i < string.length) {\n    var width = isPair(string, i) ? 2 : 1;\n    var unit = pattern.charCodeAt(j);\n    if (unit === 42) {\n      star = j++;\n      from = i;\n    } else if (unit === 63) {\n      i += width;\n      j++;\n    } else if (unit === string.charCodeAt(i) && startsSame(string, i, pattern, j, width)) {\n      i += width;\n      j += width;\n    } else if (star >= 0) {\n      spend(budget, (j - star) >> 1);\n      from += isPair(string, from) ? 2 : 1;\n      i = from;\n      j = star + 1;\n    } else return false;\n  }\n  while (pattern.charCodeAt(j) === 42) j++;\n  return j === pattern.length;\n}",
  },
  startsSame: {
    needs: ['isPair'],
    takes: ['a', 'i', 'b', 'j', 'width'],
    text: "// Whether a character that begins alike is the same one.\nfunction startsSame(a, i, b, j, width) {\n  return isPair(b, j) === (width === 2) && (width === 1 || a.charCodeAt(i + 1) === b.charCodeAt(j + 1));\n}",
  },
  onlyMatching: {
    needs: ['glob', 'spend', 'text'],
    takes: ['list', 'pattern', 'budget', 'at'],
    text: "function onlyMatching(list, pattern, budget, at) {\n  var found = [];\n  spend(budget, list.length * 2);\n  for (var i = 0; i < list.length; i++) if (glob(text(list[i], at), pattern, budget)) found.push(list[i]);\n  return found;\n}",
  },
  only: {
    needs: ['contains', 'spend', 'text'],
    takes: ['list', 'allowed', 'budget', 'at'],
    text: "function only(list, allowed, budget, at) {\n  var found = [];\n  spend(budget, list.length * 2);\n  for (var i = 0; i < list.length; i++) if (contains(allowed, text(list[i], at), budget)) found.push(list[i]);\n  return found;\n}",
  },
  extract: {
    needs: ['fail', 'seek', 'spend'],
    takes: ['string', 'template', 'budget', 'at'],
    text: "function extract(string, template, budget, at) {\n  spend(budget, 8 + (template.length >> 2));\n  var parts = /^([^{}]*)\\{[A-Za-z_][A-Za-z0-9_]*\\}([^{}]*)$/.exec(template);\n  if (!parts) return fail('invalid_argument', at);\n  seek(string, parts[1], budget);\n  var start = string.indexOf(parts[1]);\n  if (start < 0) return '';\n  start += parts[1].length;\n  seek(string, parts[2], budget);\n  var end = parts[2] === '' ? string.length : string.indexOf(parts[2], start);\n  return end < 0 ? '' : string.slice(start, end);\n}",
  },
  plain: {
    needs: ['plainTo'],
    takes: ['value', 'budget'],
    text: "// JSON has no optionals and only string keys.\nfunction plain(value, budget) {\n  return plainTo(value, 0, budget);\n}",
  },
  plainTo: {
    needs: ['Optional', 'fail', 'isList', 'keyFrom', 'own', 'put', 'spend'],
    takes: ['value', 'depth', 'budget'],
    text: "// Values nested deeper than any token may carry fail rather than exhaust the stack.\nfunction plainTo(value, depth, budget) {\n  if (value instanceof Optional)\n    return value.value === undefined ? null : plainTo(value.value, depth, budget);\n  if (typeof value !== 'object' || value === null) return value;\n  if (depth > 64) return fail('invalid_argument', 0);\n  var copy;\n  if (isList(value)) {\n    copy = [];\n    spend(budget, 4 + value.length * 2);\n    for (var i = 0; i < value.length; i++) copy.push(plainTo(value[i], depth + 1, budget));\n    return copy;\n  }\n  copy = {};\n  for (var key in value) {\n    spend(budget, 64);\n    if (own(value, key)) put(copy, String(keyFrom(key)), plainTo(value[key], depth + 1, budget), 0);\n  }\n  return copy;\n}",
  },
} as const;
