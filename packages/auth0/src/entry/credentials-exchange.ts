import { type Decision, unavailable } from '@claimsmith/runtime';
import { type CredentialsExchangeEvent, credentialsExchangeContext } from '../context.ts';
import type { CredentialsExchangeApi } from './api.ts';
import { log, refusal, tooLarge } from './outcome.ts';

export interface CredentialsExchangePolicy {
  /** `<name>@<revision>` */
  readonly name: string;
  readonly decide: (
    context: unknown,
    event: CredentialsExchangeEvent,
    api: CredentialsExchangeApi,
  ) => Promise<Decision>;
}

const scopeRefused = 'scope_refused';

/** Sets all claims that the policy decides, or denies the exchange. Never throws: Auth0 would show why. */
export async function credentialsExchange(
  event: CredentialsExchangeEvent,
  api: CredentialsExchangeApi,
  policy: CredentialsExchangePolicy,
) {
  try {
    const decision = await policy.decide(credentialsExchangeContext(event), event, api);
    // An Action can't take a scope from this token, so that one refused scope refuses the token.
    const refused = refusal(decision) ?? (decision.scopes.remove.length > 0 ? scopeRefused : undefined);
    log(policy.name, decision, refused);
    if (refused !== undefined) return api.access.deny(errorCode(refused), refused);
    for (const [name, value] of Object.entries(decision.access)) api.accessToken.setCustomClaim(name, value);
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
