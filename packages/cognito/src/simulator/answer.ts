import { type Issuance, isMapping, mappingOf, noTokens, textOf, textsOf } from '@claimsmith/core';
import { z } from 'zod';
import {
  changesLimit,
  groupsClaim,
  isProtected,
  isScope,
  type TriggerVersion,
  textInIdToken,
} from '../limits.ts';

/** What becomes of an answer: tokens, or nothing if Cognito cannot read it. */
export type Applied = { readonly notes: readonly string[] } & (
  | { readonly malformed: string }
  | Pick<Issuance, 'access' | 'id' | 'scopes'>
);

/** What a token would have without the function. */
export interface Granted {
  readonly scopes: readonly string[];
  readonly clientId: unknown;
  readonly hasIdToken: boolean;
}

/**
 * The scopes of an event, and whether there is an ID token: not for machines, and in a browser only with `openid`. A login
 * without a browser has one, and a single scope.
 */
export function grantedOf(event: Readonly<Record<string, unknown>>): Granted {
  const { scopes } = mappingOf(event['request']);
  const source = event['triggerSource'];
  const held = [...new Set(textsOf(scopes).filter(isScope))];
  const isLogin = source !== 'TokenGeneration_ClientCredentials';
  const isBrowser = source === 'TokenGeneration_HostedAuth' || !Array.isArray(scopes);
  const isOwn = !isBrowser && held.includes('aws.cognito.signin.user.admin');
  return {
    scopes: held,
    clientId: mappingOf(event['callerContext'])['clientId'],
    hasIdToken: isLogin && (held.includes('openid') || isOwn || event['version'] === '1'),
  };
}

/** Tokens that the function does not touch. */
export function issuedAlone({ scopes }: Granted, notes: readonly string[]): Issuance {
  return { ...noTokens, denied: undefined, scopes, notes, requests: [], log: [], elapsedMs: 0 };
}

const claims = z.record(z.string(), z.unknown()).nullish();
const names = z.array(z.string()).nullish();
const groups = z
  .looseObject({
    groupsToOverride: names,
    iamRolesToOverride: names,
    preferredRole: z.string().nullish(),
  })
  .nullable();

const oldAnswer = z.looseObject({
  claimsOverrideDetails: z
    .looseObject({
      claimsToAddOrOverride: z.record(z.string(), z.string()).nullish(),
      claimsToSuppress: names,
      groupOverrideDetails: groups.optional(),
    })
    .nullish(),
});
const newAnswer = z.looseObject({
  claimsAndScopeOverrideDetails: z
    .looseObject({
      idTokenGeneration: z.looseObject({ claimsToAddOrOverride: claims, claimsToSuppress: names }).nullish(),
      accessTokenGeneration: z
        .looseObject({
          claimsToAddOrOverride: claims,
          claimsToSuppress: names,
          scopesToAdd: names,
          scopesToSuppress: names,
        })
        .nullish(),
      groupOverrideDetails: groups.optional(),
    })
    .nullish(),
});

/**
 * Applies what the function returned. It went through JSON, so that what JSON does not have is gone.
 *
 * The documents do not say what happens to a protected claim; here it is left out, with a note.
 */
export function applied(
  returned: unknown,
  version: TriggerVersion,
  event: Readonly<Record<string, unknown>>,
): Applied {
  const notes: string[] = [];
  const malformed = (what: string) => ({ malformed: what, notes });
  const text = JSON.stringify(returned);
  const answer: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isMapping(answer) || !isMapping(answer['response']))
    return malformed('The answer is not an event with a response.');
  const response = answer['response'];
  const granted = grantedOf(event);
  if (version === 'V1_0') {
    const parsed = oldAnswer.safeParse(response);
    if (!parsed.success) return malformed(problem(parsed.error));
    const details = parsed.data.claimsOverrideDetails;
    const groups = overridden(details?.groupOverrideDetails, event, notes);
    const id = signed(details?.claimsToAddOrOverride, details?.claimsToSuppress, 'ID token', granted, notes);
    return {
      access: groups,
      id: granted.hasIdToken ? { ...id, ...groups } : {},
      scopes: granted.scopes,
      notes,
    };
  }
  const parsed = newAnswer.safeParse(response);
  if (!parsed.success) return malformed(problem(parsed.error));
  const details = parsed.data.claimsAndScopeOverrideDetails;
  const { idTokenGeneration: ofId, accessTokenGeneration: ofAccess } = details ?? {};
  const broken = brokenPart(ofId?.claimsToAddOrOverride, ofAccess);
  if (broken !== undefined) return malformed(broken);
  const groups = overridden(details?.groupOverrideDetails, event, notes);
  const added = ofAccess?.scopesToAdd ?? [];
  const suppressed = ofAccess?.scopesToSuppress ?? [];
  const changes =
    Object.keys({ ...ofId?.claimsToAddOrOverride }).length +
    Object.keys({ ...ofAccess?.claimsToAddOrOverride }).length +
    // The ID token already has the attributes of the user.
    Object.keys(mappingOf(mappingOf(event['request'])['userAttributes'])).length +
    granted.scopes.length +
    added.length;
  if (changes > changesLimit) return malformed(`More than ${changesLimit} claims and scopes.`);
  const id = signed(ofId?.claimsToAddOrOverride, ofId?.claimsToSuppress, 'ID token', granted, notes);
  return {
    access: {
      ...signed(ofAccess?.claimsToAddOrOverride, ofAccess?.claimsToSuppress, 'access token', granted, notes),
      ...groups,
    },
    id: granted.hasIdToken ? { ...id, ...groups } : {},
    scopes: [...new Set([...granted.scopes, ...added])].filter((scope) => !suppressed.includes(scope)),
    notes,
  };
}

function problem(error: z.ZodError): string {
  const places = error.issues.map(({ path }) => path.join('.') || 'response');
  return `The answer has the wrong form at ${[...new Set(places)].join(', ')}.`;
}

/** Values that Cognito does not accept, and scopes that are several. */
function brokenPart(
  id: Readonly<Record<string, unknown>> | null | undefined,
  access:
    | {
        readonly claimsToAddOrOverride?: Readonly<Record<string, unknown>> | null | undefined;
        readonly scopesToAdd?: readonly string[] | null | undefined;
      }
    | null
    | undefined,
): string | undefined {
  const all = [...Object.entries({ ...id }), ...Object.entries({ ...access?.claimsToAddOrOverride })];
  const [none] = all.find(([, value]) => value === null) ?? [];
  if (none !== undefined) return `The claim ${none} is null.`;
  const complex = Object.entries({ ...id }).find(
    ([name, value]) => textInIdToken.includes(name) && typeof value !== 'string',
  );
  if (complex !== undefined) return `The claim ${complex[0]} of the ID token is not text.`;
  const blank = (access?.scopesToAdd ?? []).find((scope) => !isScope(scope));
  return blank === undefined ? undefined : 'A scope has white space.';
}

/** What an override without groups comes to. */
export const noGroupsNote =
  'groupOverrideDetails without groups: Cognito removes all groups from the tokens.';

/** The groups of both tokens. An override without groups removes them all, and one without a role that role. */
function overridden(
  override: object | null | undefined,
  event: Readonly<Record<string, unknown>>,
  notes: string[],
): Readonly<Record<string, readonly string[]>> {
  if (override === undefined || event['triggerSource'] === 'TokenGeneration_ClientCredentials') return {};
  const { groupsToOverride, iamRolesToOverride, preferredRole } = mappingOf(override);
  const before = mappingOf(mappingOf(event['request'])['groupConfiguration']);
  const groups = textsOf(groupsToOverride);
  if (groups.length === 0) notes.push(noGroupsNote);
  const roles = textsOf(iamRolesToOverride);
  const lost = textsOf(before['iamRolesToOverride']).some((role) => !roles.includes(role));
  if (lost || (textOf(before['preferredRole']) ?? preferredRole) !== preferredRole)
    notes.push('groupOverrideDetails without roles of the event: Cognito removes them from the tokens.');
  return groups.length === 0 ? {} : { [groupsClaim]: groups };
}

/** Suppressing wins over adding. */
function signed(
  added: Readonly<Record<string, unknown>> | null | undefined,
  suppressed: readonly string[] | null | undefined,
  token: string,
  { clientId }: Granted,
  notes: string[],
): Readonly<Record<string, unknown>> {
  const entries = Object.entries({ ...added }).filter(([name, value]) => {
    if (suppressed?.includes(name) === true) {
      notes.push(`${name} is added and suppressed: it is not in the ${token}.`);
      return false;
    }
    const isOwnClient = name === 'aud' && token === 'access token' && value === clientId;
    if (!isProtected(name) || isOwnClient) return true;
    notes.push(`${name} is protected: the trigger cannot set it in the ${token}.`);
    return false;
  });
  return Object.fromEntries(entries);
}
