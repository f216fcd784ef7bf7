import type { RecordType } from '@claimsmith/cel';
import { scopeRefused, unavailable } from '@claimsmith/runtime';
import { validAcceptances, withAcceptances } from './acceptance.ts';
import { orderByReads } from './claim-order.ts';
import { contentHash } from './content-hash.ts';
import { createClaims } from './create-claims.ts';
import { asRead, declaredRecord } from './declared-type.ts';
import { delegatedOf, readsActor } from './delegated.ts';
import { type Faults, faultsOf, soundParts } from './faults.ts';
import { type Finding, isError, type Path, type SpecSource } from './finding.ts';
import { createLookups, reportEarlyReads } from './lookups/create-lookups.ts';
import { withLookups } from './lookups/policy-lookups.ts';
import type { Policy, PolicyClaim, PolicyDetail, PolicyRule, PolicyScope, PolicySource } from './policy.ts';
import {
  bool,
  contextVariables,
  createWork,
  dyn,
  guard,
  guardedWork,
  isTaken,
  read,
  type Work,
  watch,
} from './policy-work.ts';
import { rules } from './rules/index.ts';
import type { Profile } from './rules/profiles.ts';
import type { CheckOptions } from './rules/rule.ts';
import { isProtocolName } from './rules/te101-registered-claim-overridden.ts';
import { assertKinds, createScopes } from './scopes.ts';
import { settingKeysOf } from './setting-keys.ts';
import { settingsOf } from './sources/asked-with.ts';
import { createSource } from './sources/create-source.ts';
import { neededSources } from './sources/needed.ts';
import { settingsIn } from './sources/url-template.ts';
import type { SourceWork } from './sources/work.ts';
import type { Spec } from './spec/schema.ts';
import { behindGuards, inferredGuards, saidGuards } from './subjects.ts';

/** A policy, or the errors that prevent one; less severe findings come with both. */
export interface CreatedPolicy {
  readonly policy: Policy | undefined;
  /**
   * The sound part of the policy, for finding more problems: without parts that have a fault or read one that has.
   * Undefined if a fault concerns all parts. Do not build it.
   */
  readonly draft: Policy | undefined;
  /** Whether `draft` lacks a part because of a fault. Then errors may be missing, or follow from that fault. */
  readonly isPartial: boolean;
  readonly findings: readonly Finding[];
  /**
   * The policy for one issuer, where the constant `issuer` has its value: what that rules out is not part of the policy.
   * If the spec does not read `issuer`, it is the same policy for every issuer. Otherwise only a policy for an issuer can
   * be compiled or run, and the rules are applied to each of them.
   */
  at(issuer: string): CreatedPolicy;
}

/** How a policy is created. */
export interface PolicyOptions {
  /** Where a repaired spec differs from the author's text; follow-up problems are not reported. */
  readonly flaws?: readonly Path[];
  /** The day on which acceptances must be valid, `2027-01-31`; without it none is valid. */
  readonly today?: string;
  /** The values that `issuer` can have; without them any. */
  readonly issuers?: readonly string[];
  /** Rules to apply besides those for everybody, and those that the spec asks for. Default: none. */
  readonly profiles?: readonly Profile[];
  /** What a token must pass: ids of `gateways`. */
  readonly gateways?: readonly string[];
}

/** Types and orders a spec's expressions, and applies the rules for all issuers. Pure. */
export function createPolicy(spec: Spec, source: SpecSource, options: PolicyOptions = {}): CreatedPolicy {
  const known = new Map<string, CreatedPolicy>();
  const at = (issuer: string): CreatedPolicy => {
    const found = known.get(issuer) ?? createFor(spec, source, options, issuer, at);
    known.set(issuer, found);
    return found;
  };
  return createFor(spec, source, options, undefined, at);
}

function createFor(
  spec: Spec,
  source: SpecSource,
  { flaws = [], today, issuers, profiles = [], gateways = [] }: PolicyOptions,
  issuer: string | undefined,
  forIssuer: CreatedPolicy['at'],
): CreatedPolicy {
  const acceptances = validAcceptances(spec, source, today);
  const findings: Finding[] = [];
  const faults = faultsOf(flaws);
  const said = saidGuards(spec);
  const work = createWork(spec, source, { findings, faults, issuer, issuers, guards: said });
  const asSaid = wholePolicy(work, acceptances.valid);
  const guards = inferredGuards(withLookups(asSaid), said);
  const final = guards === said ? work : guardedWork(work, guards);
  const whole = final === work ? asSaid : wholePolicy(final, acceptances.valid);
  findings.push(...final.guardFindings);
  const isPartial = flaws.length > 0 || findings.some(isError);
  const isForAll = issuer === undefined && !work.readsIssuer();
  const settle = (parts: Omit<CreatedPolicy, 'at' | 'findings'>): CreatedPolicy => {
    const created: CreatedPolicy = { ...parts, findings, at: isForAll ? () => created : forIssuer };
    return created;
  };
  if (faults.areEverywhere) return settle({ policy: undefined, draft: undefined, isPartial });
  // A claim with a faulty expression keeps its name, kind and tokens; these rules need only those.
  const written = soundParts(whole, faultsOf(flaws));
  const judged =
    isForAll || issuer !== undefined
      ? judge(written, { today, profiles: allProfiles(spec, profiles), gateways })
      : [];
  const found = withAcceptances(judged, acceptances.valid);
  findings.push(...(isPartial ? found.filter(isFirm) : found), ...acceptances.findings);
  for (const { name } of whole.claims) if (isProtocolName(name, whole.marker)) faults.add('claims', name);
  const draft = soundParts(whole, faults);
  return settle({
    policy: findings.some(isError) ? undefined : whole,
    draft,
    isPartial: isPartial || draft.claims.length < whole.claims.length,
  });
}

/** Whether a finding stays true after the errors of other parts are fixed. */
function isFirm(finding: Finding): boolean {
  return isError(finding) || rules.some(({ id, besideErrors }) => id === finding.rule && besideErrors);
}

/** The profiles that the spec asks for, and others. */
function allProfiles(spec: Spec, others: readonly Profile[]): readonly Profile[] {
  return [...new Set([...(spec.profiles ?? []), ...others])];
}

function judge(policy: Policy, options: CheckOptions): readonly Finding[] {
  const whole = withLookups(policy);
  return rules
    .filter(({ profile }) => profile === undefined || options.profiles.includes(profile))
    .flatMap((rule) => rule.check(rule.lookups === true ? whole : policy, options));
}

function wholePolicy(work: Work, acceptances: Policy['acceptances']): Policy {
  const { spec, source, faults, context } = work;
  const all = createSources(work);
  const deny = createRules(work);
  const made = createClaims(work);
  const claims = made.filter(({ resolve }) => resolve === 'issuance');
  const after = { ...work.variables, claims: claimsType(made, faults) };
  const revision = revisionOf(spec);
  const markerClaim = spec.marker ?? 'policy';
  const auditKey = spec.audit && settingsIn(spec.audit.key)[0];
  const applies = createApplies(work);
  const scopes = scopesOf(work, after);
  const details = createDetails(work, after);
  const parts = [applies, ...deny, ...claims, ...scopes, ...details];
  const lookups = createLookups(work, made, all);
  reportEarlyReads(work, { claims, scopes, details }, lookups);
  const sources = neededSources(
    all,
    parts.flatMap((part) => part?.reads.sources ?? []),
    new Set([...work.ruledOut, ...lookups.sources.map(({ name }) => name)]),
  );
  const keys = settingKeysOf({ applies, claims, deny, scopes, details, sources });
  return {
    spec,
    source: behindGuards(source, work.guardedTexts),
    written: source,
    name: spec.name,
    get revision() {
      return revision();
    },
    marker: markerClaim === false ? undefined : markerOf(markerClaim, spec.name, revision),
    applies,
    claims,
    lookups,
    deny,
    scopes,
    details,
    sources,
    context,
    constants: work.constants,
    acceptances,
    guards: work.guards,
    auditKey,
    secrets: [...new Set([...sources.flatMap(settingsOf), ...keys, auditKey ?? []].flat())].sort(),
  };
}

/** Hashed when it is asked for: a check needs no revision. */
function revisionOf(spec: Spec): () => string {
  let revision: string | undefined;
  return () => {
    const issuers = spec.issuers && withoutPlaces(spec.issuers);
    revision ??= contentHash({
      ...spec,
      issuers,
      $schema: undefined,
      accept: undefined,
      profiles: undefined,
      cedar: undefined,
    }).slice(0, 8);
    return revision;
  };
}

/**
 * The issuers' settings without the names of realms: they say where a policy runs, and not what it decides. So a further
 * realm leaves the others as they are.
 */
function withoutPlaces(issuers: NonNullable<Spec['issuers']>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(issuers).map(([id, settings]) => [id, { ...Object(settings), realm: undefined }]),
  );
}

function markerOf(claim: string, name: string, revision: () => string): NonNullable<Policy['marker']> {
  return {
    claim,
    get value() {
      return `${name}@${revision()}`;
    },
  };
}

/** It is decided before any source is asked. */
function createApplies(work: Work): Policy['applies'] {
  const text = work.spec.applies;
  if (text === undefined) return undefined;
  const when = read(work, ['applies'], text, contextVariables(work), bool);
  const isAlways = when?.root.kind === 'literal' && when.root.value === true;
  return when === undefined || isAlways ? undefined : { when, reads: work.readsOf([when]) };
}

/** A client that gets a message must know one reason by it. */
function reportMessages({ spec: { deny = [], challenge = [] }, reader, source }: Work): void {
  const rules = [
    ...deny.map((rule, index) => ({ ...rule, path: ['deny', index, 'message'] })),
    ...challenge.map((rule, index) => ({ ...rule, path: ['challenge', index, 'message'] })),
  ];
  for (const [index, { reason, message, path }] of rules.entries()) {
    if (message === undefined) continue;
    const others = rules.slice(0, index);
    const isReason = [unavailable, scopeRefused, ...rules.map((rule) => rule.reason)].includes(message);
    const isOther = others.some((other) => (other.reason === reason) !== (other.message === message));
    if (!isReason && !isOther) continue;
    reader.report({
      rule: 'TE034',
      severity: 'error',
      message: isReason
        ? `The message \`${message}\` is also a reason.`
        : `Each reason has one message; \`${reason}\` and \`${message}\` do not belong together everywhere.`,
      range: source.value(path),
      help: isReason
        ? 'Write another text.'
        : 'Write the same message wherever the reason is the same, and only there.',
    });
  }
}

/** The deny rules, and after them the challenges: a user who is denied is asked for nothing. */
function createRules(work: Work): readonly PolicyRule[] {
  const { deny = [], challenge = [] } = work.spec;
  reportMessages(work);
  return [
    ...deny.flatMap((rule, index) => createRule(work, ['deny', index], rule, undefined)),
    ...challenge.flatMap((rule, index) =>
      createRule(work, ['challenge', index], rule, { with: rule.with, enroll: rule.enroll === true }),
    ),
  ];
}

function createRule(
  work: Work,
  path: readonly ['deny' | 'challenge', number],
  { when, reason, message, subjects }: Pick<RuleSpec, 'when' | 'reason' | 'message' | 'subjects'>,
  challenge: PolicyRule['challenge'],
): readonly PolicyRule[] {
  const [section, index] = path;
  const at = [...path, 'when'];
  const condition = watch(work, section, String(index), () => {
    assertKinds(work, [...path, 'subjects'], subjects);
    const said = read(work, at, when, work.variables, bool);
    return said && guard(work, at, said, work.variables);
  });
  if (condition === undefined) return [];
  return [
    {
      path,
      challenge,
      reason,
      message,
      when: condition,
      subjects: when === condition.source ? undefined : work.guards.subjects(at),
      reads: work.readsOf([condition]),
    },
  ];
}

type RuleSpec = NonNullable<Spec['deny']>[number];

function scopesOf(work: Work, variables: Work['variables']): readonly PolicyScope[] {
  const { spec, source, faults, reader } = work;
  return createScopes({
    spec,
    source,
    hasFault: (name) => faults.has('scopes', name),
    isTaken: (name) => isTaken(work, name) || Object.hasOwn(spec.sources ?? {}, name),
    report: reader.report,
    read: (path, text, bound) =>
      read(work, path, text, bound === undefined ? contextVariables(work) : { ...variables, ...bound }, bool),
    guard: (path, condition, bound) => guard(work, path, condition, { ...variables, ...bound }),
    readsOf: work.readsOf,
  });
}

function createDetails(work: Work, variables: Work['variables']): readonly PolicyDetail[] {
  const made = Object.entries(work.spec.authorizationDetails ?? {}).map(
    ([type, { fields, grant: text, delegated }]): PolicyDetail | undefined => {
      const record = declaredRecord(fields, 'detail');
      const path = ['authorizationDetails', type, 'grant'];
      const names = { ...variables, detail: asRead(record) };
      const said = read(work, path, text, names, bool);
      const grant = said && guard(work, path, said, names);
      const isOfActors = readsActor(said);
      return (
        grant && {
          type,
          fields: record,
          grant,
          delegated: delegatedOf({
            said: delegated,
            grants: true,
            namesAgents: false,
            readsActor: isOfActors,
          }),
          reads: work.readsOf([grant]),
        }
      );
    },
  );
  return made.filter((detail) => detail !== undefined);
}

/** The sources of a spec, each after those whose answers it is asked with. */
function createSources(work: Work): readonly PolicySource[] {
  const sources = createEach(work);
  const { order, cycles } = orderByReads(new Map(sources.map(({ name, reads }) => [name, reads.sources])));
  for (const cycle of cycles) {
    const [first = ''] = cycle;
    work.reader.report({
      rule: 'TE005',
      severity: 'error',
      message:
        cycle.length === 2
          ? `The source \`${first}\` is asked with its own answer.`
          : `Sources are asked with each other's answers in a cycle: ${cycle.join(' → ')}.`,
      range: work.source.key(['sources', first]),
      help: 'Ask one of them only with fields of the login.',
    });
    for (const name of cycle) work.faults.add('sources', name);
  }
  return order.flatMap((name) => sources.filter((one) => one.name === name));
}

function createEach(work: Work): readonly PolicySource[] {
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
    const parts = sourceWork(work, path, work.variables);
    const source = watch(work, 'sources', name, () => createSource(parts, name, spec));
    return source ? [source] : [];
  });
}

function sourceWork(work: Work, path: Path, variables: Work['variables']): SourceWork {
  const { reader, faults, source, readsOf } = work;
  return {
    path,
    source,
    hasFault: faults.has('sources', String(path[1])),
    read: (at, text, expected) => read(work, at, text, variables, expected),
    readPart: (at, offset, text) => reader.readPart(at, offset, text, variables),
    report: reader.report,
    withVariable: (name, type) => sourceWork(work, path, { ...variables, [name]: type }),
    isTaken: (name) => isTaken(work, name) || Object.hasOwn(work.spec.sources ?? {}, name),
    readsOf,
  };
}

function claimsType(claims: readonly PolicyClaim[], faults: Faults): RecordType {
  const unknown = faults.in('claims').map((name) => [name, { type: dyn }] as const);
  const known = claims.map((claim) => [claim.name, { type: claim.type }] as const);
  return { kind: 'record', name: 'claims', fields: Object.fromEntries([...unknown, ...known]) };
}
