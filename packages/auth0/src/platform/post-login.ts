import { scopeLimitCharacters } from '../limits.ts';
import type { PostLoginApi } from './api.ts';
import type { PostLoginEvent } from './context.ts';
import { attempt, type Decide, log, refusal, setClaims } from './outcome.ts';

/**
 * Sets all claims and scopes that the policy decides, or denies the login. Never throws, because Auth0 would show the text.
 *
 * @param name `<name>@<revision>` of the policy
 * @param subject gives the digest that stands for the user in the log
 */
export async function postLogin(
  name: string,
  event: PostLoginEvent,
  api: PostLoginApi,
  decide: Decide,
  subject?: () => string | undefined,
): Promise<void> {
  const attempted = await attempt(decide, (decision) => {
    const reason = refusal(decision);
    if (reason !== undefined) return reason;
    setClaims(api.accessToken, decision.access);
    setClaims(api.idToken, decision.id);
    // A text with white space would be several scopes in a token. One that is too long is never in a token, and
    // removing it would throw.
    for (const scope of decision.scopes.remove.join(' ').match(/\S+/g) ?? [])
      if (scope.length <= scopeLimitCharacters) api.accessToken.removeScope(scope);
    for (const scope of decision.scopes.add) api.accessToken.addScope(scope);
    return undefined;
  });
  const { refused, decision } = attempted;
  if (refused !== undefined) api.access.deny(decision?.message ?? refused);
  log(name, event, attempted, subject);
}
