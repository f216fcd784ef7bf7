import type { Expression } from '@claimsmith/cel';
import type { Path, Policy } from '@claimsmith/core';

/** The parts of a policy that a change of one of them may show in, and what these rest on. */
export interface Slice {
  /** The claims in it. */
  readonly claims: ReadonlySet<string>;
  readonly hasScopes: boolean;
  readonly hasDetails: boolean;
}

/** What a change at `path` may show in. Deny rules come before all else, and are in every slice. */
export function sliceOf(policy: Policy, path: Path): Slice {
  const { claims, scopes, details } = policy;
  const [section, name] = path;
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
  const needed = new Set(affected);
  for (const { reads } of [...(hasScopes ? scopes : []), ...(hasDetails ? details : [])])
    for (const one of reads.claims) needed.add(one);
  for (const { name: claim, reads } of claims.toReversed())
    if (needed.has(claim)) for (const one of reads.claims) needed.add(one);
  return { claims: needed, hasScopes, hasDetails };
}

/** A policy with the parts of a slice alone. */
export function sliced(policy: Policy, { claims, hasScopes, hasDetails }: Slice): Policy {
  return {
    ...policy,
    claims: policy.claims.filter(({ name }) => claims.has(name)),
    scopes: hasScopes ? policy.scopes : [],
    details: hasDetails ? policy.details : [],
  };
}
