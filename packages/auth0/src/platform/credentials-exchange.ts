import { type Decision, scopeRefused, unavailable } from '@claimsmith/runtime';
import type { CredentialsExchangeApi } from './api.ts';
import type { CredentialsExchangeEvent } from './context.ts';
import { attempt, type Decide, log, refusal, setClaims, tooLarge } from './outcome.ts';

/**
 * Sets all claims that the policy decides, or denies the exchange. Never throws: Auth0 would show why.
 *
 * @param name `<name>@<revision>` of the policy
 */
export async function credentialsExchange(
  name: string,
  event: CredentialsExchangeEvent,
  api: CredentialsExchangeApi,
  decide: Decide,
): Promise<void> {
  const attempted = await attempt(decide, (decision) => {
    const reason = exchangeRefusal(decision);
    if (reason !== undefined) return reason;
    setClaims(api.accessToken, decision.access);
    return undefined;
  });
  const { refused, decision } = attempted;
  if (refused !== undefined) api.access.deny(errorCode(refused), decision?.message ?? refused);
  log(name, event, attempted);
}

/** An Action cannot take a scope from this token, so one refused scope refuses the token. */
export function exchangeRefusal(decision: Decision): string | undefined {
  return refusal(decision) ?? (decision.scopes.remove.length > 0 ? scopeRefused : undefined);
}

/** The OAuth error code of a denial. It tells the client whether another request could succeed. */
function errorCode(refused: string) {
  if (refused === scopeRefused) return 'invalid_scope';
  return refused === unavailable || refused === tooLarge ? 'server_error' : 'invalid_request';
}
