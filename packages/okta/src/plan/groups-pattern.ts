import {
  children,
  constantText,
  type Expr,
  isVariable,
  listRead,
  operationOf,
  pathOf,
} from '@claimsmith/cel';
import { own, type Policy } from '@claimsmith/core';
import { everyone, expressionLimitCharacters } from '../limits.ts';
import type { Settings } from '../settings.ts';
import { isUnsaid, type Unsaid } from './el/lower.ts';
import { anyCharacter, escaped } from './filter-parser.ts';
import { readFilter } from './group-filter.ts';

/** A test of the name of a group. */
export type GroupTest = { readonly kind: 'is' | 'begins' | 'ends' | 'contains'; readonly text: string };

/**
 * The pattern for the whole names of the groups that a policy tests, and always for the group that contains every user.
 * Okta fails the request of a user if too many groups match.
 */
export function groupsPattern(field: string, hook: Policy, { groups }: Settings): string {
  if (groups !== undefined) return `^(${everyone}|(?:${readFilter(groups).pattern}))$`;
  const tests = groupTests(field, hook);
  if (tests === undefined) return anyName;
  const pattern = wholeNames([everyone, ...tests.map(patternOf)]);
  return pattern.length > expressionLimitCharacters ? anyName : pattern;
}

function wholeNames(alternatives: readonly string[]): string {
  return `^(${[...new Set(alternatives)].join('|')})$`;
}

/** A part of a pattern that matches every name. A dot would exclude names that contain a line end. */
export const anyName = `${anyCharacter}*`;

/** The groups that a test looks for, as a regular expression. */
function patternOf({ kind, text }: GroupTest): string {
  const [before, after] = free[kind];
  return `${before ? anyName : ''}${escaped(text)}${after ? anyName : ''}`;
}

/** Whether a name may have more before the text, and after it. */
const free: Readonly<Record<GroupTest['kind'], readonly [before: boolean, after: boolean]>> = {
  is: [false, false],
  begins: [false, true],
  ends: [true, false],
  contains: [true, true],
};

/** A list of groups that Okta can make. */
export interface GroupsList {
  readonly pattern: string;
  /** All groups that can be in it; undefined: there is no telling. */
  readonly names: readonly string[] | undefined;
  /** Whether a user that does not exist counts as one without groups. */
  readonly isSoft: boolean;
}

/** The groups that an expression lists: the user's groups, or a filter of them by name. Or why Okta cannot do it. */
export function groupsOf(
  expr: Expr,
  settings: Settings,
  isField: (path: string) => boolean,
): GroupsList | Unsaid {
  const filter = expr.kind === 'macro' && expr.name === 'filter' ? expr : undefined;
  const list = filter?.target ?? expr;
  const path = pathOf(listRead(list), { has: false })?.join('.');
  if (path === undefined || !isField(path)) return { why: 'it is not a filter of the groups of the user' };
  const tests = filter === undefined ? [anyGroup] : testsOf(filter.body, filter.variable, true);
  if (tests === undefined)
    return {
      why: 'a filter of groups may compare them with texts, and look for a beginning, an end or a part, joined by `||`',
    };
  const alternatives = alternativesOf(tests, settings);
  if (isUnsaid(alternatives)) return alternatives;
  const pattern = wholeNames(alternatives);
  if (pattern.length > expressionLimitCharacters)
    return {
      why: `the filter would have ${pattern.length} characters; Okta allows ${expressionLimitCharacters}`,
    };
  const areNames = tests.every(({ kind }) => kind === 'is');
  return {
    pattern,
    names: areNames ? [...new Set(tests.map(({ text }) => text))] : undefined,
    isSoft: listRead(list) !== list,
  };
}

/** The test that each group passes. */
export const anyGroup: GroupTest = { kind: 'begins', text: '' };

/** Patterns of the groups that pass one of the tests, without the group that contains every user. */
function alternativesOf(tests: readonly GroupTest[], { groups }: Settings): readonly string[] | Unsaid {
  if (groups !== undefined && !tests.every((test) => letsThrough(groups, test))) {
    const { pattern, passes } = readFilter(groups);
    if (!tests.includes(anyGroup))
      return { why: '`issuers.okta.groups` may filter out some of these groups' };
    return passes(everyone)
      ? { why: `\`issuers.okta.groups\` lets \`${everyone}\` through` }
      : [`(?:${pattern})`];
  }
  const found: string[] = [];
  for (const test of tests) {
    if (!new RegExp(`^${patternOf(test)}$`).test(everyone)) found.push(patternOf(test));
    else if (test.kind === 'begins')
      found.push(escaped(test.text) + otherThan([...everyone.slice(test.text.length)]));
    else
      return {
        why: `the filter would let the group \`${everyone}\` through, which \`user.groups\` leaves out`,
      };
  }
  return found;
}

/** All texts but one, which is given by its letters. Without look-arounds, so that it reads the same everywhere. */
function otherThan([first, ...rest]: readonly string[]): string {
  return first === undefined ? `${anyCharacter}+` : `(?:${first}${otherThan(rest)}|[^${first}]${anyName})?`;
}

/** Whether a user may have more matching groups than Okta accepts. */
export function isUnbounded(pattern: string): boolean {
  return pattern.includes(anyName) || pattern.includes('(?:');
}

/** The tests of the policy: groups that pass none of them do not matter. Undefined: all groups matter. */
function groupTests(field: string, hook: Policy): readonly GroupTest[] | undefined {
  const tests = groupReaders(field, hook).map((reader) => reader.tests);
  return tests.includes(undefined) ? undefined : tests.flatMap((some) => some ?? []);
}

/** A part of the policy that reads groups. */
export interface GroupReader {
  /** Which it is, in words. */
  readonly name: string;
  /** The groups that it looks for; undefined: any group may matter. */
  readonly tests: readonly GroupTest[] | undefined;
}

/** The parts of what the hook decides that read a field of groups. */
export function groupReaders(
  field: string,
  { applies, claims, deny, scopes, sources }: Policy,
): readonly GroupReader[] {
  const written = [
    { name: 'the condition `applies`', expression: applies?.when },
    ...deny.map(({ reason, when }) => ({ name: `the deny rule \`${reason}\``, expression: when })),
    ...claims.flatMap(({ name, value, when }) =>
      [value, when].map((expression) => ({ name: `the claim \`${name}\``, expression })),
    ),
    ...scopes.map(({ name, grant }) => ({ name: `the scope \`${name}\``, expression: grant })),
  ];
  return [
    ...written.flatMap(({ name, expression }) =>
      expression === undefined ? [] : [{ name, tests: testsIn(expression.root, field) }],
    ),
    // The question to a source must be complete.
    ...sources
      .filter(({ reads }) => reads.fields.includes(field))
      .map(({ name }) => ({ name: `the source \`${name}\``, tests: undefined })),
  ];
}

/** Whether the groups that a test looks for are surely among those of the setting. */
export function letsThrough(groups: string, { kind, text }: GroupTest): boolean {
  const filter = readFilter(groups);
  return kind === 'is' ? filter.passes(text) : filter.passesAll(kind === 'begins' ? text : '');
}

function testsIn(expr: Expr, field: string): readonly GroupTest[] | undefined {
  if (isField(expr, field)) return undefined;
  if (expr.kind === 'select' && expr.test && isField({ ...expr, test: false }, field)) return [];
  const operation = operationOf(expr);
  if (operation?.kind === 'in' && isField(operation.container, field)) return isText(operation.item);
  const isSifted =
    expr.kind === 'macro' &&
    (expr.name === 'exists' || expr.name === 'filter') &&
    isField(expr.target, field);
  if (isSifted) {
    const tests = testsOf(expr.body, expr.variable);
    const others = testsIn(expr.body, field);
    return tests && others && [...tests, ...others];
  }
  const all: GroupTest[] = [];
  for (const child of children(expr)) {
    const tests = testsIn(child, field);
    if (tests === undefined) return undefined;
    all.push(...tests);
  }
  return all;
}

/**
 * The tests of which an element must pass one for `body` to be true.
 *
 * @param isExact whether passing one must also be enough
 */
function testsOf(body: Expr, variable: string, isExact = false): readonly GroupTest[] | undefined {
  if (body.kind === 'call' && isVariable(body.target, variable)) {
    const kind = own(isExact ? { ...beginning, ...others } : beginning, body.name);
    if (kind !== undefined) return isText(body.args[0], kind);
  }
  const operation = operationOf(body);
  switch (operation?.kind) {
    case 'compare': {
      const { symbol, left, right } = operation;
      if (symbol !== '==') return undefined;
      if (isVariable(left, variable)) return isText(right);
      return isVariable(right, variable) ? isText(left) : undefined;
    }
    case 'and':
      return isExact ? undefined : (testsOf(operation.left, variable) ?? testsOf(operation.right, variable));
    case 'or': {
      const [a, b] = [operation.left, operation.right].map((side) => testsOf(side, variable, isExact));
      return a && b && [...a, ...b];
    }
    case 'in': {
      const { item, container } = operation;
      if (!isVariable(item, variable) || container.kind !== 'list') return undefined;
      const tests = container.elements.map(({ value }) => isText(value));
      return tests.includes(undefined) ? undefined : tests.flatMap((test) => test ?? []);
    }
    default:
      return undefined;
  }
}

const beginning: Readonly<Record<string, GroupTest['kind']>> = { startsWith: 'begins' };
const others: Readonly<Record<string, GroupTest['kind']>> = { endsWith: 'ends', contains: 'contains' };

function isText(expr: Expr | undefined, kind: GroupTest['kind'] = 'is'): readonly GroupTest[] | undefined {
  const text = constantText(expr);
  return text === undefined ? undefined : [{ kind, text }];
}

function isField(expr: Expr | undefined, field: string): boolean {
  return expr !== undefined && pathOf(listRead(expr), { has: false })?.join('.') === field;
}
