import type { Policy, PolicyClaim } from '../policy.ts';

/** A policy with what services look up among its claims and sources. Do not build it. */
export function withLookups(policy: Policy): Policy {
  const { claims, sources } = policy.lookups;
  if (claims.length === 0) return policy;
  const known = new Set(policy.sources);
  return {
    ...policy,
    claims: [...policy.claims, ...claims],
    sources: [...policy.sources, ...sources.filter((source) => !known.has(source))],
  };
}

/**
 * A changed form of `withLookups(policy)` as a policy that can be built: claims that services look up are apart again.
 *
 * @param changed has the sources of `policy`
 */
export function apartFromLookups(policy: Policy, changed: Policy): Policy {
  const { lookups, sources } = policy;
  if (lookups.claims.length === 0) return changed;
  const isLookedUp = ({ resolve }: PolicyClaim) => resolve === 'request';
  return {
    ...changed,
    claims: changed.claims.filter((claim) => !isLookedUp(claim)),
    lookups: { ...lookups, claims: changed.claims.filter(isLookedUp) },
    sources,
  };
}
