import type { RecordType, Type } from '@claimsmith/cel';
import { contentHash } from '../content-hash.ts';
import { mappingOf, textsOf } from '../data.ts';
import { freshnessOf } from '../freshness.ts';
import type { Issuer } from '../issuer.ts';
import { issuerLookups } from '../lookups/issuer-lookups.ts';
import { withLookups } from '../lookups/policy-lookups.ts';
import { otherScopes } from '../other-scopes.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { sentinel } from '../sentinel.ts';
import { carriedBy, sometimesAtMost } from './carried-by.ts';
import type { AccessToken, Contract, ContractClaim, ContractLookup } from './schema.ts';
import { contractVersion } from './version.ts';

/** Tokens as RFC 9068 describes them. @see https://www.rfc-editor.org/rfc/rfc9068 */
export const standardAccessToken: AccessToken = {
  keysPath: '.well-known/jwks.json',
  typ: ['at+jwt'],
  proof: {},
  hasAudience: true,
  ownAudiences: [],
  scopes: 'scope',
  client: ['client_id'],
  machine: [],
  recognizesAgents: false,
};

/**
 * What services may rely on in the tokens of a policy. It holds no expression, and nothing of sources but how old their
 * answers may be.
 *
 * @param policyAt the policy of one issuer; undefined: it is not for this issuer
 */
export function contractOf(
  policy: Policy,
  issuers: readonly Issuer[],
  policyAt: (issuer: string) => Policy | undefined,
): Contract {
  const parts = issuers.flatMap((issuer) => {
    const own = policyAt(issuer.id);
    return own === undefined ? [] : [{ issuer, own, audiences: audiencesOf(issuer, own) }];
  });
  const named = new Set([
    ...parts.flatMap(({ audiences }) => audiences ?? []),
    ...policy.claims.flatMap((claim) => claim.audiences ?? []),
  ]);
  const isOpen = parts.some(({ audiences }) => audiences === undefined);
  const apis = [...[...named].sort(), ...(isOpen ? ['*'] : [])].flatMap((audience) => {
    const signers = parts.filter(({ audiences }) => audiences?.includes(audience) ?? true);
    return signers.length === 0 ? [] : [[audience, apiOf(policy, audience, signers)] as const];
  });
  const all = Object.fromEntries(apis);
  return {
    version: contractVersion,
    policy: { name: policy.name, revision: `${policy.name}@${policy.revision}` },
    ...(policy.marker && { marker: { claim: policy.marker.claim, unenriched: sentinel } }),
    fingerprint: contractFingerprint({ apis: all }),
    apis: all,
    issuers: Object.fromEntries(
      parts.map(({ issuer }) => [
        issuer.id,
        { title: issuer.title, ...(issuer.accessToken ?? standardAccessToken) },
      ]),
    ),
  };
}

/** Of all that types are made from: two contracts with the same one have the same types. */
export function contractFingerprint({ apis }: Pick<Contract, 'apis'>): string {
  const typed = (claims: Readonly<Record<string, ContractLookup>> = {}) =>
    Object.fromEntries(
      Object.entries(claims).map(([name, { type, kind, for: carried }]) => [name, { type, kind, carried }]),
    );
  const all = Object.entries(apis).map(
    ([audience, { claims, lookups, fresh, scopes, authorizationDetails }]) => [
      audience,
      { claims: typed(claims), lookups: typed(lookups), fresh, scopes, authorizationDetails },
    ],
  );
  return contentHash(Object.fromEntries(all)).slice(0, 8);
}

/** The audiences whose tokens the policy is for at an issuer; undefined: any. */
function audiencesOf(issuer: Issuer, own: Policy): readonly string[] | undefined {
  const settings = mappingOf(own.spec.issuers?.[issuer.id]);
  const said = textsOf(settings['audiences']);
  if (said.length > 0) return said;
  const one = issuer.model.audience?.(own, undefined);
  return one === undefined ? undefined : [one];
}

interface Signer {
  readonly issuer: Issuer;
  readonly own: Policy;
}

function apiOf(policy: Policy, audience: string, signers: readonly Signer[]): Contract['apis'][string] {
  const isForApi = ({ audiences }: PolicyClaim) => audiences?.includes(audience) ?? true;
  const claims = policy.claims.filter((claim) => claim.tokens.includes('access') && isForApi(claim));
  const lookups = policy.lookups.claims.filter(isForApi);
  const fresh = claims.filter(({ name }) => isFresh(policy, name, signers));
  return {
    issuers: signers.map(({ issuer }) => issuer.id),
    claims: byName(claims, (claim) => claimOf(policy, claim, signers)),
    ...(lookups.length > 0 && { lookups: byName(lookups, (claim) => lookedUp(withLookups(policy), claim)) }),
    ...(fresh.length > 0 && { fresh: fresh.map(({ name }) => name).sort() }),
    scopes: policy.scopes
      .map(({ name }) => name)
      .filter((name) => name !== otherScopes)
      .sort(),
    authorizationDetails: Object.fromEntries(
      policy.details.map(({ type, fields }) => [type, fieldsOf(fields)]),
    ),
  };
}

function byName<T>(claims: readonly PolicyClaim[], describe: (claim: PolicyClaim) => T): Record<string, T> {
  const sorted = claims.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sorted.map((claim) => [claim.name, describe(claim)]));
}

/** Whether the tokens of each issuer say what it takes to ask for a claim again. Without a marker, nobody asks. */
function isFresh({ marker }: Policy, name: string, signers: readonly Signer[]): boolean {
  return (
    marker !== undefined &&
    signers.every(({ issuer, own }) => issuerLookups(own, issuer).fresh.get(name)?.unknown.length === 0)
  );
}

function lookedUp(policy: Policy, claim: PolicyClaim): ContractLookup {
  // A constant does not age.
  const age = freshnessOf(policy, claim);
  const ageMs = age === undefined ? 0 : age.totalMs - (age.lifetimeMs ?? 0);
  return {
    type: typeText(claim.type),
    kind: claim.kind,
    ...(claim.maxItems !== undefined && { maxItems: claim.maxItems }),
    ...(claim.maxBytes !== undefined && { maxBytes: claim.maxBytes }),
    for: carriedBy(policy, claim),
    ...(claim.clients !== undefined && { clients: [...claim.clients] }),
    ...(claim.maxAgeSeconds !== undefined &&
      age !== undefined && { maxAgeSeconds: claim.maxAgeSeconds, ageAtIssueSeconds: ageMs / 1_000 }),
  };
}

function claimOf(policy: Policy, claim: PolicyClaim, signers: readonly Signer[]): ContractClaim {
  const looked = lookedUp(policy, claim);
  const isLeftOut = signers.some(({ issuer, own }) => issuer.model.emptyLeftOut?.(own).includes(claim.name));
  return {
    ...looked,
    ...(isLeftOut && { for: sometimesAtMost(looked.for) }),
    names: Object.fromEntries(
      signers.map(({ issuer, own }) => [issuer.id, issuer.names(own)[claim.name] ?? claim.name]),
    ),
  };
}

/** A type as the spec's language writes it. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.value)})`;
    case 'optional':
      return typeText(type.value);
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
      return type.kind;
    default:
      return 'dyn';
  }
}

type Fields = Contract['apis'][string]['authorizationDetails'][string];

function fieldsOf({ fields }: RecordType): Fields {
  const entries = Object.entries(fields).map(
    ([name, { type }]) => [name, type.kind === 'record' ? fieldsOf(type) : typeText(type)] as const,
  );
  return Object.fromEntries(entries);
}
