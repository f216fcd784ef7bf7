import { type Decision, observation, unavailable } from '@claimsmith/runtime';
import { logLimitCharacters } from '../limits.ts';
import { causesIn } from './outcome.ts';

/**
 * Logs what the policy would do, and does nothing else: nothing of the policy is in force, so whatever fails here leaves the
 * tokens as they are. Never throws.
 *
 * @param name `<name>@<revision>` of the policy
 * @param refusal why the trigger would deny a decision
 */
export async function observe(
  name: string,
  refusal: (decision: Decision) => string | undefined,
  decide: () => Decision | Promise<Decision>,
): Promise<void> {
  let told = `would deny ${unavailable}`;
  try {
    const decision = await decide();
    told = observation(decision, refusal(decision)) + causesIn(decision);
  } catch {
    // Then the policy would deny.
  }
  try {
    console.log(`claimsmith ${name} observes; ${told}`.slice(0, logLimitCharacters));
  } catch {
    // Nothing may end the login.
  }
}
