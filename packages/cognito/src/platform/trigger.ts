import {
  type Answer,
  type AuditMember,
  auditMembers,
  type Decision,
  type Issued,
  unavailable,
} from '@claimsmith/runtime';
import { isScope } from '../limits.ts';
import { clientOf, grantType, isMachine, type TriggerEvent } from './event.ts';

/** The claims of Cognito itself that tokens do not carry. */
interface Removed {
  readonly access?: readonly string[];
  readonly id?: readonly string[];
}

/** The event as it goes back to Cognito. */
export type Answered = object;

/** Decides, and takes the answers of sources. */
type Decide = (answers: Record<string, Answer>) => Decision | Promise<Decision>;

/** Gives the digest that stands for the user in the log. */
type Subject = () => Promise<string | undefined>;

/**
 * Answers an event of version V2_0 or V3_0.
 *
 * @param name `<name>@<revision>` of the policy
 * @param version that the function was built for
 * @param removed is taken out of each token that the policy is for
 * @throws Error with the reason if the policy denies, or anything goes wrong: Cognito then issues no token, and shows the
 *   text to the client
 */
export async function preTokenGeneration(
  name: string,
  version: '2' | '3',
  event: TriggerEvent,
  decide: Decide,
  subject?: Subject,
  removed: Removed = {},
): Promise<Answered> {
  const decision = await decided(name, event, decide, subject, () => {
    // The answer to another version has another form, which Cognito would ignore, and issue the token unchanged.
    return (event.version === '2' || event.version === '3') && (version === '3' || !isMachine(event));
  });
  if (decision.left) return { ...event, response: {} };
  const { add, remove } = decision.scopes;
  return {
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: decision.id, ...suppressed(removed.id) },
        accessTokenGeneration: {
          claimsToAddOrOverride: decision.access,
          ...suppressed(removed.access),
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
  subject?: Subject,
  removed: Removed = {},
): Promise<Answered> {
  const isExpected = () => event.version !== '2' && event.version !== '3';
  const decision = await decided(name, event, decide, subject, isExpected);
  if (decision.left) return { ...event, response: {} };
  const details = { claimsToAddOrOverride: decision.id, ...suppressed(removed.id) };
  return { ...event, response: { claimsOverrideDetails: details } };
}

function suppressed(names: readonly string[] | undefined): { readonly claimsToSuppress?: readonly string[] } {
  return names === undefined ? {} : { claimsToSuppress: names };
}

/**
 * Logs what the policy would do, and leaves the token as it is. Nothing of the policy is in force, so it never throws.
 */
export async function observed(
  name: string,
  event: TriggerEvent,
  decide: Decide,
  subject?: Subject,
): Promise<Answered> {
  const attempted = { answers: {}, startMs: Date.now(), isObserved: true };
  try {
    const decision = await decide(attempted.answers);
    await log(name, event, { ...attempted, decision, refused: decision.denied }, subject);
  } catch {
    // Then the policy would deny.
    await log(name, event, { ...attempted, decision: undefined, refused: unavailable }, subject);
  }
  return { ...event, response: {} };
}

async function decided(
  name: string,
  event: TriggerEvent,
  decide: Decide,
  subject: Subject | undefined,
  isExpected: () => boolean,
): Promise<Decision> {
  const attempted = { answers: {}, startMs: Date.now() };
  let decision: Decision | undefined;
  let refused: string | undefined = unavailable;
  let cause: string | undefined;
  try {
    if (isExpected()) {
      decision = await decide(attempted.answers);
      refused = decision.denied;
      if (refused === undefined) return decision;
    } else cause = `not the version that this function was built for: ${shown(event.version)}`;
  } catch {
    // The text of an error may hold values.
    cause = 'error';
  } finally {
    await log(name, event, { ...attempted, decision, refused }, subject, cause);
  }
  throw new Error(decision?.message ?? refused);
}

function shown(version: unknown): string {
  return typeof version === 'string' ? JSON.stringify(version.slice(0, 8)) : typeof version;
}

/** Writes the record of an issuance to the log: names and codes of the policy, never a value. */
async function log(
  name: string,
  event: TriggerEvent,
  issued: Omit<Issued, 'endMs'>,
  subject?: Subject,
  cause?: string,
): Promise<void> {
  try {
    const who: AuditMember[] = [
      ['subject', await subject?.()],
      ['client', clientOf(event)],
    ];
    const more: AuditMember[] = [['grant', grantType(event)]];
    if (cause !== undefined) more.push(['causes', { function: cause }]);
    const members = auditMembers('cognito', name, { ...issued, endMs: Date.now() }, who, more);
    // Not `Object.fromEntries`, whose result takes twice as long to write.
    const record: Record<string, unknown> = {};
    for (const [member, value] of members) record[member] = value;
    console.log(JSON.stringify(record));
  } catch {
    // A failed log line must not change the token.
  }
}
