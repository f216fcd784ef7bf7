import {
  enrichedOf,
  isoTime,
  mappingOf,
  type Policy,
  type RawContext,
  textEntries,
  textOf,
  textsOf,
  type VendorEvent,
} from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import { planOf } from '../plan/plan.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { isGroups, profilePaths, typeAt } from '../supplies.ts';
import type { OktaIssuance } from './issuance.ts';
import type { KnownIssuance } from './known-issuance.ts';
import { fitsSchema } from './schema-fit.ts';

/**
 * What Okta knows in the situation of a scenario: the values that Okta has according to `supply`, and defaults for what
 * Okta always has.
 */
export function eventFrom(context: RawContext, policy: Policy): VendorEvent {
  const settings = settingsOf(policy);
  const isMachine = isAutomatic(context);
  const request = mappingOf(context['request']);
  const client = mappingOf(context['client']);
  const stores = storesOf(context, policy, isMachine, settings);
  const scopes = textsOf(request['scopes']);
  const user: OktaIssuance['user'] = {
    id: textOf(mappingOf(context['user'])['id']) ?? '00u00000000000000000',
    profile: stores.user,
    groups: groupsOf(mappingOf(context['user']), settings),
  };
  const session = isMachine ? undefined : sessionOf(mappingOf(context['session']));
  const ip = textOf(request['ip']);
  const issuance: KnownIssuance = {
    ...(isMachine ? {} : { user, appuser: stores.appuser }),
    app: {
      clientId: textOf(client['id']) ?? enrichedOf(settings)?.clients?.[0] ?? '0oa00000000000000000',
      name: textOf(client['name']) ?? 'App',
      type: isMachine ? 'CONFIDENTIAL' : 'PUBLIC',
      profile: stores.app,
    },
    ...(session === undefined ? {} : { session }),
    request: {
      grantType: isMachine ? 'client_credentials' : (textOf(request['grant_type']) ?? 'authorization_code'),
      scopes,
      ...(ip === undefined ? {} : { ip }),
      params: { ...textEntries(request['params']), ...(isMachine ? {} : detailsParam(request)) },
    },
    authorizationServer: {
      issuer: `https://okta.example/oauth2/${encodeURIComponent(settings.authorizationServer)}`,
      audience: isQuarantined(policy, settings)
        ? quarantineAudience
        : audienceOf(policy, textOf(request['audience'])),
    },
    tokens: { access: true, id: !isMachine && scopes.includes('openid') },
  };
  return { trigger: isMachine ? 'client-credentials' : 'login', event: { ...issuance } };
}

/**
 * The final audience of the tokens. An authorization server has one, whatever the client requests; if the settings do
 * not name it, the situation may.
 */
export function audienceOf(policy: Policy, asked: string | undefined): string {
  return settingsOf(policy).audience ?? asked ?? 'api://default';
}

/** Without a hook, a guard has no effect. */
function isQuarantined(policy: Policy, { guard }: Settings): boolean {
  return guard.includes('quarantine') && planOf(policy).hook !== undefined;
}

/** `sub` is the login, unless somebody has changed that; of a machine, the id of the client. */
export function subject(context: RawContext): string | undefined {
  if (isAutomatic(context)) return textOf(mappingOf(context['client'])['id']);
  const { username, id } = mappingOf(context['user']);
  return textOf(username) ?? textOf(id);
}

/** Okta has no agents: an agent that acts for itself is a client with its own credentials. */
export function isAutomatic(context: RawContext): boolean {
  const subject = context['subject_type'];
  return (
    subject === 'machine' ||
    subject === 'agent' ||
    (subject === undefined && mappingOf(context['request'])['grant_type'] === 'client_credentials')
  );
}

export interface Stores {
  readonly user: Record<string, unknown>;
  readonly appuser: Record<string, unknown>;
  readonly app: Record<string, unknown>;
}

/** Okta's profiles, filled with the values of the scenario. */
export function storesOf(
  context: RawContext,
  policy: Policy,
  isMachine: boolean,
  settings: Settings,
): Stores {
  const stores: Stores = { user: {}, appuser: {}, app: {} };
  for (const [field, value] of fieldsOf(context)) {
    // The first place that exists in this situation counts.
    const path = profilePaths(field, settings).find((place) => !isMachine || place.startsWith('app.'));
    if (path === undefined || value === undefined || value === null) continue;
    // The profile of an app accepts any JSON.
    if (!path.startsWith('app.profile.') && !fitsSchema(value, typeAt(policy, field))) continue;
    const name = path.slice(path.lastIndexOf('.') + 1);
    stores[path.startsWith('user.') ? 'user' : path.startsWith('appuser.') ? 'appuser' : 'app'][name] = value;
  }
  return stores;
}

/** Groups of the context whose fields profiles may hold. */
export const groups = ['user', 'org', 'tenant', 'client'] as const;

/** Fields of the context with their dotted paths; attributes one by one, metadata also as a whole. */
function fieldsOf(context: RawContext): readonly (readonly [string, unknown])[] {
  return groups.flatMap((group) =>
    Object.entries(mappingOf(context[group])).flatMap(([name, value]) => {
      const field = `${group}.${name}`;
      const below = ['user.attributes', 'org.metadata', 'client.metadata'].includes(field)
        ? Object.entries(mappingOf(value)).map(([key, inner]) => [`${field}.${key}`, inner] as const)
        : [];
      return field === 'user.attributes' ? below : [[field, value] as const, ...below];
    }),
  );
}

/** If groups are used as roles, Okta has both in one list. */
function groupsOf(user: Record<string, unknown>, settings: Settings): readonly string[] {
  const lists = ['user.roles', 'user.groups'].filter((field) => isGroups(field, settings));
  return [...new Set(lists.flatMap((field) => textsOf(user[field.slice('user.'.length)])))];
}

function sessionOf(session: Record<string, unknown>): KnownIssuance['session'] {
  const [id, idp] = [textOf(session['id']), textOf(session['idp'])];
  const authenticatedAt = isoTime(session['auth_time']);
  const amr = Array.isArray(session['amr']) ? textsOf(session['amr']) : undefined;
  const known = {
    ...(id === undefined ? {} : { id }),
    ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
    ...(amr === undefined ? {} : { amr }),
    ...(idp === undefined ? {} : { idp }),
  };
  return Object.keys(known).length === 0 ? undefined : known;
}

/** As a client sends them. */
function detailsParam({ authorization_details: details }: Record<string, unknown>): Record<string, string> {
  return details === undefined || details === null ? {} : { authorization_details: JSON.stringify(details) };
}
