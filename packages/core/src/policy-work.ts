import {
  compile,
  type Environment,
  type Expression,
  type Field,
  type Range,
  type RecordType,
  SETTINGS,
  type Type,
} from '@claimsmith/cel';
import { attributeTypes } from './attributes.ts';
import { constantNames, constantsOf, constantVariables, unknownIssuers } from './constants.ts';
import { contextType } from './context.ts';
import { asRead, declaredRecord, literalType } from './declared-type.ts';
import { type ExpressionReader, expressionReader, readsOf, wholeRecordReads } from './expressions.ts';
import type { Faults } from './faults.ts';
import { type Finding, isError, type Path, type SpecSource } from './finding.ts';
import type { Constants, Guards, Reads } from './policy.ts';
import { answerType } from './sources/create-source.ts';
import type { Spec } from './spec/schema.ts';
import { type GuardedTexts, guardedTexts } from './subjects.ts';

/** The state that every step of making a policy needs. */
export interface Work {
  readonly spec: Spec;
  readonly source: SpecSource;
  readonly findings: Finding[];
  readonly faults: Faults;
  readonly reader: ExpressionReader;
  readonly context: RecordType;
  /** The identity context, tables and sources: everything except claims. */
  readonly variables: Environment['variables'];
  readonly constants: Constants;
  readonly readsOf: (expressions: readonly (Expression | undefined)[]) => Reads;
  /** Variables that parts of expressions read which the constants rule out. */
  readonly ruledOut: ReadonlySet<string>;
  /** Whether an expression so far reads `issuer`, which has no value yet. */
  readonly readsIssuer: () => boolean;
  readonly guards: Guards;
  readonly guardedTexts: GuardedTexts;
  /** Conditions that are sound alone, but not behind their guards. */
  readonly guardFindings: Finding[];
}

/** The type of conditions. */
export const bool: Type = { kind: 'bool' };
/** Type unknown because of an earlier error; avoids follow-up errors. */
export const dyn: Type = { kind: 'dyn', numbers: 'none' };

/** What a new state begins with. */
export interface WorkOptions {
  readonly findings: Finding[];
  readonly faults: Faults;
  /** The value of `issuer`; undefined: not known. */
  readonly issuer: string | undefined;
  /** The values that `issuer` can have; undefined: any. */
  readonly issuers: readonly string[] | undefined;
  readonly guards: Guards;
}

/** The state for a new spec. */
export function createWork(
  spec: Spec,
  source: SpecSource,
  { findings, faults, issuer, issuers, guards }: WorkOptions,
): Work {
  const constants = constantsOf(spec, issuer);
  const known = environment(spec, faults);
  const ruledOut = new Set<string>();
  let readsIssuer = false;
  const reader = expressionReader(source, findings, constants, (path, offset, expression) => {
    readsIssuer ||= expression.reads.some(({ path: [root] }) => root === 'issuer');
    for (const name of expression.ruledOut) ruledOut.add(name);
    const at = ({ start, end }: Range) => source.within(path, offset + start, offset + end);
    // The grants of a scope by kind of subject are read one by one, and then together.
    if (issuers !== undefined && path.at(-1) !== 'subjects')
      findings.push(...unknownIssuers(expression, issuers, at));
  });
  return {
    spec,
    source,
    findings,
    faults,
    reader,
    constants,
    ...known,
    ruledOut,
    readsIssuer: () => readsIssuer,
    guards,
    guardedTexts: guardedTexts(),
    guardFindings: [],
  };
}

/** The state for the same spec once more, behind other guards. What is wrong with it has been reported. */
export function guardedWork(work: Work, guards: Guards): Work {
  const reader = work.reader.silent();
  return { ...work, findings: [], reader, guards, guardedTexts: guardedTexts(), guardFindings: [] };
}

function environment(spec: Spec, faults: Faults): Pick<Work, 'context' | 'variables' | 'readsOf'> {
  const { user, org, client, session } = spec;
  const ofIdentities = user?.identities?.attributes;
  const context = contextType({
    attributes: declaredRecord(attributeTypes(spec), 'user.attributes'),
    identity: ofIdentities && declaredRecord(ofIdentities, 'user.identities.attributes'),
    roles: user?.roleAttributes && declaredRecord(user.roleAttributes, 'user.role_attributes'),
    notes: session && declaredRecord(session.notes, 'session.notes'),
    org: org?.metadata && declaredRecord(org.metadata, 'org.metadata'),
    client: client?.metadata && declaredRecord(client.metadata, 'client.metadata'),
  });
  const variables: Record<string, Type> = {};
  for (const [name, field] of Object.entries(asRead(context).fields)) variables[name] = field.type;
  Object.assign(variables, constantVariables(spec));
  const tables: Record<string, Field> = {};
  for (const [name, table] of Object.entries(spec.tables ?? {}))
    tables[name] = { type: literalType(table), always: true };
  for (const name of faults.in('tables')) tables[name] = { type: dyn };
  variables[SETTINGS] = { kind: 'map', key: { kind: 'string' }, value: { kind: 'string' } };
  variables['tables'] = { kind: 'record', name: 'tables', fields: tables };
  // A source may be down.
  for (const [name, source] of Object.entries(spec.sources ?? {}))
    variables[name] ??= { ...asRead(answerType(source, name)), unsure: true };
  for (const name of faults.in('sources')) variables[name] ??= dyn;
  const names = [...new Set([...Object.keys(spec.sources ?? {}), ...faults.in('sources')])];
  return { context, variables, readsOf: (expressions) => readsOf(expressions, context, names) };
}

/** Makes a part; errors that are reported meanwhile count as its faults. */
export function watch<T>(
  work: Work,
  section: 'claims' | 'sources' | 'deny' | 'challenge',
  name: string,
  make: () => T,
): T {
  const before = work.findings.length;
  const part = make();
  if (work.findings.slice(before).some(isError)) work.faults.add(section, name);
  return part;
}

/** Compiles one expression and refuses whole records, which have no meaning as a value. */
export function read(
  work: Work,
  path: Path,
  text: string,
  variables: Environment['variables'],
  expected?: Type,
): Expression | undefined {
  const expression = work.reader.read(path, text, variables, expected);
  if (expression === undefined) return undefined;
  const whole = wholeRecordReads(expression, variables);
  for (const { path: read, range } of whole) {
    work.reader.report({
      rule: 'TE302',
      severity: 'error',
      message: `\`${read.join('.')}\` is a whole record; a policy picks single fields.`,
      range: work.source.within(path, range.start, range.end),
      help: `Pick the fields you need: \`${read.join('.')}.<field>\`.`,
    });
  }
  return whole.length > 0 ? undefined : expression;
}

/**
 * Compiles a condition behind its guard, if it has one. Positions in the result count from the guard's beginning.
 *
 * @param condition undefined if the author wrote none
 */
export function guard(
  work: Work,
  path: Path,
  condition: Expression | undefined,
  variables: Environment['variables'],
): Expression | undefined {
  const guarded = work.guards.behind(path, condition);
  if (guarded === undefined) return condition;
  const compiled = compile(guarded.text, { variables, constants: work.constants });
  if (compiled.ok) {
    work.guardedTexts.add(path, guarded.pieces);
    return compiled.expression;
  }
  work.guardFindings.push({
    rule: 'TE004',
    severity: 'error',
    message: 'With a condition on the kind of subject (`subject_type`), this expression is too large.',
    range: work.source.value(path),
    help: 'Shorten it, or compute a part of it in a claim.',
  });
  return undefined;
}

/** Whether a name means something else to expressions. */
export function isTaken({ context }: Work, name: string): boolean {
  return (
    ['tables', 'claims', 'detail', ...constantNames].includes(name) || Object.hasOwn(context.fields, name)
  );
}

/** What is known before any source is asked. */
export function contextVariables(work: Work): Environment['variables'] {
  const known = ['tables', SETTINGS, ...constantNames, ...Object.keys(work.context.fields)];
  return Object.fromEntries(Object.entries(work.variables).filter(([name]) => known.includes(name)));
}
