import { claimNaming, type Policy, type PolicyClaim } from '@claimsmith/core';
import { groupsClaim, isProtected } from './limits.ts';

/** The names of claims at Cognito: a name that Cognito protects gets the namespace as a prefix. */
export const { claimName, claimNames } = claimNaming('cognito', ({ name }) => isProtected(name));

/** The claim that replaces the groups of the user, if the policy has one. */
export function groupsClaimOf(policy: Policy): PolicyClaim | undefined {
  return policy.claims.find((claim) => claimName(claim, policy) === groupsClaim);
}
