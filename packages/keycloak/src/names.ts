import type { Policy, PolicyClaim } from '@claimsmith/core';
import { isReserved } from './limits.ts';

/** The name that a claim carries at Keycloak: `as`, or the namespace before a name that Keycloak uses itself. */
export function claimName(claim: PolicyClaim, { spec }: Policy): string {
  const alias = claim.as['keycloak'];
  if (alias !== undefined) return alias;
  const { namespace } = spec;
  return isReserved(claim.name) && namespace !== undefined ? namespace + claim.name : claim.name;
}

export function claimNames(policy: Policy): Readonly<Record<string, string>> {
  return Object.fromEntries(policy.claims.map((claim) => [claim.name, claimName(claim, policy)]));
}

/**
 * A claim's name as `claim.name` takes it: a dot would begin a nested object, a backslash takes the next character
 * as it is.
 */
export function claimPath(name: string): string {
  return name.replace(/[\\.]/g, '\\$&');
}
