/** A piece of JavaScript and how tightly it binds, so that only needed parentheses are written. */
export interface Js {
  readonly code: string;
  readonly level: number;
}

/** Binding strength, weakest first. */
export const LEVEL = {
  conditional: 1,
  or: 2,
  and: 3,
  equality: 4,
  relation: 5,
  sum: 6,
  product: 7,
  unary: 8,
  member: 9,
  atom: 10,
} as const;

const BINARY: Readonly<Record<string, number>> = {
  '||': LEVEL.or,
  '&&': LEVEL.and,
  '===': LEVEL.equality,
  '!==': LEVEL.equality,
  '<': LEVEL.relation,
  '<=': LEVEL.relation,
  '>': LEVEL.relation,
  '>=': LEVEL.relation,
  '+': LEVEL.sum,
  '-': LEVEL.sum,
  '*': LEVEL.product,
  '/': LEVEL.product,
};

/** A name, a literal or anything else that needs no parentheses anywhere. */
export function atom(code: string): Js {
  return { code, level: LEVEL.atom };
}

export function wrap(js: Js, level: number): string {
  return js.level < level ? `(${js.code})` : js.code;
}

export function binary(operator: string, left: Js, right: Js): Js {
  const level = BINARY[operator] ?? LEVEL.conditional;
  const chains = operator === '||' || operator === '&&';
  return { code: `${wrap(left, level)} ${operator} ${wrap(right, chains ? level : level + 1)}`, level };
}

export function not(js: Js): Js {
  const opposite = /^([\w.]+) (===|!==) ([\w.]+|"[^"\\]*"|'[^'\\]*')$/.exec(js.code);
  if (opposite?.[1] !== undefined && opposite[3] !== undefined) {
    return { ...js, code: `${opposite[1]} ${opposite[2] === '===' ? '!==' : '==='} ${opposite[3]}` };
  }
  return { code: `!${wrap(js, LEVEL.unary)}`, level: LEVEL.unary };
}

export function conditional(test: Js, yes: Js, no: Js): Js {
  const level = LEVEL.conditional;
  return { code: `${wrap(test, level + 1)} ? ${wrap(yes, level + 1)} : ${wrap(no, level)}`, level };
}

export function callOf(name: string, args: readonly (Js | string | number)[]): Js {
  const list = args.map((arg) => (typeof arg === 'object' ? arg.code : String(arg)));
  return { code: `${name}(${list.join(', ')})`, level: LEVEL.member };
}

const PLAIN_NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** `object.name`, or `object["name"]` where ES5 engines need it. */
export function property(object: Js, name: string): Js {
  const base = wrap(object, LEVEL.member);
  const code =
    PLAIN_NAME.test(name) && !RESERVED_WORDS.has(name) ? `${base}.${name}` : `${base}[${quote(name)}]`;
  return { code, level: LEVEL.member };
}

/** A string literal of ASCII only, so that no file encoding, engine or page can misread it. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${ascii(escaped.replace(/<(?=[/!])/g, escapeUnit))}'`;
}

/** Writes everything beyond printable ASCII as `\uXXXX`. */
export function ascii(text: string): string {
  return text.replace(/[^ -~]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A number literal; -0 and the infinities keep their value. */
export function numberLiteral(value: number): Js {
  if (Object.is(value, -0)) return { code: '-0', level: LEVEL.unary };
  return value < 0 ? { code: String(value), level: LEVEL.unary } : atom(String(value));
}

/** Names that ES5 reserves, in strict mode too, and those that would hide what generated code uses. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'abstract',
  'arguments',
  'boolean',
  'break',
  'byte',
  'case',
  'catch',
  'char',
  'class',
  'const',
  'continue',
  'debugger',
  'default',
  'delete',
  'do',
  'double',
  'else',
  'enum',
  'eval',
  'export',
  'extends',
  'false',
  'final',
  'finally',
  'float',
  'for',
  'function',
  'goto',
  'if',
  'implements',
  'import',
  'in',
  'instanceof',
  'int',
  'interface',
  'let',
  'long',
  'native',
  'new',
  'null',
  'package',
  'private',
  'protected',
  'public',
  'return',
  'short',
  'static',
  'super',
  'switch',
  'synchronized',
  'this',
  'throw',
  'throws',
  'transient',
  'true',
  'try',
  'typeof',
  'undefined',
  'var',
  'void',
  'volatile',
  'while',
  'with',
  'yield',
  'await',
  'async',
  'of',
  'Array',
  'Boolean',
  'Error',
  'Infinity',
  'JSON',
  'Math',
  'NaN',
  'Number',
  'Object',
  'RegExp',
  'String',
  'isFinite',
]);
