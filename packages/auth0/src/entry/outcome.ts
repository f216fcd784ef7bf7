import type { Decision } from '@claimsmith/runtime';
import { claimsLimitBytes, logLimitCharacters } from '../limits.ts';

/** The denial of a decision whose tokens Auth0 would fail on, with an error of its own. */
export const tooLarge = 'token_too_large';

/** Why nothing may be issued; undefined when everything may. Both tokens are weighed before either is touched. */
export function refusal({ denied, access, id }: Decision): string | undefined {
  return denied ?? (isTooLarge(access) || isTooLarge(id) ? tooLarge : undefined);
}

function isTooLarge(claims: Decision['access']): boolean {
  return Buffer.byteLength(JSON.stringify(claims)) > claimsLimitBytes;
}

/** A line for the tenant's log: names and codes of the policy, never a value. */
export function log(policy: string, refused: string | undefined, outcomes: Decision['outcomes']): void {
  let line = `claimsmith ${policy}; ${refused === undefined ? 'issued' : `denied ${refused}`}`;
  for (const { kind, name, outcome, cause } of outcomes) {
    // A requested scope may name someone's account; the other names are the policy's own.
    if (cause !== undefined) line += `; ${kind === 'scope' ? kind : name} ${outcome}: ${cause}`;
  }
  console.log(line.slice(0, logLimitCharacters));
}

export function setClaims(
  token: { setCustomClaim(name: string, value: unknown): unknown },
  claims: Decision['access'],
): void {
  for (const name of Object.keys(claims)) token.setCustomClaim(name, claims[name]);
}
