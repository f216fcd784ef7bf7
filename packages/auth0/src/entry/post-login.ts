import { type Decision, unavailable } from '@claimsmith/runtime';
import { type LoginReading, type PostLoginEvent, postLoginContext } from '../context.ts';
import type { PostLoginApi } from './api.ts';
import { log, refusal } from './outcome.ts';

export interface PostLoginOptions extends LoginReading {
  /** `<name>@<revision>` of the policy. */
  readonly name: string;
}

/** Sets all claims and scopes that the policy decides, or denies the login. Never throws: Auth0 would show why. */
export async function postLogin(
  event: PostLoginEvent,
  api: PostLoginApi,
  options: PostLoginOptions,
  decide: (context: unknown) => Promise<Decision>,
) {
  try {
    const decision = await decide(postLoginContext(event, options));
    const refused = refusal(decision);
    log(options.name, decision, refused);
    if (refused !== undefined) return api.access.deny(refused);
    for (const [name, value] of Object.entries(decision.access)) api.accessToken.setCustomClaim(name, value);
    for (const [name, value] of Object.entries(decision.id)) api.idToken.setCustomClaim(name, value);
    for (const scope of decision.scopes.remove) api.accessToken.removeScope(scope);
    for (const scope of decision.scopes.add) api.accessToken.addScope(scope);
    return undefined;
  } catch {
    return api.access.deny(unavailable);
  }
}
