import type { Type } from '@claimsmith/cel';
import { expressionsOf, fieldAt, literalFits, oneAnswer, type Policy } from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import type { Trial } from './trial.ts';

/** A scenario's value that does not have its declared type: for the policy it is missing. */
export interface Mistyped {
  /** `user.attributes.limit`, `entitlements.plan`. */
  readonly field: string;
  /** Its type and the declared type: `is text, not a number`. */
  readonly what: string;
}

/** The values of a trial's context and answers with a wrong type. */
export function mistypedIn(policy: Policy, { context, answers }: Pick<Trial, 'context' | 'answers'>) {
  const found: Mistyped[] = [];
  const look = (value: unknown, type: Type | undefined, path: readonly string[]): void => {
    if (value === undefined || value === null || type === undefined) return;
    if (type.kind !== 'record') {
      if (!fits(value, type))
        found.push({ field: path.join('.'), what: `is ${kindOf(value)}, not ${wordFor(type)}` });
      return;
    }
    if (typeof value !== 'object' || Array.isArray(value)) return;
    for (const [name, inner] of Object.entries(value)) look(inner, fieldAt(type, [name]), [...path, name]);
  };
  look(context, policy.context, []);
  for (const source of policy.sources) {
    const { name } = source;
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (answer === undefined || 'fails' in answer) continue;
    const all: readonly unknown[] =
      source.each && Array.isArray(answer.value) ? answer.value : [answer.value];
    for (const one of all) look(one, oneAnswer(source), [name]);
  }
  return found;
}

/** Those that a part of the policy reads, as the end of a sentence: `user.attributes.limit is text, not a number`. */
export function mistypedReads(
  { kind, name }: Outcome,
  policy: Policy,
  mistyped: readonly Mistyped[],
): string | undefined {
  const own = new Set(policy.deny.flatMap(({ path, reason }) => (reason === name ? [path.join('\n')] : [])));
  const isOwn = (path: readonly (string | number)[]) => {
    if (kind === 'deny') return own.has(path.slice(0, 2).join('\n'));
    if (kind === 'policy') return path[0] === name;
    const section = { claim: 'claims', scope: 'scopes', detail: 'authorizationDetails' }[kind];
    return path[0] === section && path[1] === name;
  };
  const reads = expressionsOf(policy)
    .filter(({ path }) => isOwn(path))
    .flatMap(({ expression }) => expression.reads.map(({ path }) => path.join('.')));
  const found = mistyped.find(({ field }) =>
    reads.some((read) => read === field || read.startsWith(`${field}.`)),
  );
  return found && `${found.field} ${found.what}`;
}

function fits(value: unknown, type: Type): boolean {
  // The clock of the scenario, in milliseconds.
  if (type.kind === 'timestamp') return typeof value === 'number';
  // Fields of records are read one by one.
  if (type.kind === 'record') return kindOf(value) === 'a mapping';
  if (type.kind === 'list')
    return Array.isArray(value) && value.every((element) => fits(element, type.element));
  const json: unknown = JSON.parse(JSON.stringify(value));
  return isLiteral(json) && literalFits(json, type);
}

function isLiteral(value: unknown): value is Parameters<typeof literalFits>[0] {
  return value !== null && value !== undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isInteger(value) ? 'a number' : 'a number with decimals';
    case 'boolean':
      return 'true or false';
    default:
      return 'a mapping';
  }
}

function wordFor(type: Type): string {
  switch (type.kind) {
    case 'string':
      return 'text';
    case 'int':
      return 'a whole number';
    case 'double':
      return 'a number';
    case 'bool':
      return 'true or false';
    case 'list':
      return type.element.kind === 'string' ? 'a list of texts' : 'a list of its type';
    case 'timestamp':
      return 'a time';
    default:
      return 'a mapping of its type';
  }
}
