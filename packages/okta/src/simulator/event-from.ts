import type { Policy, RawContext, VendorEvent } from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import { planOf } from '../plan/plan.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { isGroups, profilePaths, typeAt } from '../supplies.ts';
import type { OktaIssuance } from './issuance.ts';
import type { KnownIssuance } from './known-issuance.ts';
import { fitsSchema } from './schema-fit.ts';

/**
 * What Okta knows in a scenario's situation: what policies read is kept where the settings say that Okta has it, and
 * what Okta always has is filled in.
 */
export function eventFrom(context: RawContext, policy: Policy): VendorEvent {
  const settings = settingsOf(policy);
  const isMachine = isAutomatic(context);
  const request = part(context['request']);
  const client = part(context['client']);
  const stores = storesOf(context, policy, isMachine, settings);
  const scopes = strings(request['scopes']);
  const user: OktaIssuance['user'] = {
    id: text(part(context['user'])['id']) ?? '00u00000000000000000',
    profile: stores.user,
    groups: groupsOf(part(context['user']), settings),
  };
  const session = isMachine ? undefined : sessionOf(part(context['session']));
  const ip = text(request['ip']);
  const issuance: KnownIssuance = {
    ...(isMachine ? {} : { user, appuser: stores.appuser }),
    app: {
      clientId: text(client['id']) ?? '0oa00000000000000000',
      name: text(client['name']) ?? 'App',
      type: isMachine ? 'CONFIDENTIAL' : 'PUBLIC',
      profile: stores.app,
    },
    ...(session === undefined ? {} : { session }),
    request: {
      grantType: isMachine ? 'client_credentials' : (text(request['grant_type']) ?? 'authorization_code'),
      scopes,
      ...(ip === undefined ? {} : { ip }),
      params: { ...texts(request['params']), ...(isMachine ? {} : detailsParam(request)) },
    },
    authorizationServer: {
      issuer: `https://okta.example/oauth2/${encodeURIComponent(settings.authorizationServer)}`,
      audience: isQuarantined(policy, settings)
        ? quarantineAudience
        : audienceOf(policy, text(request['audience'])),
    },
    tokens: { access: true, id: !isMachine && scopes.includes('openid') },
  };
  return { trigger: isMachine ? 'client-credentials' : 'login', event: { ...issuance } };
}

/**
 * The audience of the tokens in the end. An authorization server has one, whatever is asked for; where the settings do
 * not say which, a situation may.
 */
export function audienceOf(policy: Policy, asked: string | undefined): string {
  return settingsOf(policy).audience ?? asked ?? 'api://default';
}

/** Where nothing needs a hook, there is nothing to guard. */
function isQuarantined(policy: Policy, { guard }: Settings): boolean {
  return guard.includes('quarantine') && planOf(policy).hook !== undefined;
}

/** Okta knows no agents: what acts for itself is a client with its own credentials. */
export function isAutomatic(context: RawContext): boolean {
  const subject = context['subject_type'];
  return (
    subject === 'machine' ||
    subject === 'agent' ||
    (subject === undefined && part(context['request'])['grant_type'] === 'client_credentials')
  );
}

export interface Stores {
  readonly user: Record<string, unknown>;
  readonly appuser: Record<string, unknown>;
  readonly app: Record<string, unknown>;
}

/** Where Okta keeps profiles, filled with what the scenario says. */
export function storesOf(
  context: RawContext,
  policy: Policy,
  isMachine: boolean,
  settings: Settings,
): Stores {
  const stores: Stores = { user: {}, appuser: {}, app: {} };
  for (const [field, value] of fieldsOf(context)) {
    // Of several places the first counts that there is in this situation.
    const path = profilePaths(field, settings).find((place) => !isMachine || place.startsWith('app.'));
    if (path === undefined || value === undefined || value === null) continue;
    // The profile of an app takes any JSON.
    if (!path.startsWith('app.profile.') && !fitsSchema(value, typeAt(policy, field))) continue;
    const name = path.slice(path.lastIndexOf('.') + 1);
    stores[path.startsWith('user.') ? 'user' : path.startsWith('appuser.') ? 'appuser' : 'app'][name] = value;
  }
  return stores;
}

/** Fields of the context with their dotted paths; attributes one by one. */
function fieldsOf(context: RawContext): readonly (readonly [string, unknown])[] {
  return ['user', 'org', 'client'].flatMap((group) =>
    Object.entries(part(context[group])).flatMap(([name, value]) =>
      group === 'user' && name === 'attributes'
        ? Object.entries(part(value)).map(
            ([key, attribute]) => [`user.attributes.${key}`, attribute] as const,
          )
        : [[`${group}.${name}`, value] as const],
    ),
  );
}

/** Where groups stand for roles, Okta has both in one list. */
function groupsOf(user: Record<string, unknown>, settings: Settings): readonly string[] {
  const lists = ['user.roles', 'user.groups'].filter((field) => isGroups(field, settings));
  return [...new Set(lists.flatMap((field) => strings(user[field.slice('user.'.length)])))];
}

function sessionOf(session: Record<string, unknown>): KnownIssuance['session'] {
  const [id, authenticatedAt] = [text(session['id']), isoTime(session['auth_time'])];
  const amr = Array.isArray(session['amr']) ? strings(session['amr']) : undefined;
  const known = {
    ...(id === undefined ? {} : { id }),
    ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
    ...(amr === undefined ? {} : { amr }),
  };
  return Object.keys(known).length === 0 ? undefined : known;
}

/** As a client sends them. */
function detailsParam({ authorization_details: details }: Record<string, unknown>): Record<string, string> {
  return details === undefined || details === null ? {} : { authorization_details: JSON.stringify(details) };
}

function isoTime(seconds: unknown): string | undefined {
  return typeof seconds === 'number' && Math.abs(seconds) < 1e11
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}

function part(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(part(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
