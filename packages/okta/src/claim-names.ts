import type { Policy, PolicyClaim } from '@claimsmith/core';
import { reservedAccessNames, reservedIdNames } from './hook/reserved.ts';

/** Whether one of these tokens can't carry a claim of this name: one that goes to both must be free in both. */
export function isReserved(name: string, tokens: PolicyClaim['tokens']): boolean {
  return tokens.some((token) =>
    token === 'id' ? reservedIdNames.includes(name) : [...reservedAccessNames, 'aud', 'sub'].includes(name),
  );
}

/**
 * The name that a claim carries at Okta: `as`, or the namespace before a name that Okta keeps to itself. A native claim
 * may be called as no claim of the hook may; but a claim's name must not hang on who makes it.
 */
export function claimName(claim: PolicyClaim, policy: Policy): string {
  const alias = claim.as['okta'];
  if (alias !== undefined) return alias;
  const { namespace } = policy.spec;
  return isReserved(claim.name, claim.tokens) && namespace !== undefined
    ? namespace + claim.name
    : claim.name;
}

export function claimNames(policy: Policy): Readonly<Record<string, string>> {
  return Object.fromEntries(policy.claims.map((claim) => [claim.name, claimName(claim, policy)]));
}
