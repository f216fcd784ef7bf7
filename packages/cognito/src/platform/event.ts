/*
 * What finds the fields of the identity context in an event of the trigger. Bundled into the function. What an event
 * holds is not trusted here, only found; the policy program checks each value against its declared type. Emulators and
 * samples leave parts out, or have null or {} there.
 */

import { own } from '@claimsmith/runtime';

/** The parts of an event that we read. Any may be missing, null or of another type. */
export interface TriggerEvent {
  readonly version?: unknown;
  readonly triggerSource?: unknown;
  readonly userPoolId?: unknown;
  readonly userName?: unknown;
  readonly callerContext?: Part<'clientId'>;
  readonly request?: Part<'userAttributes' | 'groupConfiguration' | 'scopes' | 'clientMetadata'>;
}

type Part<Name extends string> = { readonly [name in Name]?: unknown } | null;

/** Whether a machine asks: there is no user then, and `userName` is the client's. */
export function isMachine({ triggerSource }: TriggerEvent): boolean {
  return triggerSource === 'TokenGeneration_ClientCredentials';
}

export function subjectType(event: TriggerEvent): 'human' | 'machine' | undefined {
  if (isMachine(event)) return 'machine';
  return typeof event.triggerSource === 'string' && event.triggerSource.startsWith('TokenGeneration_')
    ? 'human'
    : undefined;
}

/** The app client; undefined if the event does not say it. */
export function clientOf({ callerContext }: TriggerEvent): string | undefined {
  const id = callerContext?.clientId;
  return typeof id === 'string' ? id : undefined;
}

export function userName(event: TriggerEvent): unknown {
  return isMachine(event) ? undefined : event.userName;
}

/** The text of a user's attribute. */
export function attributeOf(event: TriggerEvent, name: string): unknown {
  return isMachine(event) ? undefined : own(event.request?.userAttributes, name);
}

/** Cognito keeps every attribute as text: what is not text in the policy is JSON. */
export function parsedText(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names of the user's groups. */
export function groupsOf(event: TriggerEvent): unknown {
  return isMachine(event) ? undefined : own(event.request?.groupConfiguration, 'groupsToOverride');
}

/** The roles of AWS that the user has by groups, as an answer repeats them. */
export function rolesOf({ request }: TriggerEvent): Readonly<Record<string, unknown>> {
  const named = ['iamRolesToOverride', 'preferredRole'] as const;
  return Object.fromEntries(named.map((name) => [name, own(request?.groupConfiguration, name)]));
}

/** The accounts at identity providers that are linked to the user; a user without any does not have the attribute. */
export function identitiesOf(event: TriggerEvent): readonly unknown[] | undefined {
  if (isMachine(event)) return undefined;
  const text = attributeOf(event, 'identities');
  if (text === undefined) return [];
  const all = parsedText(text);
  if (!Array.isArray(all)) return undefined;
  return all.map((one) => ({
    provider: own(one, 'providerType'),
    connection: own(one, 'providerName'),
    id: own(one, 'userId'),
  }));
}

/** Grant types by what calls the trigger. Without a browser, a user logs in with a password or other proofs. */
export const grantTypes = {
  TokenGeneration_HostedAuth: 'authorization_code',
  TokenGeneration_Authentication: 'password',
  TokenGeneration_NewPasswordChallenge: 'password',
  TokenGeneration_AuthenticateDevice: 'password',
  TokenGeneration_RefreshTokens: 'refresh_token',
  TokenGeneration_ClientCredentials: 'client_credentials',
} as const;

export function grantType({ triggerSource }: TriggerEvent): unknown {
  return typeof triggerSource === 'string' ? own(grantTypes, triggerSource) : undefined;
}

/** The scopes of the token; null if the event does not say, which a program treats as unreadable. */
export function scopesOf({ request }: TriggerEvent): unknown {
  return own(request, 'scopes') ?? null;
}

/** What the caller says itself. */
export function paramsOf({ request }: TriggerEvent): Record<string, string> {
  const values = request?.clientMetadata;
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  return typeof values === 'object' && values !== null && !Array.isArray(values)
    ? Object.fromEntries(Object.entries(values).filter(isText))
    : {};
}

/** What the settings of the policy say of an app client, or of the organization of a machine. */
export function listedOf(appClients: unknown, event: TriggerEvent, [group, name]: readonly [string, string]) {
  const id = event.callerContext?.clientId;
  const client = typeof id === 'string' ? own(appClients, id) : undefined;
  return own(group === 'org' ? own(client, 'org') : client, name);
}
