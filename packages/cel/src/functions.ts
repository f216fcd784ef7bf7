import type { HelperName } from './generate/helpers.ts';
import { binary, callOf, type Js, LEVEL, numberLiteral, property, wrap } from './generate/js.ts';
import { type Pattern, parseSignature } from './signature.ts';

/** What an overload's generator may ask for. */
export interface Site {
  /** Where the call stands in the expression; goes into a run-time error. */
  readonly at: number;
  /** Asks for a helper and gives its name. */
  readonly use: (helper: HelperName) => string;
}

/** One signature of a function, with everything that the checker, the generator and the documents need. */
export interface Overload {
  /** As written in the table: `string.startsWith(string) -> bool`. */
  readonly signature: string;
  /** A method: the first parameter stands before the dot. */
  readonly method: boolean;
  readonly parameters: readonly Pattern[];
  readonly result: Pattern;
  /** It can fail although its arguments fit. */
  readonly fails: boolean;
  readonly emit: (args: readonly Js[], site: Site) => Js;
}

/** A function by name, with all of its overloads. Operators have CEL's own names, such as `_+_`. */
export interface FunctionDeclaration {
  readonly name: string;
  /** What it does, in one sentence. The function reference is written from it. */
  readonly summary: string;
  readonly overloads: readonly Overload[];
  /** Decides at run time, where the static types leave more than one overload. */
  readonly dynamic?: HelperName;
  /** Means the same for an int and a double, so a number of unknown kind needs no conversion. */
  readonly anyNumber?: boolean;
}

type Emit = HelperName | ((args: readonly Js[], site: Site) => Js);

/** An overload that gives a value for all arguments that fit. */
function total(signature: string, emit: Emit): Overload {
  return overload(signature, emit, false);
}

/** An overload that may fail; its helper gets the place as its last argument. */
function partial(signature: string, emit: Emit): Overload {
  return overload(signature, emit, true);
}

function overload(signature: string, emit: Emit, fails: boolean): Overload {
  return {
    signature,
    ...parseSignature(signature),
    fails,
    emit:
      typeof emit === 'function'
        ? emit
        : (args, site) => callOf(site.use(emit), fails ? [...args, site.at] : args),
  };
}

const first = ([value]: readonly Js[]): Js => value ?? numberLiteral(0);

function operator(symbol: string): Emit {
  return ([left, right]) => binary(symbol, left ?? numberLiteral(0), right ?? numberLiteral(0));
}

/** Exact integers: beyond 2^53 - 1 the operation fails. */
function exact(symbol: string): Emit {
  return ([left, right], site) =>
    callOf(site.use('checked'), [
      binary(symbol, left ?? numberLiteral(0), right ?? numberLiteral(0)),
      site.at,
    ]);
}

/** A literal of ASCII characters: against it, the order of UTF-16 units is that of code points. */
const IS_ASCII = /^'(?:[^\\]|\\[^u])*'$/;

function comparison(name: string, symbol: string, words: string): FunctionDeclaration {
  const numeric = operator(symbol);
  return {
    name: `_${name}_`,
    summary: `Whether the first value is ${words} the second. Strings compare by code point; int and double by value.`,
    overloads: [
      total(`_${name}_(bool, bool) -> bool`, numeric),
      total(`_${name}_(int, int) -> bool`, numeric),
      total(`_${name}_(int, double) -> bool`, numeric),
      total(`_${name}_(double, int) -> bool`, numeric),
      total(`_${name}_(double, double) -> bool`, numeric),
      total(`_${name}_(string, string) -> bool`, (args, site) =>
        args.some((arg) => IS_ASCII.test(arg.code))
          ? binary(symbol, first(args), first(args.slice(1)))
          : binary(symbol, callOf(site.use('order'), args), numberLiteral(0)),
      ),
    ],
    dynamic: 'compare',
    anyNumber: true,
  };
}

function define(
  name: string,
  summary: string,
  overloads: readonly Overload[],
  dynamic?: HelperName,
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

/** Every function and operator of the language, version 1. Functions are never removed or changed. */
export const FUNCTIONS: readonly FunctionDeclaration[] = [
  define('_&&_', 'Whether both are true; false decides even where the other fails.', [
    total('_&&_(bool, bool) -> bool', operator('&&')),
  ]),
  define('_||_', 'Whether one is true; true decides even where the other fails.', [
    total('_||_(bool, bool) -> bool', operator('||')),
  ]),
  define('!_', 'The opposite.', [
    total('!_(bool) -> bool', ([value]) => ({
      code: `!${wrap(first(value ? [value] : []), LEVEL.unary)}`,
      level: LEVEL.unary,
    })),
  ]),
  define('_?_:_', 'The second value if the first is true, else the third; only that one is evaluated.', [
    total('_?_:_(bool, A, A) -> A', first),
  ]),
  define(
    '_==_',
    'Whether both are equal. Lists and maps compare by content; values of different types are unequal.',
    [total('_==_(A, A) -> bool', 'equals')],
  ),
  define('_!=_', 'Whether both differ.', [
    total('_!=_(A, A) -> bool', (args, site) => ({
      code: `!${callOf(site.use('equals'), args).code}`,
      level: LEVEL.unary,
    })),
  ]),
  comparison('<', '<', 'less than'),
  comparison('<=', '<=', 'at most'),
  comparison('>', '>', 'greater than'),
  comparison('>=', '>=', 'at least'),
  define(
    '@in',
    'Whether the list has the element, or the map the key.',
    [
      total('@in(A, list(A)) -> bool', ([value, list], site) =>
        callOf(site.use('contains'), [list ?? first([]), value ?? first([])]),
      ),
      total('@in(A, map(A, B)) -> bool', ([key, map], site) =>
        callOf(site.use('own'), [map ?? first([]), key ?? first([])]),
      ),
    ],
    'isIn',
  ),
  define(
    '_+_',
    'Adds numbers; joins strings and lists.',
    [
      partial('_+_(int, int) -> int', exact('+')),
      total('_+_(double, double) -> double', operator('+')),
      total('_+_(string, string) -> string', operator('+')),
      total('_+_(list(A), list(A)) -> list(A)', ([a, b]) =>
        callOf(property(a ?? first([]), 'concat').code, [b ?? first([])]),
      ),
    ],
    'add',
  ),
  define(
    '_-_',
    'Subtracts.',
    [partial('_-_(int, int) -> int', exact('-')), total('_-_(double, double) -> double', operator('-'))],
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
      total('-_(int) -> int', ([value]) => binary('-', numberLiteral(0), value ?? first([]))),
      total('-_(double) -> double', ([value]) => {
        const operand = value ?? first([]);
        return {
          code: `-${operand.code.startsWith('-') ? `(${operand.code})` : wrap(operand, LEVEL.unary)}`,
          level: LEVEL.unary,
        };
      }),
    ],
    'negate',
  ),
  define(
    '_[_]',
    'The element at a position from 0, or the value of a key.',
    [partial('_[_](list(A), int) -> A', 'element'), partial('_[_](map(A, B), A) -> B', 'get')],
    'at',
  ),
  define(
    'size',
    'Characters in a string, elements in a list, entries in a map.',
    [
      ...['size(string) -> int', 'string.size() -> int'].map((signature) => total(signature, 'lengthOf')),
      ...['size(list(A)) -> int', 'list(A).size() -> int'].map((signature) =>
        total(signature, (args) => property(first(args), 'length')),
      ),
      ...['size(map(A, B)) -> int', 'map(A, B).size() -> int'].map((signature) =>
        total(signature, 'countKeys'),
      ),
    ],
    'size',
  ),
  define('dyn', 'The same value, with its type decided at run time.', [total('dyn(A) -> dyn', first)]),
  conversion(
    'int',
    'A whole number: a double is cut towards zero, a string is read as decimal digits.',
    [
      total('int(int) -> int', first),
      partial('int(double) -> int', 'intFromDouble'),
      partial('int(string) -> int', 'intFromString'),
    ],
    'toInt',
  ),
  conversion(
    'double',
    'A number with a fraction; a string is read as a decimal number.',
    [
      total('double(double) -> double', first),
      total('double(int) -> double', first),
      partial('double(string) -> double', 'doubleFromString'),
    ],
    'toDouble',
  ),
  conversion(
    'string',
    'The value as text.',
    [
      total('string(string) -> string', first),
      ...['int', 'double', 'bool'].map((type) =>
        total(`string(${type}) -> string`, (args) => callOf('String', args)),
      ),
    ],
    'toText',
  ),
  conversion(
    'bool',
    'A truth value; a string is read as true, false, t, f, 1 or 0.',
    [total('bool(bool) -> bool', first), partial('bool(string) -> bool', 'boolFromString')],
    'toBool',
  ),

  define('startsWith', 'Whether the string begins with the other.', [
    total('string.startsWith(string) -> bool', 'startsWith'),
  ]),
  define('endsWith', 'Whether the string ends with the other.', [
    total('string.endsWith(string) -> bool', 'endsWith'),
  ]),
  define('contains', 'Whether the string has the other in it.', [
    total('string.contains(string) -> bool', ([string, part]) =>
      binary(
        '!==',
        callOf(property(string ?? first([]), 'indexOf').code, [part ?? first([])]),
        numberLiteral(-1),
      ),
    ),
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
    partial('list(string).join() -> string', (args, site) =>
      callOf(site.use('join'), [...args, "''", site.at]),
    ),
    partial('list(string).join(string) -> string', 'join'),
  ]),
  define(
    'extract',
    'What stands in place of the {name} of a template such as "/teams/{team}/"; empty if the text around it is not found.',
    [partial('string.extract(string) -> string', 'extract')],
  ),
  define('glob', 'Whether the whole string fits a pattern: * is any text, ? one character.', [
    total('string.glob(string) -> bool', 'glob'),
  ]),
  define(
    'email.domain',
    'The part of an e-mail address after the @, in lower case; an error if it is no address.',
    [partial('email.domain(string) -> string', 'emailDomain')],
  ),
  define('email.local', 'The part of an e-mail address before the @; an error if it is no address.', [
    partial('email.local(string) -> string', 'emailLocal'),
  ]),

  define('only', 'The strings of a list that an allow-list names, in their order.', [
    partial('list(string).only(list(string)) -> list(string)', 'only'),
  ]),
  define('onlyMatching', 'The strings of a list that fit a glob pattern, in their order.', [
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
  define('sets.contains', 'Whether the first list has every element of the second.', [
    total('sets.contains(list(A), list(A)) -> bool', 'setsContains'),
  ]),
  define('sets.equivalent', 'Whether both lists have the same elements, whatever their order and number.', [
    total('sets.equivalent(list(A), list(A)) -> bool', 'setsEquivalent'),
  ]),
  define('sets.intersects', 'Whether the lists have an element in common.', [
    total('sets.intersects(list(A), list(A)) -> bool', 'setsIntersects'),
  ]),

  define('optional.of', 'An optional that has the value.', [total('optional.of(A) -> optional(A)', first)]),
  define('optional.none', 'An optional without a value.', [
    total('optional.none() -> optional(A)', () => ({ code: 'undefined', level: LEVEL.atom })),
  ]),
  define('optional.ofNonZeroValue', 'An optional that has the value, unless it is null, false, 0 or empty.', [
    total('optional.ofNonZeroValue(A) -> optional(A)', first),
  ]),
  define('hasValue', 'Whether the optional has a value.', [
    total('optional(A).hasValue() -> bool', (args) => ({
      code: `${wrap(first(args), LEVEL.equality)} !== undefined`,
      level: LEVEL.equality,
    })),
  ]),
  define('value', 'The value of the optional; an error if it has none.', [
    partial('optional(A).value() -> A', 'present'),
  ]),
  define('or', 'The optional if it has a value, else the other.', [
    total('optional(A).or(optional(A)) -> optional(A)', first),
  ]),
  define('orValue', 'The value of the optional, else the given one.', [
    total('optional(A).orValue(A) -> A', first),
  ]),
];

/** The same table by name. */
export const FUNCTIONS_BY_NAME: ReadonlyMap<string, FunctionDeclaration> = new Map(
  FUNCTIONS.map((declaration) => [declaration.name, declaration]),
);
