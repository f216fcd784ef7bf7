import {
  formatAge,
  formatDuration,
  formatPath,
  type Issuer,
  type Policy,
  type PolicyClaim,
  ruleTitle,
  withLookups,
} from '@claimsmith/core';
import type { Loaded } from '../spec/load.ts';
import { type ExplainedAge, type Explanation, explainClaim } from './explanation.ts';

/** One claim of one spec, as an auditor asks for it. Texts are as the spec has them; nothing is escaped. */
export interface InventoryItem {
  /** The file of the spec, for people. */
  readonly spec: string;
  /** The policy's name and revision. */
  readonly policy: string;
  readonly claim: string;
  readonly kind: PolicyClaim['kind'];
  readonly type: string;
  /** Whether it is found with the token, or when a service decides. */
  readonly resolve: PolicyClaim['resolve'];
  /** Empty if services look it up. */
  readonly tokens: readonly string[];
  /** The kinds of subject that it is for, and the clients and audiences; empty: everybody. */
  readonly for: readonly string[];
  /** The fields and sources that its value depends on, also through other claims. */
  readonly source: readonly string[];
  readonly owner: string | undefined;
  readonly purpose: string | undefined;
  readonly consumers: readonly string[];
  readonly reviewBy: string | undefined;
  readonly maxAgeMs: number | undefined;
  /** How old it may be, in the access token if it is there; undefined for a constant. */
  readonly age: ExplainedAge | undefined;
  /** By issuer, its name in tokens. An issuer without an entry does not emit it. */
  readonly emitted: Readonly<Record<string, Emitted>>;
  /** What happens without a value: the token is denied, or what else. */
  readonly onMissing: PolicyClaim['onMissing'];
  /** What else is denied or refused without a value, as places in the spec. */
  readonly denies: readonly string[];
}

export interface Emitted {
  readonly name: string;
  /** How it is made, where an issuer has more than one way. */
  readonly via: string | undefined;
}

/** All claims of a spec. */
export function inventoryOf(loaded: Loaded): readonly InventoryItem[] {
  const { issuers, file, policyAt } = loaded;
  if (loaded.policy === undefined) return [];
  const policy = withLookups(loaded.policy);
  return policy.claims.map((claim) => {
    const explained = explainClaim(policy, claim, issuers, policyAt);
    return {
      spec: file.name,
      policy: `${policy.name}@${policy.revision}`,
      claim: claim.name,
      kind: claim.kind,
      type: explained.type,
      resolve: claim.resolve,
      tokens: claim.tokens,
      for: forWhom(explained),
      source: sourcesOf(policy, claim),
      owner: explained.owner,
      purpose: explained.purpose,
      consumers: explained.consumers,
      reviewBy: explained.reviewBy,
      maxAgeMs: claim.maxAgeSeconds === undefined ? undefined : claim.maxAgeSeconds * 1000,
      age: explained.freshness,
      emitted: emittedAt(claim, explained, issuers, policyAt),
      onMissing: claim.onMissing,
      denies: deniedWithout(policy, claim.name),
    };
  });
}

function forWhom({ subjects, audiences = [], clients = [] }: Explanation): readonly string[] {
  return [
    ...(subjects?.kinds ?? []),
    ...audiences.map((audience) => `audience ${audience}`),
    ...clients.map((client) => `client ${client}`),
  ];
}

/** What stands in its own value and condition, through claims down to fields and sources. */
function sourcesOf(policy: Policy, claim: PolicyClaim, seen: readonly string[] = []): readonly string[] {
  if (claim.value === undefined && claim.when === undefined) return ['constant'];
  const { fields, sources, claims } = claim.reads;
  // Sources are asked with fields, which say nothing of where the value is from.
  const through = claims
    .filter((name) => !seen.includes(name))
    .flatMap((name) => policy.claims.filter((other) => other.name === name))
    .flatMap((other) => sourcesOf(policy, other, [...seen, claim.name]));
  const own = [
    ...fields.filter((field) => field !== 'subject_type'),
    ...sources.map((name) => `source ${name}`),
  ];
  const all = [...new Set([...own, ...through.filter((one) => one !== 'constant')])];
  return all.length === 0 ? ['constant'] : all;
}

function emittedAt(
  claim: PolicyClaim,
  { names, ways }: Explanation,
  issuers: readonly Issuer[],
  policyAt: (issuer: string) => Policy | undefined,
): Readonly<Record<string, Emitted>> {
  return Object.fromEntries(
    (claim.resolve === 'request' ? [] : issuers).flatMap(({ id }) => {
      // A branch for other issuers rules a claim out here.
      const isRuledOut = policyAt(id)?.claims.every(({ name }) => name !== claim.name) ?? false;
      const isThere = !isRuledOut && ways[id]?.isLeftOut !== true;
      return isThere ? [[id, { name: names[id] ?? claim.name, via: ways[id]?.via }] as const] : [];
    }),
  );
}

/** Deny rules, grants and claims that fail if a claim has no value: without it, their expressions cannot be decided. */
function deniedWithout(policy: Policy, name: string): readonly string[] {
  const reads = ({ reads: { claims } }: { readonly reads: { readonly claims: readonly string[] } }) =>
    claims.includes(name);
  return [
    ...policy.claims
      .filter((claim) => reads(claim) && claim.onMissing === 'deny')
      .map((claim) => formatPath(['claims', claim.name])),
    ...policy.deny.filter(reads).map((rule) => `${ruleTitle(rule).replace(/^The /, '')}`.replaceAll('`', '')),
    ...policy.scopes.filter(reads).map((scope) => `scope ${scope.name}`),
    ...policy.details.filter(reads).map((detail) => `authorization detail ${detail.type}`),
  ];
}

/** The columns of a table, with their headings. */
export const columns = [
  ['spec', ({ spec }) => spec],
  ['policy', ({ policy }) => policy],
  ['claim', ({ claim }) => claim],
  ['kind', ({ kind }) => kind],
  ['type', ({ type }) => type],
  ['tokens', ({ resolve, tokens }) => (resolve === 'request' ? 'none: looked up' : tokens.join(', '))],
  ['for', (item) => (item.for.length === 0 ? 'everybody' : item.for.join(', '))],
  ['source of truth', ({ source }) => source.join(', ')],
  ['owner', ({ owner }) => owner ?? ''],
  ['purpose', ({ purpose }) => purpose ?? ''],
  ['consumers', ({ consumers }) => consumers.join(', ')],
  ['max age', ({ maxAgeMs }) => (maxAgeMs === undefined ? '' : formatDuration(maxAgeMs))],
  ['proven age', ageText],
  ['review by', ({ reviewBy }) => reviewBy ?? ''],
  ['emitted as', ({ emitted }) => emittedText(emitted)],
  ['without it', withoutText],
] as const satisfies readonly (readonly [string, (item: InventoryItem) => string])[];

function ageText({ age, tokens }: InventoryItem): string {
  if (age === undefined) return 'constant';
  if (age.lifetimeMs === undefined) return 'unknown: the spec sets no lifetime of its token';
  // Nobody knows how long its other tokens live.
  const where = tokens.length > 1 ? ' in the access token' : '';
  return `${formatAge(age.totalMs)}${where}${age.verdict === 'exceeded' ? ', over max age' : ''}`;
}

function emittedText(emitted: InventoryItem['emitted']): string {
  const entries = Object.entries(emitted);
  const names = new Set(entries.map(([, { name }]) => name));
  const [name] = names;
  const via = (text: string | undefined) => (text === undefined ? '' : ` by ${text}`);
  if (names.size === 1 && name !== undefined)
    return `${name} at ${entries.map(([issuer, one]) => `${issuer}${via(one.via)}`).join(', ')}`;
  return entries.map(([issuer, one]) => `${one.name} at ${issuer}${via(one.via)}`).join(', ');
}

function withoutText({ resolve, onMissing, denies }: InventoryItem): string {
  const own =
    onMissing === 'deny'
      ? resolve === 'request'
        ? 'the look-up is refused'
        : 'no token'
      : onMissing === 'omit'
        ? 'left out'
        : `default ${JSON.stringify(onMissing.default)}`;
  const refused = denies.length === 0 || onMissing === 'deny' ? '' : `; refused: ${denies.join(', ')}`;
  return own + refused;
}
