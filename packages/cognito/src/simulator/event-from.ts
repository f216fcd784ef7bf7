import {
  enrichedOf,
  mappingOf,
  type Policy,
  type RawContext,
  textEntries,
  textOf,
  textsOf,
  type VendorEvent,
} from '@claimsmith/core';
import { triggerVersions } from '../limits.ts';
import { settingsOf } from '../settings.ts';
import { attributeBehind, hasMetadata, isGroups, supplies, typeOf } from '../supplies.ts';

/** The audience that policies read: a user pool does not know for which API a client asks. */
export function audienceOf(policy: Policy, asked: string | undefined): string | undefined {
  return settingsOf(policy).audience ?? asked;
}

/**
 * The event that Cognito would send in the situation of a scenario. Values that the scenario leaves out are missing.
 */
export function eventFrom(context: RawContext, policy: Policy): VendorEvent {
  const isMachine = isAutomatic(context);
  const user = mappingOf(context['user']);
  const request = mappingOf(context['request']);
  const settings = settingsOf(policy);
  const client =
    textOf(mappingOf(context['client'])['id']) ?? enrichedOf({ clients: settings.clients })?.clients?.[0];
  const attributes = isMachine ? {} : attributesOf(context, policy);
  const event = {
    version: triggerVersions[settings.version],
    triggerSource: isMachine ? 'TokenGeneration_ClientCredentials' : sourceOf(request['grant_type']),
    region: 'eu-central-1',
    userPoolId: Object.hasOwn(settings.supply, 'tenant.id')
      ? 'eu-central-1_0000000'
      : mappingOf(context['tenant'])['id'],
    userName: isMachine ? client : user['username'],
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: client },
    request: {
      userAttributes: attributes,
      groupConfiguration: isMachine ? {} : groupsIn(user, policy),
      ...(settings.version === 'V1_0' ? {} : { scopes: textsOf(request['scopes']) }),
      ...(hasMetadata(context) ? { clientMetadata: textEntries(request['params']) } : {}),
    },
    response: {},
  };
  return {
    trigger: isMachine ? 'client-credentials' : 'login',
    event: Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)),
  };
}

/** Cognito has no agents: an agent that acts for itself is a client with its own credentials. */
export function isAutomatic(context: RawContext): boolean {
  if (mappingOf(context['request'])['grant_type'] === 'client_credentials') return true;
  const subject = context['subject_type'];
  return subject === 'machine' || (subject === 'agent' && context['user'] == null);
}

function sourceOf(grantType: unknown): string {
  if (grantType === 'refresh_token') return 'TokenGeneration_RefreshTokens';
  return grantType === 'password' ? 'TokenGeneration_Authentication' : 'TokenGeneration_HostedAuth';
}

/** What Cognito keeps of a user, all as text. */
function attributesOf(context: RawContext, policy: Policy): Readonly<Record<string, string>> {
  const settings = settingsOf(policy);
  const stored = valuesOf(context).flatMap(([field, value]) => {
    const name = attributeBehind(field, settings);
    const text = name === undefined ? undefined : storedText(policy, field, value);
    return name === undefined || text === undefined ? [] : [[name, text] as const];
  });
  const { identities } = mappingOf(context['user']);
  const linked = Array.isArray(identities) ? [['identities', JSON.stringify(identities.map(linkedOf))]] : [];
  return Object.fromEntries([...stored, ...linked]);
}

function linkedOf(identity: unknown): Readonly<Record<string, unknown>> {
  const { provider, connection, id } = mappingOf(identity);
  return {
    userId: id,
    providerName: connection,
    providerType: provider,
    issuer: null,
    primary: 'true',
    dateCreated: '1735689600000',
  };
}

/** The fields of a situation that attributes may hold; those of the user's attributes one by one. */
function valuesOf(context: RawContext): readonly (readonly [string, unknown])[] {
  const { attributes } = mappingOf(context['user']);
  const declared = Object.entries(mappingOf(attributes)).map(
    ([name, value]) => [`user.attributes.${name}`, value] as const,
  );
  const others = supplies.flatMap(({ field }) => {
    const [group = '', name = ''] = field.split('.');
    const value = mappingOf(context[group])[name];
    return field === 'user.attributes' || value === undefined ? [] : [[field, value] as const];
  });
  return [...others, ...declared];
}

/** A value as an attribute holds it; undefined for a value of another type than text where the policy reads text. */
export function storedText(policy: Policy, field: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const isText = (typeOf(policy, field)?.kind ?? 'string') === 'string';
  if (isText) return textOf(value);
  return JSON.stringify(value);
}

/** If groups are used as roles, Cognito has both in one list. */
function groupsIn(user: Readonly<Record<string, unknown>>, policy: Policy) {
  return {
    groupsToOverride: groupsHeld(user, policy),
    iamRolesToOverride: [],
    preferredRole: null,
  };
}

export function groupsHeld(user: Readonly<Record<string, unknown>>, policy: Policy): readonly string[] {
  const settings = settingsOf(policy);
  const lists = ['roles', 'groups'].filter((name) => isGroups(`user.${name}`, settings));
  return [...new Set(lists.flatMap((name) => textsOf(user[name])))];
}
