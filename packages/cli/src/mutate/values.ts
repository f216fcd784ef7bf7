import {
  children,
  type Expr,
  type Expression,
  parseDuration,
  parseTimestamp,
  type TextForm,
  type Type,
} from '@claimsmith/cel';
import type { Policy } from '@claimsmith/core';
import { defaultNowSeconds } from '../run/situated.ts';

/**
 * Texts and numbers in the policy's comparisons or in its scenarios. Values near them are the most likely to show a
 * difference.
 */
export interface Pool {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  /** Lengths of lists. */
  readonly lengths: readonly number[];
  /** The first of `texts`: those that the policy compares with. */
  readonly literals: readonly string[];
}

const most = 24;

/** The values of expressions and of scenarios' data. */
export function poolOf(policy: Policy, expressions: readonly Expression[], data: readonly unknown[]): Pool {
  const ofPolicy = expressions.flatMap(({ root }) => literalsIn(root));
  const tables = Object.values(policy.spec.tables ?? {}).flatMap((table) => Object.keys(table));
  const all = [...ofPolicy, ...data.flatMap(leavesOf)];
  const literals = [...ofPolicy.filter((value) => typeof value === 'string'), ...tables].slice(0, most);
  const near = literals.flatMap((text) => [`${text}x`, `x${text}`, text.toUpperCase()]);
  const held = all.filter((value) => typeof value === 'string');
  const numbers = all.filter((value) => typeof value === 'number');
  const bounds = policy.claims.flatMap(({ maxItems }) => maxItems ?? []);
  const lengths = [...new Set(bounds.flatMap((n) => [n, n + 1, n - 1]))].filter((n) => n <= 200);
  // Texts that are cut into pieces.
  const marks = literals.filter((text) => /^[^\p{L}\p{N}]{1,2}$/u.test(text));
  const cut = marks.flatMap((mark) => [2, ...lengths].map((length) => Array(length).fill('x').join(mark)));
  return {
    literals,
    texts: [...new Set(['x', ...literals, ...near, ...cut, '', ...held])].slice(0, 4 * most),
    numbers: [...new Set([...numbers.flatMap((n) => [n, n + 1, n - 1]), 0, 1])].slice(0, 2 * most),
    lengths,
  };
}

function literalsIn(expr: Expr): readonly unknown[] {
  return [...(expr.kind === 'literal' ? [expr.value] : []), ...children(expr).flatMap(literalsIn)];
}

function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(leavesOf);
}

/** Values of a type that may show a difference; the first is an ordinary one. */
export function valuesOf(type: Type, pool: Pool): readonly unknown[] {
  switch (type.kind) {
    case 'string':
      return pool.texts;
    case 'bool':
      return [true, false];
    case 'int':
      return pool.numbers.filter(Number.isSafeInteger);
    case 'double':
      return [...pool.numbers, ...pool.numbers.slice(0, 4).map((n) => n + 0.5)];
    case 'timestamp':
      return timesOf(pool);
    case 'list':
      return listsOf(type.element, pool);
    case 'map':
      return [
        {},
        ...pool.texts.slice(0, most).map((key, at) => ({ [key]: valuesOf(type.value, pool)[at] ?? 'x' })),
      ];
    case 'record':
      return recordsOf(type, pool);
    default:
      return [...pool.texts.slice(0, most), ...pool.numbers.slice(0, most), true, [], {}];
  }
}

/** Texts that are checked before they are read, and one that does not pass. */
export function textsOf(text: TextForm, pool: Pool): readonly string[] {
  const right =
    text.kind === 'enum' ? text.values : valuesOf(text.type, pool).map((value) => JSON.stringify(value));
  return [...right.slice(0, 4 * most), '{'];
}

/** Milliseconds around the times of the policy and its scenarios, and as far from them as its durations say. */
function timesOf({ texts }: Pool): readonly number[] {
  const times = texts.flatMap((text) => parseTimestamp(text)?.seconds ?? []);
  const spans = texts.flatMap((text) => parseDuration(text)?.seconds ?? []);
  const around = [...times, defaultNowSeconds].flatMap((time) => [
    time,
    ...spans.flatMap((span) => [time - span, time + span]),
  ]);
  return [...new Set(around.flatMap((seconds) => [seconds, seconds - 1, seconds + 1]))]
    .slice(0, 4 * most)
    .map((seconds) => seconds * 1000);
}

/** None, one, some, and as many as bounds allow, alike and each another. */
function listsOf(element: Type, pool: Pool): readonly unknown[] {
  const elements = valuesOf(element, pool);
  const [first] = elements;
  const ofText = pool.lengths.flatMap((length) =>
    ['', ...pool.literals].flatMap((text) => [
      Array.from({ length }, (_, at) => `${text}${at}`),
      Array.from({ length }, () => text),
    ]),
  );
  const long =
    element.kind === 'string'
      ? ofText
      : pool.lengths.map((length) =>
          Array.from({ length }, (_, at) => elements[at % elements.length] ?? first),
        );
  const some = [elements.slice(0, 3), elements.slice(1, 3), elements.slice(-3), [first, first]];
  return [[], ...elements.map((one) => [one]), ...some, ...long];
}

function recordsOf(type: Type & { kind: 'record' }, pool: Pool): readonly unknown[] {
  const fields = Object.entries(type.fields).map(
    ([name, field]) => [name, field.text ? textsOf(field.text, pool) : valuesOf(field.type, pool)] as const,
  );
  const usual = Object.fromEntries(fields.map(([name, [first]]) => [name, first]));
  const flags = fields.filter(([name]) => type.fields[name]?.type.kind === 'bool').map(([name]) => name);
  // A flag decides whether another field is looked at, so the others are tried with each flag alone as true, and as false.
  const settings = [
    {},
    ...(flags.length === 0 ? [] : [all(flags, false)]),
    ...(flags.length < 2
      ? []
      : flags.flatMap((one) => [
          { ...all(flags, false), [one]: true },
          { ...all(flags, true), [one]: false },
        ])),
  ];
  return settings.flatMap((set) => {
    const base = { ...usual, ...set };
    const others = fields.flatMap(([name, values]) =>
      [null, ...values].filter((value) => value !== base[name]).map((value) => ({ ...base, [name]: value })),
    );
    return [base, ...others];
  });
}

function all(names: readonly string[], value: boolean): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
