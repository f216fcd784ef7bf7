import type { Decision } from '@claimsmith/runtime';
import type { CredentialsExchangeEvent } from './context.ts';
import { attempt, type Decide, log } from './outcome.ts';

/**
 * Logs what the policy would do, and does nothing else: nothing of the policy is in force, so whatever fails here leaves the
 * tokens as they are. Never throws.
 *
 * @param name `<name>@<revision>` of the policy
 * @param refusal why the trigger would deny a decision
 * @param subject gives the digest that stands for the user
 */
export async function observe(
  name: string,
  event: Pick<CredentialsExchangeEvent, 'client' | 'resource_server'>,
  refusal: (decision: Decision) => string | undefined,
  decide: Decide,
  subject?: () => string | undefined,
): Promise<void> {
  log(name, event, { ...(await attempt(decide, refusal)), isObserved: true }, subject);
}
