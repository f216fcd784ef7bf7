import {
  type Environment,
  type Expression,
  type Field,
  formatType,
  pathOf,
  type RecordType,
  type Type,
} from '@claimsmith/cel';
import { validAcceptances, withAcceptances } from './acceptance.ts';
import { orderClaims } from './claim-order.ts';
import { contentHash } from './content-hash.ts';
import { contextType, fieldAt } from './context.ts';
import { declaredRecord, literalFits, literalType } from './declared-type.ts';
import { type ExpressionReader, expressionReader, readsOf, wholeRecordReads } from './expressions.ts';
import { type Faults, faultsOf, soundParts } from './faults.ts';
import { type Finding, isError, type Path, type SpecSource } from './finding.ts';
import type { Policy, PolicyClaim, PolicyDetail, PolicySource } from './policy.ts';
import { rules } from './rules/index.ts';
import { isProtocolName } from './rules/te101-registered-claim-overridden.ts';
import { createScopes } from './scopes.ts';
import { settingsOf } from './sources/asked-with.ts';
import { answerType, createSource } from './sources/create-source.ts';
import type { SourceWork } from './sources/work.ts';
import type { ClaimSpec, Spec } from './spec/schema.ts';

/** A policy, or the findings of error severity that forbid one; lesser findings come with either. */
export interface CreatedPolicy {
  readonly policy: Policy | undefined;
  /**
   * What of the policy is as its author means it for sure, to find what else is wrong: a part with a fault is not in
   * it, nor is what reads one. Undefined where a fault concerns all parts. Nothing may be built from it.
   */
  readonly draft: Policy | undefined;
  /** Whether a fault keeps a part from `draft`: what is no error may then be for want of that part. */
  readonly isPartial: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Types and orders a spec's expressions and applies the rules that hold at every issuer. Pure.
 *
 * @param flaws where a mended spec is not the author's word; what follows from there is not reported
 * @param today the day, `2027-01-31`, by which acceptances are judged; without it none holds
 */
export function createPolicy(
  spec: Spec,
  source: SpecSource,
  flaws: readonly Path[] = [],
  today?: string,
): CreatedPolicy {
  const acceptances = validAcceptances(spec, source, today);
  const findings: Finding[] = [];
  const faults = faultsOf(flaws);
  const work: Work = {
    spec,
    source,
    findings,
    faults,
    reader: expressionReader(source, findings),
    ...environment(spec, faults),
  };
  const sources = createSources(work);
  const deny = (spec.deny ?? []).map(({ when, reason }, index) => {
    const condition = () => read(work, ['deny', index, 'when'], when, work.variables, bool);
    return { reason, when: watch(work, 'deny', String(index), condition) };
  });
  const claims = createClaims(work);
  const after = { ...work.variables, claims: claimsType(claims, faults) };
  const scopes = createScopes({
    spec,
    source,
    hasFault: (name) => faults.has('scopes', name),
    isTaken: (name) => isTaken(work, name) || Object.hasOwn(spec.sources ?? {}, name),
    report: work.reader.report,
    read: (path, text, bound) =>
      read(work, path, text, bound === undefined ? contextVariables(work) : { ...after, ...bound }, bool),
    readsOf: work.readsOf,
  });
  const details = Object.entries(spec.authorizationDetails ?? {}).map(
    ([type, { fields, grant }]): PolicyDetail | undefined => {
      const record = declaredRecord(fields, 'detail');
      const expression = read(
        work,
        ['authorizationDetails', type, 'grant'],
        grant,
        { ...after, detail: record },
        bool,
      );
      return expression && { type, fields: record, grant: expression, reads: work.readsOf([expression]) };
    },
  );
  const hash = contentHash({ ...spec, $schema: undefined, accept: undefined });
  const revision = hash.slice(0, 8);
  const markerClaim = spec.marker ?? 'policy';
  const whole: Policy = {
    spec,
    source,
    name: spec.name,
    revision,
    marker: markerClaim === false ? undefined : { claim: markerClaim, value: `${spec.name}@${revision}` },
    claims,
    // What is found in one says which by its place: without one, the places of the others would be wrong.
    deny: faults.in('deny').length > 0 ? [] : deny.filter(isRule),
    scopes,
    details: details.filter((detail) => detail !== undefined),
    sources,
    context: work.context,
    acceptances: acceptances.valid,
    secrets: [...new Set(sources.flatMap(settingsOf))].sort(),
  };
  const isPartial = flaws.length > 0 || findings.some(isError);
  if (faults.areEverywhere) return { policy: undefined, draft: undefined, isPartial, findings };
  // An expression with a fault leaves a claim its name, kind and tokens, which are all that these rules judge then.
  const judged = rules.flatMap((rule) => rule.check(soundParts(whole, faultsOf(flaws))));
  const found = withAcceptances(judged, acceptances.valid);
  findings.push(...(isPartial ? found.filter(isError) : found), ...acceptances.findings);
  for (const { name } of claims) if (isProtocolName(name, whole.marker)) faults.add('claims', name);
  const draft = soundParts(whole, faults);
  return {
    policy: findings.some(isError) ? undefined : whole,
    draft,
    isPartial: isPartial || draft.claims.length < claims.length,
    findings,
  };
}

/** What every step needs. */
interface Work {
  readonly spec: Spec;
  readonly source: SpecSource;
  readonly findings: Finding[];
  readonly faults: Faults;
  readonly reader: ExpressionReader;
  readonly context: RecordType;
  /** The identity context, tables and sources: all but claims. */
  readonly variables: Environment['variables'];
  readonly readsOf: (expressions: readonly (Expression | undefined)[]) => PolicyClaim['reads'];
}

const bool: Type = { kind: 'bool' };
/** What nothing is known of: whoever reads it is not told of a fault that is none of theirs. */
const dyn: Type = { kind: 'dyn', numbers: 'none' };

function environment(spec: Spec, faults: Faults): Pick<Work, 'context' | 'variables' | 'readsOf'> {
  const metadata = spec.org?.metadata;
  const context = contextType(
    declaredRecord(spec.user?.attributes ?? {}, 'user.attributes'),
    metadata && declaredRecord(metadata, 'org.metadata'),
  );
  const variables: Record<string, Type> = {};
  for (const [name, field] of Object.entries(context.fields)) variables[name] = field.type;
  const tables: Record<string, Field> = {};
  for (const [name, table] of Object.entries(spec.tables ?? {}))
    tables[name] = { type: literalType(table), always: true };
  for (const name of faults.in('tables')) tables[name] = { type: dyn };
  variables['tables'] = { kind: 'record', name: 'tables', fields: tables };
  for (const [name, source] of Object.entries(spec.sources ?? {}))
    variables[name] ??= answerType(source, name);
  for (const name of faults.in('sources')) variables[name] ??= dyn;
  const names = [...new Set([...Object.keys(spec.sources ?? {}), ...faults.in('sources')])];
  return { context, variables, readsOf: (expressions) => readsOf(expressions, context, names) };
}

/** Makes a part; an error that is reported meanwhile is a fault of it. */
function watch<T>(work: Work, section: 'claims' | 'sources' | 'deny', name: string, make: () => T): T {
  const before = work.findings.length;
  const part = make();
  if (work.findings.slice(before).some(isError)) work.faults.add(section, name);
  return part;
}

/** Compiles one expression and refuses whole records, which have no meaning as a value. */
function read(
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

function createClaims(work: Work): readonly PolicyClaim[] {
  const specs = work.spec.claims;
  const texts = Object.entries(specs).map(
    ([name, { value, when }]) => [name, [value, when].filter((text) => text !== undefined)] as const,
  );
  const { order, cycles } = orderClaims(Object.fromEntries(texts));
  for (const cycle of cycles) {
    const [first = ''] = cycle;
    work.reader.report({
      rule: 'TE005',
      severity: 'error',
      message:
        cycle.length === 2
          ? `Claim \`${first}\` reads itself.`
          : `Claims read each other in a cycle: ${cycle.join(' → ')}.`,
      range: work.source.key(['claims', first]),
      help:
        cycle.length === 2
          ? 'Compute it without reading itself.'
          : 'Compute the shared part in another claim that both read, or repeat the expression.',
    });
  }
  const circular = new Set(cycles.flat());
  for (const name of circular) work.faults.add('claims', name);
  const claims: PolicyClaim[] = [];
  // One record grows; a copy for each claim would take quadratic time.
  const fields: Record<string, Field> = {};
  for (const name of work.faults.in('claims')) fields[name] = { type: dyn };
  const variables = { ...work.variables, claims: { kind: 'record', name: 'claims', fields } as const };
  for (const name of order) {
    const spec = specs[name];
    if (spec === undefined) continue;
    const create = () => createClaim(work, name, spec, variables, circular.has(name));
    const claim = watch(work, 'claims', name, create);
    fields[name] = { type: claim.type };
    claims.push(claim);
  }
  return claims;
}

/**
 * Refuses whole maps of the context and whole rows, whose content the author does not choose. Declared attributes of a
 * user or an organization are the author's choice.
 */
function refuseWhole(work: Work, path: Path, { root, type }: Expression): void {
  const range = work.source.value(path);
  const refuse = (message: string, help: string) =>
    work.reader.report({ rule: 'TE302', severity: 'error', message, range, help });
  if (holdsRecord(type)) {
    refuse(
      'This claim holds whole rows; a policy picks single fields.',
      'Pick one field: `….map(r, r.<field>)`.',
    );
    return;
  }
  const read = pathOf(root);
  if (read === undefined || read.length > 2 || fieldAt(work.context, read)?.kind !== 'map') return;
  const name = read.join('.');
  refuse(
    `\`${name}\` is a whole map, which may hold any keys.`,
    `Pick the keys you need: \`${name}.<key>\`.`,
  );
}

function holdsRecord(type: Type): boolean {
  if (type.kind === 'list') return holdsRecord(type.element);
  if (type.kind === 'map' || type.kind === 'optional') return holdsRecord(type.value);
  return type.kind === 'record';
}

/** A claim that does not compile lacks the failed part and has type `dyn`, so that claims which read it are not blamed. */
function createClaim(
  work: Work,
  name: string,
  spec: ClaimSpec,
  variables: Environment['variables'],
  isCircular: boolean,
): PolicyClaim {
  const path: Path = ['claims', name];
  const isOne = (spec.value === undefined) !== (spec.const === undefined);
  const isFaulty = work.faults.has('claims', name);
  if (!isOne && !isFaulty) {
    const both = spec.value !== undefined;
    work.reader.report({
      rule: 'TE006',
      severity: 'error',
      message: `Claim \`${name}\` has ${both ? 'both' : 'neither'} \`value\` ${both ? 'and' : 'nor'} \`const\`.`,
      range: work.source.key(path),
      help: 'Write exactly one of them: `value` for an expression, `const` for a constant.',
    });
  }
  const value =
    isCircular || spec.value === undefined
      ? undefined
      : read(work, [...path, 'value'], spec.value, variables);
  const when =
    isCircular || spec.when === undefined
      ? undefined
      : read(work, [...path, 'when'], spec.when, variables, bool);
  if (value !== undefined) refuseWhole(work, [...path, 'value'], value);
  const constant = isOne ? spec.const : undefined;
  const type: Type =
    constant !== undefined && !isFaulty ? literalType(constant) : value ? unwrapped(value.type) : dyn;
  const onMissing = spec.onMissing ?? (spec.kind === 'authoritative' ? 'deny' : 'omit');
  if (typeof onMissing === 'object' && !literalFits(onMissing.default, type)) {
    work.reader.report({
      rule: 'TE007',
      severity: 'error',
      message: `The default of \`${name}\` does not have the claim's type, ${formatType(type)}.`,
      range: work.source.value([...path, 'onMissing', 'default']),
      help: 'Services must get the same type with and without a value.',
    });
  }
  return {
    name,
    kind: spec.kind,
    // Without the condition it was written for, a value says nothing.
    value: spec.when !== undefined && when === undefined ? undefined : value,
    constant,
    type,
    when,
    tokens: spec.tokens ?? ['access'],
    onMissing,
    audiences: spec.audiences,
    clients: spec.clients,
    maxAgeSeconds: spec.maxAge === undefined ? undefined : spec.maxAge / 1000,
    maxItems: spec.maxItems,
    maxBytes: spec.maxBytes,
    as: spec.as ?? {},
    reads: work.readsOf([value, when]),
  };
}

function createSources(work: Work): readonly PolicySource[] {
  const known = contextVariables(work);
  return Object.entries(work.spec.sources ?? {}).flatMap(([name, spec]) => {
    const path: Path = ['sources', name];
    if (isTaken(work, name)) {
      work.reader.report({
        rule: 'TE008',
        severity: 'error',
        message: `The identity context already has \`${name}\`, so a source cannot have that name.`,
        range: work.source.key(path),
      });
      work.faults.add('sources', name);
      return [];
    }
    const { reader, faults } = work;
    const parts: SourceWork = {
      path,
      source: work.source,
      hasFault: faults.has('sources', name),
      read: (at, text) => read(work, at, text, known),
      readPart: (at, offset, text) => reader.readPart(at, offset, text, known),
      report: reader.report,
      readsOf: work.readsOf,
    };
    const source = watch(work, 'sources', name, () => createSource(parts, name, spec));
    return source ? [source] : [];
  });
}

function isTaken({ context }: Work, name: string): boolean {
  return ['tables', 'claims', 'detail'].includes(name) || Object.hasOwn(context.fields, name);
}

/** A source is asked with what is known before any source is asked. */
function contextVariables(work: Work): Environment['variables'] {
  const known = ['tables', ...Object.keys(work.context.fields)];
  return Object.fromEntries(Object.entries(work.variables).filter(([name]) => known.includes(name)));
}

function claimsType(claims: readonly PolicyClaim[], faults: Faults): RecordType {
  const unknown = faults.in('claims').map((name) => [name, { type: dyn }] as const);
  const known = claims.map((claim) => [claim.name, { type: claim.type }] as const);
  return { kind: 'record', name: 'claims', fields: Object.fromEntries([...unknown, ...known]) };
}

/** An optional as a claim's value is its content; `none` is a missing value. */
function unwrapped(type: Type): Type {
  return type.kind === 'optional' ? unwrapped(type.value) : type;
}

function isRule(rule: { reason: string; when: Expression | undefined }): rule is Policy['deny'][number] {
  return rule.when !== undefined;
}
