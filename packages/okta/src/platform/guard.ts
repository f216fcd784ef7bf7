import { audienceOf } from './context.ts';
import type { IncomingToken } from './payload.ts';
import type { Guard } from './policy.ts';

/** A guard: it makes tokens worthless when Okta could not call the hook. */
type Recipe = 'quarantine' | 'sentinel' | 'short_life';

/** What an org must have for the hook: its guards, and the feeders. */
export type SetupPart = Recipe | 'feeders';

/**
 * The parts of the guard that are not set up at Okta, as an access token in a request shows. The hook can still fix
 * this token; with the hook down, such a token would be accepted.
 */
export function missingRecipes(guard: Guard, { claims, lifetimeSeconds }: IncomingToken): readonly Recipe[] {
  const { quarantine, sentinel, shortLifeSeconds } = guard;
  const missing: Recipe[] = [];
  if (quarantine !== undefined && audienceOf(claims) !== quarantine.from) missing.push('quarantine');
  if (sentinel !== undefined && claims[sentinel.claim] !== sentinel.value) missing.push('sentinel');
  if (shortLifeSeconds !== undefined && !(Number(lifetimeSeconds) <= shortLifeSeconds))
    missing.push('short_life');
  return missing;
}

/** Whether a token is of another authorization server: its audience is not the hook's to change. */
export function isForeign({ quarantine }: Guard, token: IncomingToken | undefined): boolean {
  if (quarantine === undefined || token === undefined) return false;
  const audience = audienceOf(token.claims);
  return audience !== quarantine.from && audience !== quarantine.to;
}
