import { audienceOf } from './context.ts';
import type { IncomingToken } from './payload.ts';
import type { Guard } from './policy.ts';

/** A guard: it makes tokens worthless when Okta could not call the hook. */
type Recipe = 'quarantine' | 'sentinel' | 'short_life';

/** What an org must have for the hook: its guards, and the feeders. */
export type SetupPart = Recipe | 'feeders';

/**
 * The parts of the guard that are not set up at Okta, as the access token in a request shows. The hook can still fix
 * this token; but if the hook is down, services would accept such a token.
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

/** Whether a token belongs to another authorization server; the hook must not change its audience. */
export function isForeign({ quarantine }: Guard, token: IncomingToken | undefined): boolean {
  if (quarantine === undefined || token === undefined) return false;
  const audience = audienceOf(token.claims);
  return audience !== quarantine.from && audience !== quarantine.to;
}
