import type { Policy, PolicyClaim } from '@claimsmith/core';
import { isRestricted } from './limits.ts';

/** The name that a claim carries at Auth0: `as`, or the namespace before a name that Auth0 keeps to itself. */
export function claimName(claim: PolicyClaim, policy: Policy): string {
  const alias = claim.as['auth0'];
  if (alias !== undefined) return alias;
  const { namespace } = policy.spec;
  return isRestricted(claim.name) && namespace !== undefined ? namespace + claim.name : claim.name;
}

export function claimNames(policy: Policy): Readonly<Record<string, string>> {
  return Object.fromEntries(policy.claims.map((claim) => [claim.name, claimName(claim, policy)]));
}
