import type { Expression } from '@claimsmith/cel';
import { type Path, type Policy, restsOn, withLookups } from '@claimsmith/core';

/** The parts of a policy that a change of one part can affect, and the parts that these depend on. */
export interface Slice {
  /** The claims in it, also those that services look up. */
  readonly claims: ReadonlySet<string>;
  readonly hasScopes: boolean;
  readonly hasDetails: boolean;
}

/** The parts that a change at `path` can affect. Deny rules come first, and are always included. */
export function sliceOf(policy: Policy, path: Path): Slice {
  const { scopes, details } = policy;
  const whole = withLookups(policy);
  const { claims } = whole;
  const [section, name] = path;
  if (section === 'applies')
    return { claims: new Set(claims.map((claim) => claim.name)), hasScopes: true, hasDetails: true };
  const readsTable = (expression: Expression | undefined) =>
    section === 'tables' &&
    expression?.reads.some(({ path: [root, table] }) => root === 'tables' && table === name);
  const affected = new Set<string>();
  const isAffected = (names: readonly string[]) => names.some((one) => affected.has(one));
  // They come in dependency order.
  for (const { name: claim, reads, value, when } of claims) {
    const isChanged = (section === 'claims' && claim === name) || readsTable(value) || readsTable(when);
    if (isChanged || isAffected(reads.claims)) affected.add(claim);
  }
  const isJudged = ({ grant, reads }: { grant: Expression; reads: { claims: readonly string[] } }) =>
    readsTable(grant) || isAffected(reads.claims);
  const hasScopes = section === 'scopes' || section === 'subjects' || scopes.some(isJudged);
  const hasDetails = section === 'authorizationDetails' || details.some(isJudged);
  const judged = [...(hasScopes ? scopes : []), ...(hasDetails ? details : [])];
  const changed = claims.filter(({ name: claim }) => affected.has(claim));
  const rests = restsOn(whole);
  const needed = [...changed, ...judged].flatMap(({ reads }) => rests(reads).claims);
  return { claims: new Set([...affected, ...needed]), hasScopes, hasDetails };
}

/** A policy with only those look-ups that are in a slice. */
export function withLookupsOf(policy: Policy, { claims }: Slice): Policy {
  const { lookups } = policy;
  return {
    ...policy,
    lookups: { ...lookups, claims: lookups.claims.filter(({ name }) => claims.has(name)) },
  };
}

/** What tokens carry of the parts of a slice, as a policy. */
export function sliced(policy: Policy, { claims, hasScopes, hasDetails }: Slice): Policy {
  return {
    ...policy,
    claims: policy.claims.filter(({ name }) => claims.has(name)),
    scopes: hasScopes ? policy.scopes : [],
    details: hasDetails ? policy.details : [],
  };
}
