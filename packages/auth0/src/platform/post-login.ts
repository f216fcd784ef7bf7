import { isScope } from '../limits.ts';
import type { PostLoginApi } from './api.ts';
import type { PostLoginEvent } from './context.ts';
import { attempt, type Decide, log, refusal, setClaims } from './outcome.ts';

/**
 * The scopes that a client has asked for. Texts that are too long are never in tokens, and removing them would throw; a
 * text with white space would be several scopes in a token.
 */
function scopesIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.match(/\S+/g) ?? []).filter(isScope);
}

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
    for (const scope of scopesIn(decision.scopes.remove)) api.accessToken.removeScope(scope);
    for (const scope of decision.scopes.add) api.accessToken.addScope(scope);
    return undefined;
  });
  const { refused, decision } = attempted;
  if (refused !== undefined) api.access.deny(decision?.message ?? refused);
  log(name, event, attempted, subject);
}
