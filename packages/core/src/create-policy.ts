import {
  type Environment,
  type Expression,
  type Field,
  formatType,
  type RecordType,
  type Type,
} from '@claimsmith/cel';
import { orderClaims } from './claim-order.ts';
import { contentHash } from './content-hash.ts';
import { contextType, fieldAt } from './context.ts';
import { declaredRecord, literalFits, literalType } from './declared-type.ts';
import { type ExpressionReader, expressionReader, readsOf, wholeRecordReads } from './expressions.ts';
import type { Finding, Path, SpecSource } from './finding.ts';
import type { Policy, PolicyClaim, PolicyDetail, PolicySource } from './policy.ts';
import { rules } from './rules/index.ts';
import { createScopes } from './scopes.ts';
import { pathOf } from './situation.ts';
import { settingsOf } from './sources/asked-with.ts';
import { answerType, createSource } from './sources/create-source.ts';
import type { ClaimSpec, Spec } from './spec/schema.ts';

/** A policy, or the findings of error severity that forbid one; lesser findings come with either. */
export interface CreatedPolicy {
  readonly policy: Policy | undefined;
  /**
   * The policy as far as it goes, to find what else is wrong: what did not compile lacks its expression. Nothing
   * may be built from it.
   */
  readonly draft: Policy;
  readonly findings: readonly Finding[];
}

/** Types and orders a spec's expressions and applies the rules that hold at every issuer. Pure. */
export function createPolicy(spec: Spec, source: SpecSource): CreatedPolicy {
  const findings: Finding[] = [];
  const work: Work = { spec, source, reader: expressionReader(source, findings), ...environment(spec) };
  const sources = createSources(work);
  const deny = (spec.deny ?? []).map(({ when, reason }, index) => {
    return { reason, when: read(work, ['deny', index, 'when'], when, work.variables, bool) };
  });
  const claims = createClaims(work);
  const after = { ...work.variables, claims: claimsType(claims) };
  const scopes = createScopes({
    spec,
    source,
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
  const hash = contentHash({ ...spec, $schema: undefined });
  const revision = hash.slice(0, 8);
  const markerClaim = spec.marker ?? 'policy';
  const draft: Policy = {
    spec,
    source,
    name: spec.name,
    revision,
    marker: markerClaim === false ? undefined : { claim: markerClaim, value: `${spec.name}@${revision}` },
    claims,
    deny: deny.filter((rule): rule is { reason: string; when: Expression } => rule.when !== undefined),
    scopes,
    details: details.filter((detail) => detail !== undefined),
    sources,
    context: work.context,
    secrets: [...new Set(sources.flatMap(settingsOf))].sort(),
  };
  for (const rule of rules) findings.push(...rule.check(draft));
  return { policy: findings.some(isError) ? undefined : draft, draft, findings };
}

/** What every step needs. */
interface Work {
  readonly spec: Spec;
  readonly source: SpecSource;
  readonly reader: ExpressionReader;
  readonly context: RecordType;
  /** The identity context, tables and sources: all but claims. */
  readonly variables: Environment['variables'];
  readonly readsOf: (expressions: readonly (Expression | undefined)[]) => PolicyClaim['reads'];
}

const bool: Type = { kind: 'bool' };

function environment(spec: Spec): Pick<Work, 'context' | 'variables' | 'readsOf'> {
  const context = contextType(declaredRecord(spec.user?.attributes ?? {}, 'user.attributes'));
  const variables: Record<string, Type> = {};
  for (const [name, field] of Object.entries(context.fields)) variables[name] = field.type;
  const tables = Object.entries(spec.tables ?? {}).map(
    ([name, table]) => [name, { type: literalType(table), always: true }] as const,
  );
  variables['tables'] = { kind: 'record', name: 'tables', fields: Object.fromEntries(tables) };
  const sources = Object.entries(spec.sources ?? {});
  for (const [name, source] of sources) variables[name] ??= answerType(source, name);
  const names = sources.map(([name]) => name);
  return { context, variables, readsOf: (expressions) => readsOf(expressions, context, names) };
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
      message: `\`${read.join('.')}\` is a whole record; a policy reads single fields.`,
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
      message: `Claims read each other in a circle: ${cycle.join(' → ')}.`,
      range: work.source.key(['claims', first]),
      help: 'Compute the shared part in a claim that reads neither, or repeat the expression.',
    });
  }
  const circular = new Set(cycles.flat());
  const claims: PolicyClaim[] = [];
  // One record that grows: a copy per claim would make a long spec quadratic.
  const fields: Record<string, Field> = {};
  const variables = { ...work.variables, claims: { kind: 'record', name: 'claims', fields } as const };
  for (const name of order) {
    const spec = specs[name];
    if (spec === undefined) continue;
    const claim = createClaim(work, name, spec, variables, circular.has(name));
    fields[name] = { type: claim.type };
    claims.push(claim);
  }
  return claims;
}

/**
 * A map of the context holds whatever others put there, a row whatever the source returns; a declared attribute is
 * a choice of the author.
 */
function refuseWhole(work: Work, path: Path, { root, type }: Expression): void {
  const range = work.source.value(path);
  const refuse = (message: string, help: string) =>
    work.reader.report({ rule: 'TE302', severity: 'error', message, range, help });
  if (holdsRecord(type)) {
    refuse('A claim of whole rows: a policy picks fields.', 'Pick one field: `….map(r, r.<field>)`.');
    return;
  }
  const read = pathOf(root);
  if (read === undefined || read[1] === 'attributes' || fieldAt(work.context, read)?.kind !== 'map') return;
  const name = read.join('.');
  refuse(
    `\`${name}\` is a whole map, with keys that this policy does not know.`,
    `Pick the keys you need: \`${name}.<key>\`.`,
  );
}

function holdsRecord(type: Type): boolean {
  if (type.kind === 'list') return holdsRecord(type.element);
  if (type.kind === 'map' || type.kind === 'optional') return holdsRecord(type.value);
  return type.kind === 'record';
}

/** A claim that does not compile comes out without what failed; whoever reads it meets `dyn`, which is no fault of theirs. */
function createClaim(
  work: Work,
  name: string,
  spec: ClaimSpec,
  variables: Environment['variables'],
  isCircular: boolean,
): PolicyClaim {
  const path: Path = ['claims', name];
  const isOne = (spec.value === undefined) !== (spec.const === undefined);
  if (!isOne) {
    const both = spec.value !== undefined;
    work.reader.report({
      rule: 'TE006',
      severity: 'error',
      message: `Claim \`${name}\` has ${both ? 'both' : 'neither'} \`value\` ${both ? 'and' : 'nor'} \`const\`.`,
      range: work.source.key(path),
      help: 'Give exactly one: `value` for an expression, `const` for a constant.',
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
    constant !== undefined ? literalType(constant) : value ? unwrapped(value.type) : { kind: 'dyn' };
  const onMissing = spec.onMissing ?? (spec.kind === 'authoritative' ? 'deny' : 'omit');
  if (typeof onMissing === 'object' && !literalFits(onMissing.default, type)) {
    work.reader.report({
      rule: 'TE007',
      severity: 'error',
      message: `The default of \`${name}\` is not of its type, ${formatType(type)}.`,
      range: work.source.value([...path, 'onMissing', 'default']),
      help: 'A service must find the same type whether the value was there or not.',
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
        message: `\`${name}\` is taken by the identity context; a source needs a name of its own.`,
        range: work.source.key(path),
      });
      return [];
    }
    const { reader } = work;
    const source = createSource(
      {
        path,
        source: work.source,
        read: (at, text) => read(work, at, text, known),
        readPart: (at, offset, text) => reader.readPart(at, offset, text, known),
        report: reader.report,
        readsOf: work.readsOf,
      },
      name,
      spec,
    );
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

function claimsType(claims: readonly PolicyClaim[]): RecordType {
  const fields = claims.map((claim) => [claim.name, { type: claim.type }] as const);
  return { kind: 'record', name: 'claims', fields: Object.fromEntries(fields) };
}

/** An optional as a claim's value is its content; `none` is a missing value. */
function unwrapped(type: Type): Type {
  return type.kind === 'optional' ? unwrapped(type.value) : type;
}

function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}
