import { MATH_FUNCTIONS } from './functions-math.ts';
import { NETWORK_FUNCTIONS } from './functions-network.ts';
import { comparedTimes, TIME_FUNCTIONS } from './functions-time.ts';
import { type HelperName, helperCall } from './generate/helpers.ts';
import { atom, binary, callOf, numberLiteral, property } from './generate/js.ts';
import { MAX_ITEMS } from './limits.ts';
import {
  elsewhere,
  exact,
  type FunctionDeclaration,
  negative,
  type Overload,
  operator,
  ordered,
  partial,
  same,
  total,
  unary,
} from './overloads.ts';

function define(
  name: string,
  summary: string,
  overloads: readonly Overload[],
  dynamic?: FunctionDeclaration['dynamic'],
): FunctionDeclaration {
  return dynamic === undefined ? { name, summary, overloads } : { name, summary, overloads, dynamic };
}

function conversion(
  name: string,
  summary: string,
  overloads: readonly Overload[],
  dynamic: HelperName,
): FunctionDeclaration {
  return { name, summary, overloads, dynamic, anyNumber: true };
}

function comparison(symbol: string, words: string): FunctionDeclaration {
  const name = `_${symbol}_`;
  const pairs = ['bool, bool', 'int, int', 'int, double', 'double, int', 'double, double'];
  return {
    name,
    summary: `Whether the first value is ${words} the second. Strings compare by code point; int and double by value.`,
    overloads: [
      ...pairs.map((types) => total(`${name}(${types}) -> bool`, operator(symbol))),
      total(`${name}(string, string) -> bool`, ordered(symbol)),
      ...['timestamp', 'duration'].map((type) =>
        total(`${name}(${type}, ${type}) -> bool`, comparedTimes(symbol)),
      ),
    ],
    dynamic: 'compare',
    anyNumber: true,
  };
}

/** Every function and operator of the language, version 1. Functions are never removed or changed. */
export const FUNCTIONS: readonly FunctionDeclaration[] = [
  define('_&&_', 'Whether both are true; if one is false, the result is false even if the other fails.', [
    total('_&&_(bool, bool) -> bool', elsewhere),
  ]),
  define('_||_', 'Whether one is true; if one is true, the result is true even if the other fails.', [
    total('_||_(bool, bool) -> bool', elsewhere),
  ]),
  define('!_', 'The opposite.', [total('!_(bool) -> bool', elsewhere)]),
  define('_?_:_', 'The second value if the first is true, else the third; only that one is evaluated.', [
    total('_?_:_(bool, A, A) -> A', elsewhere),
  ]),
  define(
    '_==_',
    'Whether both are equal. Lists and maps compare by content; values of different types are unequal.',
    [total('_==_(A, A) -> bool', elsewhere)],
  ),
  define('_!=_', 'Whether both differ.', [total('_!=_(A, A) -> bool', elsewhere)]),
  comparison('<', 'less than'),
  comparison('<=', 'at most'),
  comparison('>', 'greater than'),
  comparison('>=', 'at least'),
  define('@in', 'Whether the list has the element, or the map the key.', [
    total('@in(A, list(A)) -> bool', elsewhere),
    total('@in(A, map(A, B)) -> bool', elsewhere),
  ]),
  define(
    '_+_',
    'Adds numbers and times; joins strings and lists.',
    [
      partial('_+_(int, int) -> int', exact('+')),
      total('_+_(double, double) -> double', operator('+')),
      total('_+_(string, string) -> string', 'joined'),
      total('_+_(list(A), list(A)) -> list(A)', 'joinedLists'),
      partial('_+_(timestamp, duration) -> timestamp', 'addTimes'),
      partial('_+_(duration, timestamp) -> timestamp', 'addTimes'),
      partial('_+_(duration, duration) -> duration', 'addTimes'),
    ],
    'add',
  ),
  define(
    '_-_',
    'Subtracts.',
    [
      partial('_-_(int, int) -> int', exact('-')),
      total('_-_(double, double) -> double', operator('-')),
      partial('_-_(timestamp, timestamp) -> duration', 'subtractTimes'),
      partial('_-_(timestamp, duration) -> timestamp', 'subtractTimes'),
      partial('_-_(duration, duration) -> duration', 'subtractTimes'),
    ],
    'subtract',
  ),
  define(
    '_*_',
    'Multiplies.',
    [partial('_*_(int, int) -> int', 'multiply'), total('_*_(double, double) -> double', operator('*'))],
    'times',
  ),
  define(
    '_/_',
    'Divides; whole numbers are cut towards zero, and dividing them by zero fails.',
    [partial('_/_(int, int) -> int', 'divide'), total('_/_(double, double) -> double', operator('/'))],
    'over',
  ),
  define('_%_', 'The remainder of a division of whole numbers, with the sign of the first.', [
    partial('_%_(int, int) -> int', 'modulo'),
  ]),
  define(
    '-_',
    'The opposite number.',
    [
      total(
        '-_(int) -> int',
        unary((value) => binary('-', numberLiteral(0), value)),
      ),
      total('-_(double) -> double', unary(negative)),
    ],
    'negate',
  ),
  define('_[_]', 'The element at a position from 0, or the value of a key.', [
    partial('_[_](list(A), int) -> A', 'element'),
    partial('_[_](map(A, B), A) -> B', 'get'),
  ]),
  define(
    'size',
    'Characters in a string, elements in a list, entries in a map.',
    [
      ...['size(string) -> int', 'string.size() -> int'].map((signature) => total(signature, 'lengthOf')),
      ...['size(list(A)) -> int', 'list(A).size() -> int'].map((signature) =>
        total(
          signature,
          unary((list) => property(list, 'length')),
        ),
      ),
      ...['size(map(A, B)) -> int', 'map(A, B).size() -> int'].map((signature) =>
        total(signature, 'countKeys'),
      ),
    ],
    'size',
  ),
  define('dyn', 'The same value, with its type decided at run time.', [total('dyn(A) -> dyn', same)]),
  conversion(
    'int',
    'A whole number: a double is cut towards zero, a string is read as decimal digits, a timestamp is seconds since 1970.',
    [
      total('int(int) -> int', same),
      partial('int(double) -> int', 'intFromDouble'),
      partial('int(string) -> int', 'intFromString'),
      total(
        'int(timestamp) -> int',
        unary((time) => property(time, 'value')),
      ),
    ],
    'toInt',
  ),
  conversion(
    'double',
    'A number with a fraction; a string is read as a decimal number.',
    [
      total('double(double) -> double', same),
      total('double(int) -> double', same),
      partial('double(string) -> double', 'doubleFromString'),
    ],
    'toDouble',
  ),
  conversion(
    'string',
    'The value as text: a timestamp in RFC 3339 and UTC, a duration in seconds, such as "5400s".',
    [
      total('string(string) -> string', same),
      ...['int', 'double', 'bool'].map((type) =>
        total(
          `string(${type}) -> string`,
          unary((value) => callOf('String', [value])),
        ),
      ),
      total('string(timestamp) -> string', 'timestampText'),
      total('string(duration) -> string', 'durationText'),
      ...['ip', 'cidr'].map((type) =>
        total(
          `string(${type}) -> string`,
          unary((value) => property(value, 'value')),
        ),
      ),
    ],
    'toText',
  ),
  conversion(
    'bool',
    'A truth value; a string is read as true, false, t, f, 1 or 0.',
    [total('bool(bool) -> bool', same), partial('bool(string) -> bool', 'boolFromString')],
    'toBool',
  ),

  ...TIME_FUNCTIONS,
  ...MATH_FUNCTIONS,
  ...NETWORK_FUNCTIONS,

  define('startsWith', 'Whether the string begins with the other.', [
    total('string.startsWith(string) -> bool', 'startsWith'),
  ]),
  define('endsWith', 'Whether the string ends with the other.', [
    total('string.endsWith(string) -> bool', 'endsWith'),
  ]),
  define('contains', 'Whether the string contains the other.', [
    total('string.contains(string) -> bool', 'includes'),
  ]),
  define('lowerAscii', 'The string with A-Z in lower case; other characters stay.', [
    total('string.lowerAscii() -> string', 'lowerAscii'),
  ]),
  define('upperAscii', 'The string with a-z in upper case; other characters stay.', [
    total('string.upperAscii() -> string', 'upperAscii'),
  ]),
  define('trim', 'The string without white space at both ends.', [total('string.trim() -> string', 'trim')]),
  define('charAt', 'The character at a position; empty at the very end, an error beyond.', [
    partial('string.charAt(int) -> string', 'charAt'),
  ]),
  define('indexOf', 'The position of the first occurrence, from a start if given; -1 if there is none.', [
    total('string.indexOf(string) -> int', 'indexOf'),
    partial('string.indexOf(string, int) -> int', 'indexOfFrom'),
  ]),
  define(
    'lastIndexOf',
    'The position of the last occurrence, beginning at most at the given one; -1 if there is none.',
    [
      total('string.lastIndexOf(string) -> int', 'lastIndexOf'),
      partial('string.lastIndexOf(string, int) -> int', 'lastIndexOfFrom'),
    ],
  ),
  define('substring', 'The characters from a position on, up to but without a second one if given.', [
    partial('string.substring(int) -> string', 'substring'),
    partial('string.substring(int, int) -> string', 'substringTo'),
  ]),
  define('replace', 'The string with occurrences replaced: all, or at most as many as given.', [
    total('string.replace(string, string) -> string', 'replace'),
    total('string.replace(string, string, int) -> string', 'replaceTo'),
  ]),
  define('split', 'The parts between separators: all, or at most as many as given, the last with the rest.', [
    total('string.split(string) -> list(string)', 'split'),
    total('string.split(string, int) -> list(string)', 'splitTo'),
  ]),
  define('join', 'The strings of a list as one, with a separator if given.', [
    partial('list(string).join() -> string', (args, site) => helperCall(site, 'join', [...args, "''"])),
    partial('list(string).join(string) -> string', 'join'),
  ]),
  define(
    'extract',
    'The text in place of the {name} of a template such as "/teams/{team}/"; empty if the text around it is not found.',
    [partial('string.extract(string) -> string', 'extract')],
  ),
  define(
    'reverse',
    'The characters of a string or the elements of a list in the opposite order.',
    [total('string.reverse() -> string', 'reverseText'), total('list(A).reverse() -> list(A)', 'reverse')],
    (args, site) => helperCall(site, 'reverseAny', args),
  ),
  define('base64.encode', 'Base64 of the UTF-8 of a text.', [
    partial('base64.encode(string) -> string', 'toBase64'),
  ]),
  define('base64.decode', 'The text behind Base64; an error if it is not UTF-8. Padding may be left out.', [
    partial('base64.decode(string) -> string', 'fromBase64'),
  ]),
  define(
    'url.encode',
    "The text as a part of a URL: other characters than letters, digits and -_.!~*'() as %XX.",
    [partial('url.encode(string) -> string', 'urlEncode')],
  ),
  define('url.decode', 'The text behind a part of a URL with %XX; a + stays.', [
    partial('url.decode(string) -> string', 'urlDecode'),
  ]),
  define(
    'hash.sha256',
    'SHA-256 of the UTF-8 of a text, as 64 hexadecimal digits. Whoever knows all possible texts finds the one behind it.',
    [partial('hash.sha256(string) -> string', 'sha256')],
  ),
  define(
    'hash.hmac',
    'HMAC-SHA-256 of the UTF-8 of a text, as 64 hexadecimal digits, with a key that is a setting of the deployment: hash.hmac("${PAIRWISE_KEY}", user.id).',
    [partial('hash.hmac(string, string) -> string', 'hmacSha256')],
  ),
  define('glob', 'Whether the whole string matches a pattern: * is any text, ? one character.', [
    total('string.glob(string) -> bool', 'glob'),
  ]),
  define(
    'email.domain',
    'The part of an e-mail address after the @, in lower case; an error if it is not an address.',
    [partial('email.domain(string) -> string', 'emailDomain')],
  ),
  define('email.local', 'The part of an e-mail address before the @; an error if it is not an address.', [
    partial('email.local(string) -> string', 'emailLocal'),
  ]),

  define('only', 'The strings of a list that an allow-list names, in their order.', [
    partial('list(string).only(list(string)) -> list(string)', 'only'),
  ]),
  define('onlyMatching', 'The strings of a list that match a glob pattern, in their order.', [
    partial('list(string).onlyMatching(string) -> list(string)', 'onlyMatching'),
  ]),
  define('distinct', 'The list without repetitions.', [total('list(A).distinct() -> list(A)', 'distinct')]),
  define(
    'sort',
    'The list in ascending order.',
    [
      ...['int', 'double', 'bool', 'string'].map((type) =>
        partial(`list(${type}).sort() -> list(${type})`, 'sort'),
      ),
      ...['timestamp', 'duration'].map((type) => partial(`list(${type}).sort() -> list(${type})`, 'sortAny')),
    ],
    'sort',
  ),
  define(
    'flatten',
    'The list with the elements of its lists in their place: one level, or as many as given.',
    [
      total('list(list(A)).flatten() -> list(A)', 'flatten'),
      partial('list(A).flatten(int) -> list(dyn)', 'flattenTo'),
    ],
  ),
  define('slice', 'The elements from a position on, up to but without the second one.', [
    partial('list(A).slice(int, int) -> list(A)', 'slice'),
  ]),
  define('first', 'The first element of a list, as an optional.', [
    total('list(A).first() -> optional(A)', (args, site) => helperCall(site, 'firstOf', args)),
  ]),
  define('last', 'The last element of a list, as an optional.', [
    total('list(A).last() -> optional(A)', (args, site) => helperCall(site, 'lastOf', args)),
  ]),
  define('lists.range', `The whole numbers from 0 up to, but without the given one; at most ${MAX_ITEMS}.`, [
    partial('lists.range(int) -> list(int)', 'range'),
  ]),
  define('sets.contains', 'Whether the first list has every element of the second.', [
    total('sets.contains(list(A), list(A)) -> bool', 'setsContains'),
  ]),
  define('sets.equivalent', 'Whether both lists have the same elements, in any order and number.', [
    total('sets.equivalent(list(A), list(A)) -> bool', 'setsEquivalent'),
  ]),
  define('sets.intersects', 'Whether the lists have an element in common.', [
    total('sets.intersects(list(A), list(A)) -> bool', 'setsIntersects'),
  ]),

  define('optional.of', 'An optional that has the value.', [total('optional.of(A) -> optional(A)', same)]),
  define('optional.none', 'An optional without a value.', [
    total('optional.none() -> optional(A)', () => atom('undefined')),
  ]),
  define('optional.ofNonZeroValue', 'An optional that has the value, unless it is null, false, 0 or empty.', [
    total('optional.ofNonZeroValue(A) -> optional(A)', elsewhere),
  ]),
  define('hasValue', 'Whether the optional has a value.', [
    total(
      'optional(A).hasValue() -> bool',
      unary((value) => binary('!==', value, atom('undefined'))),
    ),
  ]),
  define('value', 'The value of the optional; an error if it has none.', [
    partial('optional(A).value() -> A', 'present'),
  ]),
  define('or', 'The optional if it has a value, else the other.', [
    total('optional(A).or(optional(A)) -> optional(A)', elsewhere),
  ]),
  define('orValue', 'The value of the optional, else the given one.', [
    total('optional(A).orValue(A) -> A', elsewhere),
  ]),
];

/** The same table by name. */
export const FUNCTIONS_BY_NAME: ReadonlyMap<string, FunctionDeclaration> = new Map(
  FUNCTIONS.map((declaration) => [declaration.name, declaration]),
);
