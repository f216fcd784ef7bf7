import type { Type } from '@claimsmith/cel';
import {
  fieldAt,
  isUnder,
  type Lack,
  own,
  type Policy,
  type Supply,
  type SupplyOrigin,
  withSilentActor,
} from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { call, choose, isThere, literal, nothing, path } from './plan/el/make.ts';
import type { El } from './plan/el/parse.ts';
import { partOf } from './platform/payload.ts';
import { type Settings, settingsOf, suppliedBy } from './settings.ts';

/** An expression of Okta's language. */
type Code = { readonly el: string };
type Prose = Extract<SupplyOrigin, { words: string }>;

/** Where Okta has a field of the identity context. */
interface Place {
  /** The place in the request to the hook; undefined if the request lacks it, so that a native claim must carry it. */
  readonly request?: SupplyOrigin;
  /** In expressions of native claims. */
  readonly expression?: Code | Prose;
  /** Whether it is there with client credentials too. */
  readonly withoutUser?: true;
}

const inContext = (path: string): SupplyOrigin => ({ path: `data.context.${path}` });

const places: Readonly<Record<string, Place>> = {
  'user.id': { request: inContext('user.id'), expression: { el: 'user.getInternalProperty("id")' } },
  'user.username': { request: inContext('user.profile.login'), expression: { el: 'user.login' } },
  'user.email': { expression: { el: 'user.email' } },
  'user.name': { expression: { el: 'user.displayName' } },
  'user.given_name': { request: inContext('user.profile.firstName'), expression: { el: 'user.firstName' } },
  'user.family_name': { request: inContext('user.profile.lastName'), expression: { el: 'user.lastName' } },
  'user.nickname': { expression: { el: 'user.nickName' } },
  'user.locale': { request: inContext('user.profile.locale'), expression: { el: 'user.locale' } },
  'user.zoneinfo': { request: inContext('user.profile.timeZone'), expression: { el: 'user.timezone' } },
  'user.phone_number': { expression: { el: 'user.primaryPhone' } },
  'user.roles': { expression: { words: 'groups, or the attribute that rolesIn names' } },
  'user.groups': { expression: { words: 'groups' } },
  'user.attributes': { expression: { words: 'user.<attribute>' } },
  'client.id': {
    request: inContext('protocol.client.id'),
    expression: { el: 'app.clientId' },
    withoutUser: true,
  },
  'client.name': { request: inContext('protocol.client.name'), withoutUser: true },
  'request.grant_type': {
    request: { path: 'data.context.protocol.request.grant_type', note: 'or from source' },
    withoutUser: true,
  },
  'request.scopes': { request: { path: 'data.access.scopes' }, withoutUser: true },
  'request.audience': { request: { path: 'data.access.claims.aud' }, withoutUser: true },
  'request.ip': { request: inContext('request.ipAddress'), withoutUser: true },
  'request.params': { request: { words: 'the query of data.context.request.url' }, withoutUser: true },
  'request.authorization_details': {
    request: { words: 'authorization_details in the query of data.context.request.url' },
  },
  'session.id': { request: { path: 'data.context.session.id', note: 'if there is a session' } },
  'session.auth_time': {
    request: {
      words: 'auth_time of the tokens, else the first of the verifications in data.context.session',
    },
  },
  'session.amr': {
    request: { words: "amr of the ID token, else data.context.session.amr at a login, by Okta's names" },
  },
  'session.idp': {
    request: { words: 'idp of the ID token, else data.context.session.idp.id at a login' },
  },
  now: { request: { words: "the hook server's clock" }, withoutUser: true },
  subject_type: { request: { words: 'from data.context.user and the grant type' }, withoutUser: true },
};

/** Where Okta has it, for people. */
function originOf({ request, expression }: Place): SupplyOrigin {
  if (request !== undefined) return request;
  if (expression === undefined) return { words: '' };
  return 'el' in expression ? { path: expression.el } : expression;
}

/** Fields that only the settings can find a place for. */
const suppliable = [
  'user.email_verified',
  'user.picture',
  'user.created_at',
  'user.logins_count',
  'org.id',
  'org.name',
  'org.display_name',
  'org.metadata',
  'tenant.id',
  'client.metadata',
];

/** Fields that Okta supplies at a refresh only in the ID token. */
export const onlyWithIdToken: readonly string[] = ['session.amr', 'session.idp'];

/** Later changes of a browser session do not concern the refresh token of an earlier login. */
const untold: Supply['untold'] = {
  why: 'At a refresh, Okta supplies `session.amr` and `session.idp` only if the client asks for `openid`.',
  isUntold(context) {
    const { grant_type, scopes } = partOf(context['request']) ?? {};
    return grant_type === 'refresh_token' && !(Array.isArray(scopes) && scopes.includes('openid'));
  },
};

export const supplies: readonly Supply[] = [
  ...Object.entries(places).map(([field, place]) => {
    const from = originOf(place);
    const supply = {
      field,
      from: place.withoutUser ? { login: from, 'client-credentials': from } : { login: from },
    };
    if (onlyWithIdToken.includes(field)) return { ...supply, untold };
    return field === 'user.groups' ? { ...supply, always: true as const } : supply;
  }),
  ...suppliable.map((field) => {
    const from = { words: 'as supply says' };
    return { field, from: { login: from, 'client-credentials': from } };
  }),
];

/** Fields that Okta never has. */
const unknown = [
  'user.identities',
  'workload',
  'connection',
  'request.acr_values',
  'request.geo',
  'request.user_agent',
  'session.acr',
  'session.notes',
  'user.role_attributes',
] as const;

/** Fields that an issuance lacks, with a user or without. */
export function lacks(policy: Policy, trigger: string): Lack {
  const settings = settingsOf(policy);
  const isLogin = trigger === 'login';
  const isSupplied = (field: string) =>
    suppliedBy(field, settings)?.some((place) => isLogin || place.startsWith('app.')) === true;
  const needed = suppliable.flatMap((field) => (isSupplied(field) ? [] : partsOf(field, policy)));
  const lost = [...unknown, ...needed.filter((field) => !isSupplied(field))];
  if (isLogin)
    return withSilentActor(
      {
        absent: ['workload'],
        lost: lost.filter((field) => !isUnder(['workload'], field)),
        agentsAre: 'human',
      },
      { id: 'okta', title: 'Okta', exchange: settings.exchange },
    );
  // No client asks for authorization details with client credentials.
  const absent = ['user', 'session', 'connection', 'actor', 'request.authorization_details'];
  return { absent, lost: lost.filter((field) => !isUnder(absent, field)), agentsAre: 'machine' };
}

/** The declared fields of a record, which may have a place each; another field is its only part. */
function partsOf(field: string, { context }: Policy): readonly string[] {
  const type = fieldAt(context, field.split('.'));
  return type?.kind === 'record' ? Object.keys(type.fields).map((name) => `${field}.${name}`) : [field];
}

/** Whether the settings could find a place for a field. */
export function canBeSupplied(field: string): boolean {
  return suppliable.some((one) => isUnder([one], field));
}

/** Records of metadata, which may have one place as a whole, or one for each declared field. */
const metadata = /^((?:org|client)\.metadata)\.([^.]+)/;

/** Whether it is one declared field of metadata: `client.metadata.tier`. */
export function isMetadataField(field: string): boolean {
  return metadata.exec(field)?.[0] === field;
}

/**
 * A field as the spec declares it: `user.attributes.country` for any read below it. Metadata has its place as a whole, if
 * `supply` does not name one for the field.
 */
export function declaredField(field: string, policy: Policy): string {
  const [own, whole] = metadata.exec(field) ?? [];
  if (own !== undefined && whole !== undefined)
    return suppliedBy(own, settingsOf(policy)) === undefined ? whole : own;
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
  return new Set(contextFields(policy).map((field) => declaredField(field, policy)));
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

/** The places of a field in profiles: `user.email`, `app.profile.organization`; empty if there is none. */
export function profilePaths(field: string, settings: Settings): readonly string[] {
  const supplied = suppliedBy(field, settings);
  if (supplied !== undefined) return supplied;
  if (field === 'user.roles') return settings.rolesIn === 'groups' ? [] : [`user.${settings.rolesIn}`];
  const [, attribute] = /^user\.attributes\.([A-Za-z]\w*)$/.exec(field) ?? [];
  if (attribute !== undefined) return [`user.${attribute}`];
  const expression = own(places, field)?.expression;
  return expression !== undefined && 'el' in expression && /^user\.\w+$/.test(expression.el)
    ? [expression.el]
    : [];
}

/** Whether Okta does not check a field's type: the profile of an app accepts any JSON. */
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

/** The value of a field in expressions; undefined if Okta has no expression for it. */
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
