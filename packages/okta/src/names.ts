import { claimNaming, type PolicyClaim } from '@claimsmith/core';
import { reservedAccessNames, reservedIdNames } from './platform/reserved.ts';

/**
 * Whether one of these tokens cannot carry a claim of this name. For a claim in both tokens, the name must be free in
 * both.
 */
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
 * The names of claims at Okta. A name that Okta reserves gets the namespace as a prefix, even if a native claim could
 * have it: the name must not depend on which part makes the claim.
 */
export const { claimName, claimNames } = claimNaming('okta', ({ name, tokens }) => isReserved(name, tokens));
