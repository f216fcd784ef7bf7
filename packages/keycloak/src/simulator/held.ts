import type { Type } from '@claimsmith/cel';
import { fieldAt, mappingOf, own, type Policy, type RawContext } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { profileAttributes } from '../plan/native/user.ts';
import { attributeName, isOfSeveral, roleOwners, type Settings, settingsOf } from '../settings.ts';
import type { KnownIssuance, KnownOrganization } from './emulator/input.ts';
import { groupName } from './emulator/mappers/groups.ts';
import { attributeOf } from './emulator/mappers/user-attribute.ts';
import { actingIn, knownIssuance, realmOf } from './event-from.ts';

/**
 * A situation as Keycloak can store it: attributes are lists of texts, lists have no order, user names are in lower
 * case, and a full name has two parts. The result is what a policy script reads.
 */
export function holds(context: RawContext, policy: Policy): RawContext {
  const settings = settingsOf(policy);
  const { user, client, session, request } = knownIssuance(context, policy);
  const { chain } = actingIn(context, request.grantType ?? '', settings);
  const [organization] = user.organizations;
  const foreign = user.otherOrganizations?.map((alias) => `organization:${alias}`) ?? [];
  return {
    ...context,
    ...(context['actor'] == null && chain.length === 0 ? {} : { actor: chain.length === 0 ? {} : { chain } }),
    ...(foreign.length === 0 ? {} : { request: withoutScopes(context['request'], foreign) }),
    ...(context['user'] == null ? {} : { user: present(userOf(user, policy, settings)) }),
    ...(policy.spec.session === undefined || context['session'] == null
      ? {}
      : { session: sessionOf(context['session'], session, policy) }),
    ...(policy.spec.client?.metadata === undefined && client.authenticator === undefined
      ? {}
      : { client: clientOf(context, client, policy) }),
    ...(context['workload'] == null ? {} : { workload: workloadOf(client) }),
    ...(contextFields(policy).includes('tenant.id') ? { tenant: { id: realmOf(context, settings) } } : {}),
    ...(organization === undefined ? {} : { org: present(organizationOf(organization, policy)) }),
  };
}

/** Keycloak removes organizations that the user is not in from the scope. */
function withoutScopes(request: unknown, foreign: readonly string[]): unknown {
  const { scopes, ...rest }: { readonly scopes?: unknown } = { ...Object(request) };
  return { ...rest, scopes: Array.isArray(scopes) ? scopes.filter((scope) => !foreign.includes(scope)) : [] };
}

function userOf(user: KnownIssuance['user'], policy: Policy, settings: Settings): Fields {
  const textsOf = (name: string) => texts(attributeOf(user, name, false));
  const ofClients = roleOwners(settings).flatMap((owner) =>
    (own(user.clientRoles, owner) ?? []).map((role) => (isOfSeveral(settings) ? `${owner}:${role}` : role)),
  );
  const roles = settings.rolesFrom === 'realm' ? user.realmRoles : ofClients;
  const names = [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '');
  const profile = Object.entries(profileAttributes).map(
    ([field, name]) => [field, one(textsOf(name))] as const,
  );
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    email_verified: user.emailVerified,
    given_name: user.firstName,
    family_name: user.lastName,
    name: names.length === 0 ? undefined : names.join(' '),
    ...Object.fromEntries(profile),
    created_at:
      user.createdTimestamp === undefined ? undefined : new Date(user.createdTimestamp).toISOString(),
    roles: roles.toSorted(),
    groups: user.groups
      .map((group) => (settings.groups === 'paths' ? group.path : groupName(group)))
      .toSorted(),
    identities: (user.identities ?? [])
      .map(({ provider, alias, userId }) => present({ provider, connection: alias, id: userId }))
      .toSorted((a, b) => (String(a['connection']) < String(b['connection']) ? -1 : 1)),
    attributes: declared(policy, 'user.attributes', (name) => textsOf(attributeName(settings, name))),
    role_attributes:
      policy.spec.user?.roleAttributes &&
      declared(policy, 'user.role_attributes', (name) => ofRoles(user, name)),
  };
}

function ofRoles({ roleAttributes = [] }: KnownIssuance['user'], name: string): readonly string[] {
  return texts([...new Set(roleAttributes.flatMap(({ attributes }) => own(attributes, name) ?? []))]);
}

function organizationOf({ id, alias, name, attributes }: KnownOrganization, policy: Policy): Fields {
  const textsOf = (name: string) => texts(own(attributes, name) ?? []);
  const metadata =
    policy.spec.org?.metadata === undefined
      ? Object.fromEntries(Object.keys(attributes).map((name) => [name, textsOf(name)]))
      : declared(policy, 'org.metadata', textsOf);
  return { id, name: alias, display_name: name, metadata };
}

/** What a client has to prove is among its attributes. */
function clientOf(context: RawContext, { attributes }: KnownIssuance['client'], policy: Policy): Fields {
  const isDeclared = policy.spec.client?.metadata !== undefined;
  const metadata = isDeclared ? single(policy, 'client.metadata', attributes) : attributes;
  return { ...mappingOf(context['client']), metadata };
}

function workloadOf({ authenticator, attributes }: KnownIssuance['client']): Fields {
  if (authenticator === undefined) return {};
  return { id: own(attributes, 'jwt.credential.sub'), attester: own(attributes, 'jwt.credential.issuer') };
}

/** Some notes are fields of the session too. */
function sessionOf(session: unknown, { notes }: KnownIssuance['session'], policy: Policy): Fields {
  const time = own(notes, 'AUTH_TIME');
  return present({
    ...mappingOf(session),
    auth_time: time !== undefined && /^[+-]?[0-9]+$/.test(time) ? Number(time) : undefined,
    idp: own(notes, 'identity_provider'),
    notes: single(policy, 'session.notes', notes),
  });
}

/** The declared values that Keycloak holds as one text each. */
function single(
  { context }: Policy,
  record: 'client.metadata' | 'session.notes',
  texts: Readonly<Record<string, string>>,
): Fields {
  const type = fieldAt(context, record.split('.'));
  const fields = type?.kind === 'record' ? Object.entries(type.fields) : [];
  return Object.fromEntries(
    fields.flatMap(([name, field]) => {
      const text = own(texts, name);
      return text === undefined ? [] : [[name, oneValue(text, field.type)] as const];
    }),
  );
}

/** The declared fields of a record, by the texts behind each. */
function declared(
  { context }: Policy,
  record: 'user.attributes' | 'user.role_attributes' | 'org.metadata',
  textsOf: (name: string) => readonly string[],
): Fields {
  const type = fieldAt(context, record.split('.'));
  const fields = type?.kind === 'record' ? Object.entries(type.fields) : [];
  return present(
    Object.fromEntries(fields.map(([name, field]) => [name, declaredValue(textsOf(name), field.type)])),
  );
}

function declaredValue(held: readonly string[], type: Type): unknown {
  if (type.kind !== 'list') return one(held.map((text) => oneValue(text, type)));
  return held.length === 0 ? undefined : held.map((text) => oneValue(text, type.element));
}

function oneValue(text: string, type: Type): unknown {
  switch (type.kind) {
    case 'string':
      return text;
    case 'bool':
      return text.toLowerCase() === 'true';
    case 'int':
      return Number(text);
    default:
      return JSON.parse(text);
  }
}

function one<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function texts(values: readonly (string | null)[]): readonly string[] {
  return values.filter((value) => value !== null).toSorted();
}

type Fields = Readonly<Record<string, unknown>>;

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
