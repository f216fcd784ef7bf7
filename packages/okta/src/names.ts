import type { Policy, PolicyClaim } from '@claimsmith/core';
import { reservedAccessNames, reservedIdNames } from './platform/reserved.ts';

/** Whether one of these tokens cannot carry a claim of this name: one that goes to both must be free in both. */
export function isReserved(name: string, tokens: PolicyClaim['tokens']): boolean {
  return tokens.some((token) =>
    token === 'id' ? reservedIdNames.includes(name) : [...reservedAccessNames, 'aud', 'sub'].includes(name),
  );
}

/**
 * Names that no hook may write, though native claims may have them.
 * @see https://developer.okta.com/docs/guides/customize-tokens-groups-claim/
 */
export const nativeNames: readonly string[] = ['groups'];

/**
 * The name that a claim carries at Okta: `as`, or the namespace before a name that Okta keeps to itself. That a native
 * claim may have such a name does not count here: a claim's name must not hang on who makes it.
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
