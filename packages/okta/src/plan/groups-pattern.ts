import {
  children,
  constantText,
  type Expr,
  isVariable,
  listRead,
  operationOf,
  pathOf,
} from '@claimsmith/cel';
import type { Policy } from '@claimsmith/core';
import { everyone, expressionLimitCharacters } from '../limits.ts';
import type { Settings } from '../settings.ts';
import { anyCharacter, escaped } from './filter-parser.ts';
import { readFilter } from './group-filter.ts';

/** A test that a group must pass to be of any matter. */
export type GroupTest = { readonly kind: 'is' | 'begins'; readonly text: string };

/**
 * The pattern for the whole names of the groups that a policy tests, and always for the group that contains every user.
 * Okta fails the request of a user if too many groups match.
 */
export function groupsPattern(field: string, hook: Policy, { groups }: Settings): string {
  if (groups !== undefined) return `^(${everyone}|(?:${readFilter(groups).pattern}))$`;
  const tests = groupTests(field, hook);
  if (tests === undefined) return anyName;
  const pattern = `^(${[...new Set([everyone, ...tests.map(patternOf)])].join('|')})$`;
  return pattern.length > expressionLimitCharacters ? anyName : pattern;
}

/** A part of a pattern that matches every name. A dot would exclude names that contain a line end. */
export const anyName = `${anyCharacter}*`;

/** The groups that a test looks for, as a regular expression. */
function patternOf({ kind, text }: GroupTest): string {
  return kind === 'is' ? escaped(text) : escaped(text) + anyName;
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
  return kind === 'is' ? filter.passes(text) : filter.passesAll(text);
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

/** The tests of which an element must pass one for `body` to be true. */
function testsOf(body: Expr, variable: string): readonly GroupTest[] | undefined {
  if (body.kind === 'call' && body.name === 'startsWith' && isVariable(body.target, variable))
    return isText(body.args[0], 'begins');
  const operation = operationOf(body);
  switch (operation?.kind) {
    case 'compare': {
      const { symbol, left, right } = operation;
      if (symbol !== '==') return undefined;
      if (isVariable(left, variable)) return isText(right);
      return isVariable(right, variable) ? isText(left) : undefined;
    }
    case 'and':
      return testsOf(operation.left, variable) ?? testsOf(operation.right, variable);
    case 'or': {
      const [a, b] = [testsOf(operation.left, variable), testsOf(operation.right, variable)];
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

function isText(expr: Expr | undefined, kind: GroupTest['kind'] = 'is'): readonly GroupTest[] | undefined {
  const text = constantText(expr);
  return text === undefined ? undefined : [{ kind, text }];
}

function isField(expr: Expr | undefined, field: string): boolean {
  return expr !== undefined && pathOf(listRead(expr), { has: false })?.join('.') === field;
}
