import type { Expr } from './ast.ts';
import { type Extent, larger, listOf, SCALAR, text } from './extent.ts';
import { MAX_ITEMS } from './limits.ts';
import { children } from './visit.ts';

/** Conversions between texts and numbers times or addresses, which engines do slowly, and parts of a date. */
const CONVERSIONS: ReadonlySet<string> = new Set([
  'string',
  'int',
  'double',
  'bool',
  'timestamp',
  'duration',
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfYear',
  'ip',
  'cidr',
  'isIP',
  'isCIDR',
  'isCanonical',
  'containsIP',
  'containsCIDR',
  'masked',
]);

/**
 * The steps of evaluating an expression once, without steps of helpers and loops that depend on the size of their
 * input.
 */
export function stepsOf(expr: Expr): number {
  const parts = expr.kind === 'macro' ? [expr.target] : children(expr);
  return parts.reduce((sum, part) => sum + stepsOf(part), ownSteps(expr));
}

/** The steps of a node without its parts. */
export function ownSteps(expr: Expr): number {
  switch (expr.kind) {
    case 'macro':
      return 4;
    case 'map':
      return 2 + 4 * expr.entries.length;
    case 'list':
      return 2 + expr.elements.length;
    case 'call':
      return CONVERSIONS.has(expr.name) ? 16 : 2;
    case 'index':
      return 3;
    default:
      return 0;
  }
}

/** Code that keeps an error until another part has been evaluated. */
export const CAUGHT_STEPS = 100;

/** The steps of a function and the extent of its result, by the extents of its arguments. */
interface Work {
  readonly steps: number;
  readonly gives: Extent;
}

type Measure = (a: Extent, b: Extent, c: Extent) => Work;

/** The steps for a text that is read character by character, or searched by the engine. */
const scanned = ({ length }: Extent): number => length / 2;
/** For results that are only true or false, or a number. */
const telling = (steps: number): Work => ({ steps, gives: SCALAR });

/** An engine may compare the whole part at each position. */
function sought(whole: Extent, part: Extent): number {
  // A part of half the length takes longest.
  const length = Math.min(part.length, whole.length / 2);
  return 1 + ((whole.length - length + 1) * (length + 1)) / 16;
}

function found(a: Extent, b: Extent): Work {
  return telling(sought(a, b) + scanned(a) * 2);
}

function parts(a: Extent, b: Extent): Work {
  const most = a.length / Math.max(1, b.length) + 1;
  const steps = b.length === 0 ? a.length * 2 : sought(a, b) + most * 4;
  const inner = text(b.length === 0 ? Math.min(2, a.length) : a.length);
  return { steps, gives: listOf(most, inner, a.total + 3 * most) };
}

function glued(count: number, length: number): Work {
  return { steps: count * 3 + length / 8, gives: text(length) };
}

/** Comparing texts handles many characters per step; comparing lists and maps visits all their content. */
const compared = ({ inner }: Extent, total: number): number =>
  inner === undefined ? total / 16 : total * 10;

function searched(list: Extent, value: Extent): number {
  return list.length + compared(value, Math.min(list.length * value.total, list.total));
}

/** Looks for each element of a list in another one. */
function each(list: Extent, other: Extent): number {
  const all = Math.min(list.total * other.length, list.length * other.total);
  return list.length * (2 + other.length) + compared(list.inner ?? SCALAR, all);
}

/** The steps of sorting by such keys. */
export function sortedBy({ length, total }: Pick<Extent, 'length' | 'total'>): number {
  return (length * 4 + total / 4) * Math.ceil(Math.log2(length + 2));
}

const replaced: Measure = (a, old, by) => {
  const cut = old.length === 0 ? { steps: a.length * 2, count: a.length + 2 } : undefined;
  const count = cut?.count ?? a.length / old.length + 1;
  const all = glued(count, a.length + count * by.length);
  return { steps: (cut?.steps ?? sought(a, old) + count * 4) + all.steps, gives: all.gives };
};

const equal: Measure = (a, b) => telling(compared(a, Math.min(a.total, b.total)));
const inAscii: Measure = (a) => ({ steps: a.length * 4.2, gives: a });

/** The worst-case steps of each function, as the helpers in generate/es5/ charge them. Other functions take only their own step. */
export const WORK: Readonly<Record<string, Measure>> = {
  '_==_': equal,
  '_!=_': equal,
  '@in': (a, b) => telling(searched(b, a)),
  '@in map': (a) => telling(a.length / 16),
  '_+_': (a, b) => ({
    steps: 2 + (a.inner || b.inner ? a.length + b.length : (a.length + b.length) / 16),
    gives: {
      length: a.length + b.length,
      total: a.total + b.total,
      inner: a.inner && b.inner ? larger(a.inner, b.inner) : (a.inner ?? b.inner),
    },
  }),
  size: (a) => telling(a.inner === undefined ? scanned(a) : 0),
  'size map': (a) => telling(a.length * 16),
  startsWith: (_, b) => telling(scanned(b)),
  endsWith: (_, b) => telling(scanned(b)),
  contains: (a, b) => telling(sought(a, b)),
  lowerAscii: inAscii,
  upperAscii: inAscii,
  trim: (a) => ({ steps: scanned(a), gives: a }),
  charAt: (_, b) => ({ steps: scanned(b), gives: text(2) }),
  indexOf: found,
  lastIndexOf: found,
  substring: (a, b) => ({ steps: scanned(b) * 2 + a.length / 16, gives: a }),
  replace: replaced,
  split: parts,
  join: (a, b) => glued(a.length + a.length / 3, a.total + a.length * (b === SCALAR ? 0 : b.length)),
  extract: (a, b) => ({ steps: 8 + scanned(b) + 2 * sought(a, b), gives: a }),
  glob: (a, b) => telling((a.length + b.length) / 2 + (a.length * b.length) / 2),
  'email.domain': (a) => ({ steps: a.length * 4.4, gives: a }),
  'email.local': (a) => ({ steps: a.length / 8, gives: a }),
  only: (a, b) => ({ steps: each(a, b), gives: a }),
  onlyMatching: (a, b) => ({ steps: a.length * 2 + a.total * (1 + b.length / 2), gives: a }),
  distinct: (a) => ({ steps: a.length * 16 + a.total / 4 + (a.inner?.inner ? each(a, a) : 0), gives: a }),
  sort: (a) => ({ steps: sortedBy(a), gives: a }),
  flatten: (a) => ({
    steps: 2 * a.total,
    gives: listOf(Math.min(a.total, a.length * (a.inner?.length ?? 1)), a.inner?.inner, a.total),
  }),
  slice: (a) => ({ steps: a.length, gives: a }),
  reverse: (a) => ({ steps: a.length * (a.inner === undefined ? 3 : 1), gives: a }),
  first: (a) => ({ steps: 0, gives: a.inner ?? a }),
  last: (a) => ({ steps: 0, gives: a.inner ?? a }),
  'lists.range': () => ({ steps: MAX_ITEMS, gives: listOf(MAX_ITEMS, SCALAR) }),
  'math.greatest': (a) => telling(a.length),
  'math.least': (a) => telling(a.length),
  'base64.encode': (a) => ({ steps: a.length * 13, gives: text(a.length * 4 + 4) }),
  'base64.decode': (a) => ({ steps: a.length * 7, gives: a }),
  'hash.sha256': (a) => ({ steps: a.length * 24 + 600, gives: text(64) }),
  'hash.hmac': (a, b) => ({ steps: (a.length + b.length + 256) * 24 + 600, gives: text(64) }),
  'url.encode': (a) => ({ steps: a.length, gives: text(a.length * 9) }),
  'url.decode': (a) => ({ steps: a.length, gives: a }),
  'sets.contains': (a, b) => telling(each(b, a)),
  'sets.equivalent': (a, b) => telling(each(b, a) + each(a, b)),
  'sets.intersects': (a, b) => telling(each(a, b)),
  '_?_:_': (_, b, c) => ({ steps: 0, gives: larger(b, c) }),
  or: (a, b) => ({ steps: 0, gives: larger(a, b) }),
  orValue: (a, b) => ({ steps: 0, gives: larger(a, b) }),
  dyn: (a) => ({ steps: 0, gives: a }),
  string: (a) => ({ steps: 0, gives: a.length > 30 ? a : text(30) }),
  value: (a) => ({ steps: 0, gives: a }),
  'optional.of': (a) => ({ steps: 0, gives: a }),
  'optional.ofNonZeroValue': (a) => ({ steps: a.length * 16, gives: a }),
};
