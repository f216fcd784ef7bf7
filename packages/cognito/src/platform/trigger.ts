import { type Decision, observation, unavailable } from '@claimsmith/runtime';
import { isScope } from '../limits.ts';
import { isMachine, type TriggerEvent } from './event.ts';

/** The event as it goes back to Cognito. */
export type Answered = object;

type Decide = () => Decision | Promise<Decision>;

/**
 * Answers an event of version V2_0 or V3_0.
 *
 * @param name `<name>@<revision>` of the policy
 * @param version that the function was built for
 * @throws Error with the reason if the policy denies, or anything goes wrong: Cognito then issues no token, and shows the
 *   text to the client
 */
export async function preTokenGeneration(
  name: string,
  version: '2' | '3',
  event: TriggerEvent,
  decide: Decide,
): Promise<Answered> {
  const decision = await decided(name, event, decide, () => {
    // The answer to another version has another form, which Cognito would ignore, and issue the token unchanged.
    return (event.version === '2' || event.version === '3') && (version === '3' || !isMachine(event));
  });
  if (decision.left) return { ...event, response: {} };
  const { add, remove } = decision.scopes;
  return {
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: decision.id },
        accessTokenGeneration: {
          claimsToAddOrOverride: decision.access,
          scopesToAdd: add,
          scopesToSuppress: remove.filter(isScope),
        },
      },
    },
  };
}

/** The same for version V1_0, which has the ID token alone. */
export async function preTokenGenerationV1(
  name: string,
  event: TriggerEvent,
  decide: Decide,
): Promise<Answered> {
  const decision = await decided(name, event, decide, () => event.version !== '2' && event.version !== '3');
  if (decision.left) return { ...event, response: {} };
  const { id } = decision;
  return { ...event, response: { claimsOverrideDetails: { claimsToAddOrOverride: id } } };
}

/**
 * Logs what the policy would do, and leaves the token as it is. Nothing of the policy is in force, so it never throws.
 */
export async function observed(name: string, event: TriggerEvent, decide: Decide): Promise<Answered> {
  let told = `would deny ${unavailable}`;
  try {
    const decision = await decide();
    told = observation(decision, undefined) + causesIn(decision);
  } catch {
    // Then the policy would deny.
  }
  console.log(`claimsmith ${name} observes; ${told}`);
  return { ...event, response: {} };
}

async function decided(
  name: string,
  event: TriggerEvent,
  decide: Decide,
  isExpected: () => boolean,
): Promise<Decision> {
  let refused: string | undefined = unavailable;
  let done = 'issued';
  let causes = '';
  let message: string | undefined;
  try {
    if (isExpected()) {
      const decision = await decide();
      causes = causesIn(decision);
      if (decision.left) done = 'left alone';
      refused = decision.denied;
      message = decision.message;
      if (refused === undefined) return decision;
    } else causes = `; not an event that this function was built for: version ${shown(event.version)}`;
  } catch {
    // The text of an error may hold values.
    causes = '; error';
  } finally {
    console.log(`claimsmith ${name}; ${refused === undefined ? done : `denied ${refused}`}${causes}`);
  }
  throw new Error(message ?? refused);
}

function shown(version: unknown): string {
  return typeof version === 'string' ? JSON.stringify(version.slice(0, 8)) : typeof version;
}

function causesIn({ outcomes }: Decision): string {
  let causes = '';
  for (const { kind, name, outcome, cause } of outcomes) {
    // A requested scope may name someone's account; the other names are the policy's own.
    if (cause !== undefined) causes += `; ${kind === 'scope' ? kind : name} ${outcome}: ${cause}`;
  }
  return causes;
}
