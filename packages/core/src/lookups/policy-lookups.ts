import type { Policy } from '../policy.ts';

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
