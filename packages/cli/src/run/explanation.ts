import { formatType } from '@claimsmith/cel';
import {
  type AgeVerdict,
  ageSum,
  ageVerdict,
  type ClaimWay,
  type Freshness,
  freshnessOf,
  type Issuer,
  issuerLookups,
  type Policy,
  type PolicyClaim,
  restsOn,
  type Subjects,
  settingsOf,
} from '@claimsmith/core';
import type { SourceSpec } from '@claimsmith/core/spec';
import { supplyOf } from './origin.ts';

/** All there is to say of one claim. Durations in milliseconds. */
export interface Explanation {
  readonly claim: string;
  readonly kind: PolicyClaim['kind'];
  /** Whether it is found with the token, or when a service decides. */
  readonly resolve: PolicyClaim['resolve'];
  /** Empty if services look it up. */
  readonly tokens: PolicyClaim['tokens'];
  readonly type: string;
  /** The CEL text, or the constant as JSON. */
  readonly value: string;
  readonly isConstant: boolean;
  /** As the spec has it. */
  readonly when: string | undefined;
  /** The subjects that it is for; undefined: for everybody. */
  readonly subjects: Subjects | undefined;
  /** Whether it is for delegated tokens, too. */
  readonly delegated: PolicyClaim['delegated'];
  readonly audiences: readonly string[] | undefined;
  readonly clients: readonly string[] | undefined;
  readonly reads: {
    readonly fields: readonly FieldRead[];
    readonly sources: readonly SourceRead[];
    readonly claims: readonly string[];
  };
  /** What happens if the value is missing. */
  readonly onMissing: PolicyClaim['onMissing'];
  readonly maxItems: number | undefined;
  readonly maxBytes: number | undefined;
  readonly freshness: ExplainedAge | undefined;
  /** Its name at each issuer. */
  readonly names: Readonly<Record<string, string>>;
  /** How it is made at each issuer that has more than one way. */
  readonly ways: Readonly<Record<string, ClaimWay>>;
  /** Other claims, scopes and details whose rules read this claim. */
  readonly readBy: readonly string[];
  readonly owner: string | undefined;
  readonly consumers: readonly string[];
  readonly purpose: string | undefined;
  readonly reviewBy: string | undefined;
}

export interface FieldRead {
  readonly field: string;
  /**
   * By issuer and trigger, the vendor's name of the value; empty if the issuer cannot supply it. For a claim that is looked
   * up, by issuer how its `token` says the field.
   */
  readonly from: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface SourceRead {
  readonly source: string;
  /** The address, query or table as the spec has it, with its placeholders; before an address the method POST. */
  readonly asks: string;
  /** The sources whose answers it is asked with. */
  readonly after: readonly string[];
  readonly timeoutMs: number;
  readonly retries: number;
  readonly cacheMs: number;
  /** `${NAME}`s that must be given when deploying. */
  readonly settings: readonly string[];
}

/** How old the value may be when a service relies on it, at worst, with the numbers of the spec in a sentence. */
export interface ExplainedAge extends Freshness {
  readonly verdict: AgeVerdict;
  /** ``cache 1m of `crm` + token lifetime 10m + 1m for clocks = 12m``. */
  readonly sum: string;
  /** Where it differs: the issuer has no cache, or its own lifetime because the spec has none. */
  readonly at: Readonly<Record<string, AgeAtIssuer>>;
}

export interface AgeAtIssuer extends Freshness {
  readonly verdict: AgeVerdict;
  readonly sum: string;
  /** Where its lifetime is set, if the spec has none. */
  readonly setting: string | undefined;
}

/**
 * Explains a claim of a policy, at the given issuers.
 *
 * @param policy with its look-ups among its claims
 */
export function explainClaim(
  policy: Policy,
  claim: PolicyClaim,
  issuers: readonly Issuer[],
  policyAt: (issuer: string) => Policy | undefined,
): Explanation {
  const written = policy.spec.claims[claim.name];
  return {
    claim: claim.name,
    kind: claim.kind,
    resolve: claim.resolve,
    tokens: claim.tokens,
    type: formatType(claim.type),
    value: claim.value?.source ?? JSON.stringify(claim.constant),
    isConstant: claim.value === undefined,
    when: written?.when,
    subjects: claim.subjects,
    delegated: claim.delegated,
    audiences: claim.audiences,
    clients: claim.clients,
    reads: readsOf(policy, claim, issuers, policyAt),
    onMissing: claim.onMissing,
    maxItems: claim.maxItems,
    maxBytes: claim.maxBytes,
    freshness: ageOf(policy, claim, issuers, policyAt),
    names: Object.fromEntries(
      (claim.resolve === 'request' ? [] : issuers).map((issuer) => [
        issuer.id,
        issuer.names(policy)[claim.name] ?? claim.name,
      ]),
    ),
    ways: Object.fromEntries(
      issuers.flatMap((issuer) => {
        const own = policyAt(issuer.id);
        const way = own && issuer.model.ways?.(own)[claim.name];
        return way === undefined ? [] : [[issuer.id, way] as const];
      }),
    ),
    readBy: [
      ...policy.claims.filter((other) => other.reads.claims.includes(claim.name)).map(({ name }) => name),
      ...policy.scopes.filter((scope) => scope.reads.claims.includes(claim.name)).map(({ name }) => name),
      ...policy.details.filter((detail) => detail.reads.claims.includes(claim.name)).map(({ type }) => type),
    ],
    owner: written?.owner ?? policy.spec.owner,
    consumers: written?.consumers ?? [],
    purpose: written?.purpose,
    reviewBy: written?.reviewBy,
  };
}

/** What a claim reads itself, and where that is from. */
function readsOf(
  policy: Policy,
  { name, resolve, reads }: PolicyClaim,
  issuers: readonly Issuer[],
  policyAt: (issuer: string) => Policy | undefined,
): Explanation['reads'] {
  const asked = restsOn({ ...policy, claims: [] })(reads).sources;
  return {
    fields: reads.fields.map((field) => ({
      field,
      from: Object.fromEntries(
        issuers.map((issuer) => [
          issuer.id,
          resolve === 'request'
            ? toldBy(policyAt(issuer.id) ?? policy, issuer, name, field)
            : (supplyOf(issuer, field) ?? {}),
        ]),
      ),
    })),
    sources: policy.sources
      .filter((source) => asked.includes(source.name))
      .map((source) => ({
        source: source.name,
        asks: questionOf(policy.spec.sources?.[source.name]),
        after: source.reads.sources,
        timeoutMs: source.timeoutMs,
        retries: source.retries,
        cacheMs: source.cacheMs,
        settings: [...new Set(settingsOf(source))],
      })),
    claims: reads.claims,
  };
}

/** How tokens of an issuer say a field to a service that looks a claim up; empty if they do not. */
function toldBy(
  policy: Policy,
  issuer: Issuer,
  claim: string,
  field: string,
): Readonly<Record<string, string>> {
  const part = issuerLookups(policy, issuer).request.get(claim);
  const known = part?.fields.find((one) => `${field}.`.startsWith(`${one.field}.`));
  if (known === undefined) return {};
  if ('fact' in known) return { token: 'as the guard reads it' };
  return { token: 'said' in known ? `claims.${known.said}` : known.claim };
}

/** What a source is asked, as the spec has it. */
export function questionOf(source: SourceSpec | undefined): string {
  const { http, sql, dynamodb } = source ?? {};
  if (http !== undefined) return `${http.method === 'POST' ? 'POST ' : ''}${http.url}`;
  return sql?.query ?? dynamodb?.table ?? '';
}

function ageOf(
  policy: Policy,
  claim: PolicyClaim,
  issuers: readonly Issuer[],
  policyAt: (issuer: string) => Policy | undefined,
): ExplainedAge | undefined {
  const worst = freshnessOf(policy, claim);
  if (worst === undefined) return undefined;
  const at = issuers.flatMap(({ id, model }): readonly (readonly [string, AgeAtIssuer])[] => {
    const own = policyAt(id) ?? policy;
    const life =
      worst.lifetimeMs === undefined && claim.tokens.includes('access') ? model.lifetime?.(own) : undefined;
    const age = freshnessOf(policy, claim, {
      caches: model.caches !== false,
      lifetimeMs: life?.defaultMs,
    });
    if (age === undefined || age.totalMs === worst.totalMs) return [];
    return [[id, { ...age, verdict: ageVerdict(age), sum: ageSum(age), setting: life?.setting }]];
  });
  return { ...worst, verdict: ageVerdict(worst), sum: ageSum(worst), at: Object.fromEntries(at) };
}
