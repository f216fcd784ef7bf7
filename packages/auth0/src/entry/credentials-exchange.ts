import { type Decision, unavailable } from '@claimsmith/runtime';
import { type CredentialsExchangeEvent, credentialsExchangeContext } from '../context.ts';
import type { CredentialsExchangeApi } from './api.ts';
import { log, refusal, tooLarge } from './outcome.ts';

const scopeRefused = 'scope_refused';

/**
 * Sets all claims that the policy decides, or denies the exchange. Never throws: Auth0 would show why.
 *
 * @param name `<name>@<revision>` of the policy
 */
export async function credentialsExchange(
  event: CredentialsExchangeEvent,
  api: CredentialsExchangeApi,
  name: string,
  decide: (context: unknown) => Promise<Decision>,
) {
  try {
    const decision = await decide(credentialsExchangeContext(event));
    // An Action can't take a scope from this token, so that one refused scope refuses the token.
    const refused = refusal(decision) ?? (decision.scopes.remove.length > 0 ? scopeRefused : undefined);
    log(name, decision, refused);
    if (refused !== undefined) return api.access.deny(errorCode(refused), refused);
    for (const [claim, value] of Object.entries(decision.access))
      api.accessToken.setCustomClaim(claim, value);
    return undefined;
  } catch {
    return api.access.deny('server_error', unavailable);
  }
}

/** What the client may do about it: ask for other scopes, ask for something else, or nothing. */
function errorCode(refused: string) {
  if (refused === scopeRefused) return 'invalid_scope';
  return refused === unavailable || refused === tooLarge ? 'server_error' : 'invalid_request';
}
