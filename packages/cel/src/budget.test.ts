import { describe, expect, it } from 'vitest';
import {
  compile,
  costOf,
  type Environment,
  FUNCTIONS,
  type FunctionDeclaration,
  generate,
  type Overload,
  SETTINGS,
  type Sizes,
  type Type,
} from './index.ts';
import type { Pattern } from './signature.ts';

/** What takes no longer for a larger input: it looks at one place, or at no more than 400 characters. */
const CONSTANT: ReadonlySet<string> = new Set([
  'size(list(A)) -> int',
  'list(A).size() -> int',
  '_[_](list(A), int) -> A',
  'string(string) -> string',
  'int(string) -> int',
  'double(string) -> double',
  'bool(string) -> bool',
  // At most 40 and 100 characters.
  'timestamp(string) -> timestamp',
  'duration(string) -> duration',
  // At most 49 characters.
  'ip(string) -> ip',
  'cidr(string) -> cidr',
  'isIP(string) -> bool',
  'isCIDR(string) -> bool',
  'ip.isCanonical(string) -> bool',
  'cidr.containsIP(string) -> bool',
  'cidr.containsCIDR(string) -> bool',
  'dyn(A) -> dyn',
  // Up to the second character, and what they give.
  'string.charAt(int) -> string',
  'string.substring(int, int) -> string',
  'list(A).slice(int, int) -> list(A)',
  '_?_:_(bool, A, A) -> A',
  'optional.of(A) -> optional(A)',
  'list(A).first() -> optional(A)',
  'list(A).last() -> optional(A)',
  'optional.ofNonZeroValue(A) -> optional(A)',
  'optional(A).hasValue() -> bool',
  'optional(A).value() -> A',
  'optional(A).or(optional(A)) -> optional(A)',
  'optional(A).orValue(A) -> A',
]);

/** Values of these types are all of one size. */
const FIXED: ReadonlySet<Pattern['kind']> = new Set([
  'bool',
  'int',
  'double',
  'timestamp',
  'duration',
  'ip',
  'cidr',
]);

const STRING: Type = { kind: 'string' };

function typeOf(pattern: Pattern): Type {
  switch (pattern.kind) {
    case 'letter':
      return STRING;
    case 'list':
      return { kind: 'list', element: typeOf(pattern.element) };
    case 'map':
      return { kind: 'map', key: STRING, value: typeOf(pattern.value) };
    case 'optional':
      return { kind: 'optional', value: typeOf(pattern.value) };
    default:
      return { kind: pattern.kind };
  }
}

/** A value of that size; an inner list takes its part of it. */
function sample(type: Type, size: number): unknown {
  switch (type.kind) {
    case 'string':
      return 'a'.repeat(size);
    case 'list':
      return Array.from({ length: Math.ceil(size / 16) }, () => sample(type.element, 16));
    case 'map':
      return Object.fromEntries(Array.from({ length: size }, (_, n) => [`k${n}`, sample(type.value, 1)]));
    case 'optional':
      return sample(type.value, size);
    case 'bool':
      return true;
    default:
      return 1;
  }
}

function sourceOf({ name }: FunctionDeclaration, { method, parameters }: Overload): string {
  const [first = '', ...rest] = parameters.map((_, n) => `v${n}`);
  if (name === 'hash.hmac') return 'hash.hmac("${KEY}", v1)';
  if (method) return `${first}.${name}(${rest.join(', ')})`;
  if (/^[a-z]/i.test(name)) return `${name}(${[first, ...rest].join(', ')})`;
  if (name === '@in') return `${first} in ${rest[0]}`;
  if (name === '_[_]') return `${first}[${rest[0]}]`;
  const parts = [first, ...rest];
  return name.replaceAll('_', () => ` ${parts.shift() ?? ''} `);
}

/** What evaluating takes, whatever comes of it. */
function chargeOf(source: string, types: readonly Type[], size: number): number {
  const settings: Type = { kind: 'map', key: STRING, value: STRING };
  const own = types.map((type, n) => [`v${n}`, type] as const);
  const environment: Environment = { variables: { ...Object.fromEntries(own), [SETTINGS]: settings } };
  const compiled = compile(source, environment);
  if (!compiled.ok)
    throw new Error(`${source}: ${compiled.problems.map(({ message }) => message).join('; ')}`);
  const bind = {
    ...Object.fromEntries(types.map((_, n) => [`v${n}`, `v[${n}]`])),
    [SETTINGS]: "({ KEY: 'a key of 16 letters' })",
  };
  const text = generate([
    { name: 'claim', parameters: ['v', 'budget'], expression: compiled.expression, bind, budget: 'budget' },
  ]);
  const budget = { left: 1e12 };
  const claim: (values: readonly unknown[], of: typeof budget) => unknown = new Function(
    `${text}; return claim;`,
  )();
  try {
    claim(
      types.map((type) => sample(type, size)),
      budget,
    );
  } catch (error) {
    if (error instanceof Error) throw error;
  }
  return 1e12 - budget.left;
}

const sized = FUNCTIONS.flatMap((declaration) =>
  declaration.overloads
    .filter(({ parameters }) => parameters.some(({ kind }) => !FIXED.has(kind)))
    .filter(({ constants }) => constants?.isRequired !== true)
    .map((overload) => [overload.signature, sourceOf(declaration, overload), overload] as const),
);

describe('what grows with its input is charged for it', () => {
  it.each(sized.filter(([signature]) => !CONSTANT.has(signature)))(
    '%s',
    (_signature, source, { parameters }) => {
      const types = parameters.map(typeOf);
      expect(chargeOf(source, types, 8_192)).toBeGreaterThanOrEqual(
        chargeOf(source, types, 1_024) + 8_192 / 64,
      );
    },
  );

  it('comparing a long constant with the items of a list', () => {
    const text = 'a'.repeat(800);
    const charge = (constant: string) =>
      chargeOf(`"${constant}" in v0.map(x, "${text}")`, [{ kind: 'list', element: STRING }], 16_000);
    expect(charge(text.replace(/a$/, 'b'))).toBeGreaterThan(charge('b') + (1_000 * 800) / 64);
  });

  it('and nothing else is left out', () => {
    const signatures = new Set<string>(sized.map(([signature]) => signature));
    expect([...CONSTANT].filter((signature) => !signatures.has(signature))).toEqual([]);
  });
});

describe('the estimate', () => {
  const environment: Environment = {
    variables: {
      s: STRING,
      t: STRING,
      l: { kind: 'list', element: STRING },
      m: { kind: 'list', element: { kind: 'list', element: STRING } },
      d: { kind: 'dyn' },
    },
  };
  const sizes: Sizes = { items: 5_000, characters: 10_000, total: 100_000 };
  function steps(source: string): number {
    const compiled = compile(source, environment);
    if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
    return costOf(compiled.expression, sizes).steps;
  }

  it.each([
    ['l.filter(x, x.startsWith("a")).map(x, x.substring(1))', 200_000],
    ['m.map(y, y.map(x, x.replace("ab", "c")))', 950_000],
    ['l.distinct()', 200_000],
    ['d.map(x, x.b.map(y, y.lowerAscii()))', 1_200_000],
    ['l.slice(0, 20).exists(x, l.slice(0, 30).exists(y, x == y + "1"))', 500_000],
    ['size(s) <= 50 && size(l) <= 100 && l.exists(x, s.contains(x))', 1_000_000],
    ['s.size() < 50 ? l.exists(x, x.contains(s)) : false', 1_000_000],
    ['cel.bind(o, s + t, size(o) <= 40 && l.exists(x, o == x + s.substring(0, 10)))', 700_000],
  ])('stays within what is read: %s', (source, most) => {
    expect(steps(source)).toBeLessThan(most);
  });

  it.each([
    'l.filter(x, s.glob(x))',
    'l.exists(x, l.exists(y, x == y))',
    'size(t) <= 50 && l.exists(x, x.glob(s))',
    'size(s) <= 50 || l.exists(x, x.glob(s))',
    'size(s) <= 50 ? false : l.exists(x, x.glob(s))',
    'size(s) <= 50 && cel.bind(s, t, l.exists(x, x.glob(s)))',
    's.contains(t)',
    'l.exists(x, size(x) <= 10 && s.split("").exists(y, y == x))',
    'sets.contains(l, l)',
  ])('sees what grows beyond it: %s', (source) => {
    expect(steps(source)).toBeGreaterThan(1_000_000);
  });
});
