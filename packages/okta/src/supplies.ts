import type { Type } from '@claimsmith/cel';
import { isUnder, type Lack, type Policy, type Supply } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { call, choose, isThere, literal, nothing, path } from './plan/el/make.ts';
import type { El } from './plan/el/parse.ts';
import { partOf } from './platform/payload.ts';
import { type Settings, settingsOf, suppliedBy } from './settings.ts';

/** Where Okta has a field of the identity context. */
interface Place {
  /** In the request to the hook, in words; undefined: it is not there, a native claim has to bring it. */
  readonly request?: string;
  /** In expressions of native claims. */
  readonly expression?: string;
  /** Whether it is there with client credentials too. */
  readonly withoutUser?: true;
}

const places: Readonly<Record<string, Place>> = {
  'user.id': { request: 'data.context.user.id', expression: 'user.getInternalProperty("id")' },
  'user.username': { request: 'data.context.user.profile.login', expression: 'user.login' },
  'user.email': { expression: 'user.email' },
  'user.name': { expression: 'user.displayName' },
  'user.given_name': { request: 'data.context.user.profile.firstName', expression: 'user.firstName' },
  'user.family_name': { request: 'data.context.user.profile.lastName', expression: 'user.lastName' },
  'user.locale': { request: 'data.context.user.profile.locale', expression: 'user.locale' },
  'user.zoneinfo': { request: 'data.context.user.profile.timeZone', expression: 'user.timezone' },
  'user.phone_number': { expression: 'user.primaryPhone' },
  'user.roles': { expression: 'groups, or the attribute that rolesIn names' },
  'user.groups': { expression: 'groups' },
  'user.attributes': { expression: 'user.<attribute>' },
  'client.id': { request: 'data.context.protocol.client.id', expression: 'app.clientId', withoutUser: true },
  'client.name': { request: 'data.context.protocol.client.name', withoutUser: true },
  'request.grant_type': {
    request: 'data.context.protocol.request.grant_type, or told by source',
    withoutUser: true,
  },
  'request.scopes': { request: 'data.access.scopes', withoutUser: true },
  'request.audience': { request: 'data.access.claims.aud', withoutUser: true },
  'request.ip': { request: 'data.context.request.ipAddress', withoutUser: true },
  'request.params': { request: 'the query of data.context.request.url', withoutUser: true },
  'request.authorization_details': {
    request: 'authorization_details in the query of data.context.request.url',
  },
  'session.id': { request: 'data.context.session.id, where there is a session' },
  'session.auth_time': {
    request: 'auth_time of the tokens, else the first of the verifications in data.context.session',
  },
  'session.amr': {
    request: "amr of the ID token, else data.context.session.amr at a login, by Okta's names",
  },
  subject_type: { request: 'from data.context.user and the grant type', withoutUser: true },
};

/** Fields that only the settings can find a place for. */
const suppliable = ['user.email_verified', 'org.id', 'org.name', 'org.metadata', 'client.metadata'];

/** What a browser's session has come to since a log-in says nothing about the refresh token of that log-in. */
const untold: Supply['untold'] = {
  why: 'Okta tells `session.amr` at a refresh only where the scope `openid` is asked for.',
  isUntold(context) {
    const { grant_type, scopes } = partOf(context['request']) ?? {};
    return grant_type === 'refresh_token' && !(Array.isArray(scopes) && scopes.includes('openid'));
  },
};

export const supplies: readonly Supply[] = [
  ...Object.entries(places).map(([field, { request, expression, withoutUser }]) => {
    const from = request ?? expression ?? '';
    const supply = {
      field,
      from: withoutUser ? { login: from, 'client-credentials': from } : { login: from },
    };
    if (field === 'session.amr') return { ...supply, untold };
    return field === 'user.groups' ? { ...supply, always: true as const } : supply;
  }),
  ...suppliable.map((field) => {
    const from = 'where supply says';
    return { field, from: { login: from, 'client-credentials': from } };
  }),
];

/** What Okta never has. */
const unknown = ['request.acr_values', 'session.acr', 'actor'] as const;

/** Fields that an issuance lacks, with a user or without. */
export function lacks(policy: Policy, trigger: string): Lack {
  const settings = settingsOf(policy);
  const isLogin = trigger === 'login';
  const isSupplied = (field: string) =>
    suppliedBy(field, settings)?.some((place) => isLogin || place.startsWith('app.')) === true;
  const lost = [...unknown, ...suppliable.filter((field) => !isSupplied(field))];
  if (isLogin) return { absent: [], lost, agentsAre: 'human' };
  // No client asks for authorization details with client credentials.
  const absent = ['user', 'session', 'request.authorization_details'];
  return { absent, lost: lost.filter((field) => !isUnder(absent, field)), agentsAre: 'machine' };
}

/** Whether the settings could find a place for a field. */
export function canBeSupplied(field: string): boolean {
  return suppliable.includes(field);
}

/** A field as the spec declares it: `user.attributes.country` for what is read of it, and `org.metadata` as a whole. */
export function declaredField(field: string, policy: Policy): string {
  if (field.startsWith('org.metadata.')) return 'org.metadata';
  const attributes = policy.context.fields['user']?.type;
  const declared = attributes?.kind === 'record' ? attributes.fields['attributes']?.type : undefined;
  if (declared?.kind !== 'record') return field;
  const within = Object.keys(declared.fields)
    .map((name) => `user.attributes.${name}`)
    .find((attribute) => field === attribute || field.startsWith(`${attribute}.`));
  return within ?? field;
}

/** Fields that a policy reads, as the spec declares them. */
export function declaredFields(policy: Policy): ReadonlySet<string> {
  return new Set([...contextFields(policy)].map((field) => declaredField(field, policy)));
}

/** The declared type of such a field. */
export function typeAt({ context }: Policy, field: string): Type {
  // The name of an attribute may hold dots.
  const steps = field.startsWith('user.attributes.')
    ? ['user', 'attributes', field.slice('user.attributes.'.length)]
    : field.split('.');
  let type: Type = context;
  for (const step of steps) {
    const inner: Type | undefined = type.kind === 'record' ? type.fields[step]?.type : undefined;
    if (inner === undefined) return { kind: 'dyn' };
    type = inner;
  }
  return type;
}

/** Whether Okta's request to the hook holds the field. */
export function isInRequest(field: string, settings: Settings): boolean {
  return suppliedBy(field, settings) === undefined && places[field]?.request !== undefined;
}

/** Where profiles hold a field: `user.email`, `app.profile.organization`; empty where none does. */
export function profilePaths(field: string, settings: Settings): readonly string[] {
  const supplied = suppliedBy(field, settings);
  if (supplied !== undefined) return supplied;
  if (field === 'user.roles') return settings.rolesIn === 'groups' ? [] : [`user.${settings.rolesIn}`];
  const [, attribute] = /^user\.attributes\.([A-Za-z]\w*)$/.exec(field) ?? [];
  if (attribute !== undefined) return [`user.${attribute}`];
  const expression = Object.hasOwn(places, field) ? places[field]?.expression : undefined;
  return expression !== undefined && /^user\.\w+$/.test(expression) && field !== 'user.groups'
    ? [expression]
    : [];
}

/** Whether no schema of Okta holds a field to a type: the profile of an app takes any JSON. */
export function isUntyped(field: string, settings: Settings): boolean {
  return profilePaths(field, settings).some((place) => place.startsWith('app.profile.'));
}

/** Whether a field is the list of the user's groups. */
export function isGroups(field: string, { rolesIn }: Settings): boolean {
  return field === 'user.groups' || (field === 'user.roles' && rolesIn === 'groups');
}

/** Whether there is a user. */
export const hasUser: El = notNull('user');

function notNull(name: string): El {
  return { kind: 'binary', operator: '!=', left: path(name), right: nothing };
}

/** The value of a field in expressions; undefined where there is no expression for it. */
export function fieldExpression(field: string, settings: Settings): El | undefined {
  if (field === 'client.id') return path('app.clientId');
  if (field === 'subject_type') return choose(hasUser, literal('human'), literal('machine'));
  if (field === 'user.id') return choose(hasUser, call('getInternalProperty', 'id', path('user')), nothing);
  const paths = profilePaths(field, settings).map(pathExpression);
  const last = paths.at(-1);
  return last && paths.slice(0, -1).reduceRight((rest, found) => choose(isThere(found), found, rest), last);
}

/** A place in a profile that need not be there. */
function pathExpression(dotted: string): El {
  const owner = dotted.slice(0, dotted.lastIndexOf('.'));
  return choose(notNull(owner), path(dotted), nothing);
}
