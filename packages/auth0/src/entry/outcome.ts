import type { Decision } from '@claimsmith/runtime';
import { claimsLimitBytes, logLimitCharacters } from '../limits.ts';
import { fits } from './bytes.ts';

/** The denial of a decision whose tokens Auth0 would fail on, with an error of its own. */
export const tooLarge = 'token_too_large';

/** Why nothing may be issued; undefined when everything may. Both tokens are weighed before either is touched. */
export function refusal(decision: Decision): string | undefined {
  if (decision.denied !== undefined) return decision.denied;
  const { access, id } = decision;
  const tokens = [access, id].map((claims) => JSON.stringify(claims));
  return tokens.every((text) => fits(text, claimsLimitBytes)) ? undefined : tooLarge;
}

/** One line for the tenant's log: names and codes of the policy, never a value. */
export function log(policy: string, decision: Decision, refused: string | undefined): void {
  const causes = decision.outcomes
    .filter(({ cause }) => cause !== undefined)
    // A requested scope may name someone's account; the other names are the policy's own.
    .map(({ kind, name, outcome, cause }) => `${kind === 'scope' ? kind : name} ${outcome}: ${cause}`);
  const line = [`claimsmith ${policy}`, refused === undefined ? 'issued' : `denied ${refused}`, ...causes];
  console.log(line.join('; ').slice(0, logLimitCharacters));
}
