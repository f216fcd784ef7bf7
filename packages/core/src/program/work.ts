import {
  constantText,
  type Expression,
  namesIn,
  operationOf,
  pathOf,
  type RecordType,
} from '@claimsmith/cel';
import { own } from '../data.ts';
import { dependsOnActor } from '../delegated.ts';
import { readsIn } from '../expressions.ts';
import { oncePer } from '../once-per.ts';
import { otherScopes } from '../other-scopes.ts';
import type { Delegated, Policy } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import { createFunctions, type Functions, nameOf } from './functions.ts';
import { createReaders, type Readers } from './readers.ts';

/** How a program fits its host. */
export interface ProgramOptions {
  /** The claims' names at the issuer, by their names in the spec. Default: the same. */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * Where the host has the fields of the identity context, so that `context` accepts the host's own event. Default: it
   * accepts a raw identity context. The JavaScript here only finds values; it does not trust them.
   */
  readonly origins?: Origins;
}

/** The state that every part of the generator needs. */
export interface Work {
  readonly policy: Policy;
  /** The claims' names at the issuer, by their names in the spec. */
  readonly names: Readonly<Record<string, string>>;
  /**
   * Where the host's event has the fields of the identity context; undefined if the host passes an identity context.
   */
  readonly origins: Origins | undefined;
  /** Whether the host can tell who acts for the subject, and the policy depends on it. */
  readonly hasActor: boolean;
  readonly functions: Functions;
  /** The claims that a decision reads. */
  readonly claimsRead: ReadonlySet<string>;
  readonly readers: Readers;
  /** The names of the patterns of scopes with placeholders, by scope. */
  readonly patterns: ReadonlyMap<string, string>;
  /** The sources that an expression reads itself. */
  readonly sourcesOf: (expression: Expression | undefined) => readonly string[];
  /** The sources that an expression depends on, also through claims. */
  readonly restsOn: (expression: Expression | undefined) => readonly string[];
}

/** Where a host has the fields of the identity context: JavaScript over one parameter, by dotted path. */
export interface Origins {
  readonly parameter: string;
  /** The value of a field, or of everything below it. Undefined for other fields. */
  readonly fields: Readonly<Record<string, string>>;
}

export function createWork(policy: Policy, { names = {}, origins }: ProgramOptions): Work {
  const rest = restsOn(policy);
  const reads = oncePer((expression: Expression) => readsIn(policy, expression));
  const sourcesBehind = oncePer((expression: Expression) => rest(reads(expression)).sources);
  const taken = new Set<string>();
  const dynamic = policy.scopes.filter(
    ({ name, placeholders }) => placeholders.length > 0 || name === otherScopes,
  );
  return {
    policy,
    names,
    origins,
    hasActor: dependsOnActor(policy) && (origins === undefined || own(origins.fields, 'actor') !== undefined),
    functions: createFunctions(policy),
    claimsRead: new Set(decidingExpressions(policy).flatMap(claimsIn)),
    readers: createReaders(),
    patterns: new Map(
      dynamic.map(({ name }) => [name, nameOf('scope', name === otherScopes ? 'others' : name, taken)]),
    ),
    sourcesOf: (expression) => (expression === undefined ? [] : reads(expression).sources),
    restsOn: (expression) => (expression === undefined ? [] : sourcesBehind(expression)),
  };
}

/**
 * The test for a part being for the token, as far as its actor decides it; undefined if it is for delegated tokens too.
 * Code with it begins with {@link directText}.
 */
export function delegatedTest({ hasActor }: Work, delegated: Delegated): string | undefined {
  if (!hasActor || delegated === 'always') return undefined;
  return delegated === 'never' ? 'isDirect' : 'isDirectOrAgent';
}

/** The variables of {@link delegatedTest} that code names. */
export function directText(code: string, context = 'run.context'): string {
  const isDirect = `!${context}.actor.sub`;
  const variables = {
    isDirect,
    isDirectOrAgent: `${isDirect} || ${context}.subjectType === 'agent'`,
  };
  const named = namesIn(code);
  return Object.entries(variables)
    .filter(([name]) => named.has(name))
    .map(([name, test]) => `  var ${name} = ${test};\n`)
    .join('');
}

/** The claims that an expression reads. */
export function claimsIn(expression: Expression | undefined): readonly string[] {
  return (expression?.reads ?? []).flatMap(({ path }) =>
    path[0] === 'claims' && path[1] !== undefined ? [path[1]] : [],
  );
}

/** The text that a field always has at the host; undefined otherwise. */
export function knownText({ origins }: Work, field: string): string | undefined {
  return /^'([^'\\]*)'$/.exec(origins?.fields[field] ?? '')?.[1];
}

/** Whether the host always has a text for a field: the same one, or one of two. */
export function isAlwaysText({ origins }: Work, field: string): boolean {
  return /^(\w+\([\w.]+\) \? '[^'\\]*' : )?'[^'\\]*'$/.test(origins?.fields[field] ?? '');
}

/** Whether a condition compares a known text with itself: `subject_type == "human"` where only people log in. */
export function isAlwaysTrue(work: Work, { root }: Expression): boolean {
  const operation = operationOf(root);
  if (operation?.kind !== 'compare' || operation.symbol !== '==') return false;
  const path = pathOf(operation.left);
  const text = constantText(operation.right);
  return path !== undefined && text !== undefined && knownText(work, path.join('.')) === text;
}

/** All expressions of a policy that decide something, except those in the questions to sources. */
export function decidingExpressions({
  applies,
  claims,
  scopes,
  details,
  deny,
}: Policy): readonly Expression[] {
  return [
    ...claims.flatMap(({ value, when }) => [value, when]),
    ...[...scopes, ...details].map(({ grant }) => grant),
    ...deny.map(({ when }) => when),
    applies?.when,
  ].filter((expression) => expression !== undefined);
}

/** A record at `root` with only the fields that some path reads; a record read as a whole keeps all fields. */
export function readPart(type: RecordType, root: string, paths: readonly (readonly string[])[]): RecordType {
  const below = paths.filter(([first]) => first === root).map(([, ...rest]) => rest);
  if (below.some((path) => path.length === 0)) return type;
  const fields = Object.entries(type.fields).flatMap(([name, field]) => {
    if (!below.some(([first]) => first === name)) return [];
    const inner = field.type.kind === 'record' ? readPart(field.type, name, below) : field.type;
    return [[name, { ...field, type: inner }] as const];
  });
  return { ...type, fields: Object.fromEntries(fields) };
}

/** Whether the policy is for every token. */
export function isForAll({ only, applies }: Policy): boolean {
  return only === undefined && applies === undefined;
}
