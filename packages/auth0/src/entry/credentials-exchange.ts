import { type Decision, unavailable } from '@claimsmith/runtime';
import type { CredentialsExchangeApi } from './api.ts';
import { log, refusal, setClaims, tooLarge } from './outcome.ts';

const scopeRefused = 'scope_refused';

/**
 * Sets all claims that the policy decides, or denies the exchange. Never throws: Auth0 would show why.
 *
 * @param name `<name>@<revision>` of the policy
 */
export async function credentialsExchange(
  name: string,
  api: CredentialsExchangeApi,
  decide: () => Decision | Promise<Decision>,
): Promise<void> {
  let refused: string | undefined = unavailable;
  try {
    const decision = await decide();
    // An Action can't take a scope from this token, so that one refused scope refuses the token.
    refused = refusal(decision) ?? (decision.scopes.remove.length > 0 ? scopeRefused : undefined);
    log(name, refused, decision.outcomes);
    if (refused === undefined) {
      setClaims(api.accessToken, decision.access);
      return;
    }
  } catch {
    refused ??= unavailable;
    log(name, refused, []);
  }
  api.access.deny(errorCode(refused), refused);
}

/** What the client may do about it: ask for other scopes, ask for something else, or nothing. */
function errorCode(refused: string) {
  if (refused === scopeRefused) return 'invalid_scope';
  return refused === unavailable || refused === tooLarge ? 'server_error' : 'invalid_request';
}
