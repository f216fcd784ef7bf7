import {
  type Answer,
  auditMember,
  auditMembers,
  type Decision,
  type Issued,
  unavailable,
} from '@claimsmith/runtime';
import { groupsClaim, isScope } from '../limits.ts';
import { clientOf, grantType, isMachine, rolesOf, type TriggerEvent } from './event.ts';

/** What becomes of claims that Cognito makes itself. */
interface Standing {
  /** Taken out of the access token, and of the ID token. */
  readonly access?: readonly string[];
  readonly id?: readonly string[];
  /** Present if the policy says which groups both tokens list. */
  readonly groups?: (event: TriggerEvent, decision: Decision) => Grouped;
}

/** The claims of both tokens, and the part of the answer that replaces the groups. */
type Grouped = Pick<Decision, 'access' | 'id'> & { readonly override?: object };

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
 * @param standing in each token that the policy is for
 * @throws Error with the reason if the policy denies, or anything goes wrong: Cognito then issues no token, and shows the
 *   text to the client
 */
export function preTokenGeneration(
  name: string,
  version: '2' | '3',
  event: TriggerEvent,
  decide: Decide,
  subject?: Subject,
  standing: Standing = {},
): Promise<Answered> {
  // The answer to another version has another form, which Cognito would ignore, and issue the token unchanged.
  const isExpected = () =>
    (event.version === '2' || event.version === '3') && (version === '3' || !isMachine(event));
  return answered(name, isExpected, event, decide, subject, (decision) => {
    const { id, access, override }: Grouped = standing.groups?.(event, decision) ?? decision;
    const { scopes } = decision;
    return {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: id, ...suppressed(standing.id) },
        accessTokenGeneration: {
          claimsToAddOrOverride: access,
          ...suppressed(standing.access),
          scopesToAdd: scopes.add,
          scopesToSuppress: scopes.remove.filter(isScope),
        },
        ...override,
      },
    };
  });
}

/** The same for version V1_0, which has the ID token alone. */
export function preTokenGenerationV1(
  name: string,
  event: TriggerEvent,
  decide: Decide,
  subject?: Subject,
  standing: Standing = {},
): Promise<Answered> {
  // Emulators say '0'.
  const isExpected = () => event.version === '1' || event.version === '0';
  return answered(name, isExpected, event, decide, subject, (decision) => {
    const { id, override }: Grouped = standing.groups?.(event, decision) ?? decision;
    return {
      claimsOverrideDetails: { claimsToAddOrOverride: id, ...suppressed(standing.id), ...override },
    };
  });
}

function suppressed(names: readonly string[] | undefined): { readonly claimsToSuppress?: readonly string[] } {
  return names === undefined ? {} : { claimsToSuppress: names };
}

/**
 * Replaces the groups of both tokens by the claim `cognito:groups`. Without a value there are none: Cognito would keep those
 * of the user pool. Roles stay as they are: Cognito would drop those that an override leaves out.
 */
export function listedGroups(event: TriggerEvent, decision: Decision): Grouped {
  const { [groupsClaim]: listed, ...access } = decision.access;
  const { [groupsClaim]: _, ...id } = decision.id;
  if (isMachine(event)) return { access, id };
  const groupsToOverride = Array.isArray(listed) ? listed : [];
  return { access, id, override: { groupOverrideDetails: { ...rolesOf(event), groupsToOverride } } };
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
  const startMs = Date.now();
  const answers = {};
  let decision: Decision | undefined;
  try {
    decision = await decide(answers);
  } catch {
    // Then the policy would deny.
  }
  const refused = decision === undefined ? unavailable : decision.denied;
  const digest = subject && (await digestOf(subject));
  log(name, event, { decision, refused, answers, startMs, isObserved: true }, digest);
  return { ...event, response: {} };
}

/** Decides once; the record is in the log before Cognito has the answer. */
async function answered(
  name: string,
  isExpected: () => boolean,
  event: TriggerEvent,
  decide: Decide,
  subject: Subject | undefined,
  responseOf: (decision: Decision) => object,
): Promise<Answered> {
  const startMs = Date.now();
  const answers = {};
  let decision: Decision | undefined;
  let refused: string | undefined = unavailable;
  let response: object | undefined;
  let cause: string | undefined;
  try {
    if (isExpected()) {
      const decided = decide(answers);
      // Waiting costs time, also where nothing is to come.
      decision = 'then' in decided ? await decided : decided;
      response = decision.left ? {} : responseOf(decision);
      refused = decision.denied;
    } else cause = `not the version that this function was built for: ${shown(event.version)}`;
  } catch {
    // The text of an error may hold values.
    cause = 'error';
  }
  const digest = subject && (await digestOf(subject));
  log(name, event, { decision, refused, answers, startMs }, digest, cause);
  if (refused !== undefined) throw new Error(decision?.message ?? refused);
  return { ...event, response };
}

function shown(version: unknown): string {
  return typeof version === 'string' ? JSON.stringify(version.slice(0, 8)) : typeof version;
}

/** Without one if it cannot be made: a record must not change the token. */
function digestOf(subject: Subject): Promise<string | undefined> {
  return subject().catch(() => undefined);
}

/** Writes the record of an issuance to the log: names and codes of the policy, never a value. */
function log(
  name: string,
  event: TriggerEvent,
  issued: Issued,
  subject: string | undefined,
  cause?: string,
): void {
  try {
    const who = auditMember('subject', subject) + auditMember('client', clientOf(event));
    const causes = cause === undefined ? '' : auditMember('causes', { function: cause });
    const more = auditMember('grant', grantType(event)) + causes;
    console.log(`{${auditMembers('cognito', name, issued, who, more).flat().join('')}}`);
  } catch {
    // A failed log line must not change the token.
  }
}
