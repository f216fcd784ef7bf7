import { type Decision, unavailable } from '@claimsmith/runtime';
import type { PostLoginApi } from './api.ts';
import { log, refusal, setClaims } from './outcome.ts';

/**
 * Sets all claims and scopes that the policy decides, or denies the login. Never throws: Auth0 would show why.
 *
 * @param name `<name>@<revision>` of the policy
 */
export async function postLogin(
  name: string,
  api: PostLoginApi,
  decide: () => Decision | Promise<Decision>,
): Promise<void> {
  let refused: string | undefined = unavailable;
  try {
    const decision = await decide();
    refused = refusal(decision);
    log(name, refused, decision.outcomes);
    if (refused === undefined) {
      setClaims(api.accessToken, decision.access);
      setClaims(api.idToken, decision.id);
      for (const scope of decision.scopes.remove) api.accessToken.removeScope(scope);
      for (const scope of decision.scopes.add) api.accessToken.addScope(scope);
      return;
    }
  } catch {
    refused ??= unavailable;
    log(name, refused, []);
  }
  api.access.deny(refused);
}
