import type { Type } from '@claimsmith/cel';
import {
  exchangeGrant,
  fieldAt,
  isMapping,
  mappingOf,
  own,
  type Policy,
  type RawContext,
  textEntries,
  textOf,
  textsOf,
  type VendorEvent,
} from '@claimsmith/core';
import type { DeclaredRecord } from '../compile/script/context.ts';
import { profileAttributes } from '../plan/native/user.ts';
import { attributeName, isOfSeveral, roleOwners, type Settings, settingsOf } from '../settings.ts';
import type { KnownIdentity, KnownIssuance } from './emulator/input.ts';

/** What Keycloak would know in the situation of a scenario. */
export function eventFrom(context: RawContext, policy: Policy): VendorEvent {
  return {
    trigger: isForMachine(context) ? 'service-account' : 'user',
    event: { ...knownIssuance(context, policy) },
  };
}

/** Keycloak has no agents: an agent that acts for a user is a client at which that user logs in. */
function isForMachine({ subject_type: subject, request, user }: RawContext): boolean {
  if (mappingOf(request)['grant_type'] === 'client_credentials') return true;
  return subject === 'machine' || (subject === 'agent' && user == null);
}

/** The same with types. Every user attribute is text, so values of a wrong type and empty lists are left out. */
export function knownIssuance(context: RawContext, policy: Policy): KnownIssuance {
  const settings = settingsOf(policy);
  const client = mappingOf(context['client']);
  const request = mappingOf(context['request']);
  const session = mappingOf(context['session']);
  const isMachine = isForMachine(context);
  const grantType =
    textOf(request['grant_type']) ?? (isMachine ? 'client_credentials' : 'authorization_code');
  const acting = actingIn(context, grantType, settings);
  const attributes = attributesOf(context, policy, settings);
  const isProven = isMachine && grantType === 'client_credentials';
  const workload = isProven ? toProve(context['workload']) : undefined;
  return withoutUndefined({
    realm: textOf(mappingOf(context['tenant'])['id']) && realmOf(context, settings),
    user: {
      ...identityOf(
        mappingOf(context['user']),
        attributes,
        isMachine && context['user'] != null ? accountOf(client['id']) : undefined,
      ),
      attributes,
      ...rolesOf(mappingOf(context['user']), policy, settings),
      groups: unique(textsOf(mappingOf(context['user'])['groups'])).map((name) => groupOf(name, settings)),
      identities: identitiesOf(mappingOf(context['user'])['identities']),
      organizations: organizationsOf(context['org'], policy),
      // The user is in only one of the organizations that the request names.
      otherOrganizations: otherOrganizations(request['scopes'], context['org']),
      serviceAccountOf: isMachine ? (textOf(client['id']) ?? 'client') : undefined,
    },
    client: {
      // Keycloak always knows the client; if the situation has none, an enriched client is used.
      clientId: acting.client ?? textOf(client['id']) ?? settings.clients?.[0],
      name: textOf(client['name']),
      attributes: { ...clientAttributes(client['metadata'], policy), ...workload },
      authenticator: workload && 'federated-jwt',
      fullScopeAllowed: true,
      lightweight: false,
      otherScopes: textsOf(request['scopes']).filter((name) => !isOfPolicy(name, policy)),
    },
    session: {
      id: textOf(session['id']),
      acr: textOf(session['acr']),
      notes: { ...notesOf(session, policy), ...acting.notes },
      act: acting.act,
    },
    request: {
      grantType,
      scopes: textsOf(request['scopes']),
      ip: textOf(request['ip']),
      userAgent: textOf(request['user_agent']),
      params: {
        ...textEntries(request['params']),
        ...acting.params,
        ...(request['authorization_details'] === undefined
          ? {}
          : { authorization_details: JSON.stringify(request['authorization_details']) }),
      },
    },
  });
}

/** The realm that a situation names as its tenant, if the policy is for it; otherwise the first realm of the policy. */
export function realmOf({ tenant }: RawContext, { realms }: Settings): string {
  const id = textOf(mappingOf(tenant)['id']);
  return realms.find((realm) => realm === id) ?? realms[0];
}

/** How Keycloak knows who acts in a situation. */
interface Acting {
  /** All of them, the present one first; empty: nobody. */
  readonly chain: readonly string[];
  /** The client that exchanges a token. */
  readonly client?: string;
  readonly notes?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly act?: unknown;
}

/**
 * Who exchanges a token acts. Otherwise, one actor is an administrator who has begun the session, and several are in the claim
 * `act` of another mapper.
 */
export function actingIn(context: RawContext, grantType: string, settings: Settings): Acting {
  const chain = actorsOf(context['actor']);
  if (grantType === exchangeGrant) {
    const client =
      textOf(mappingOf(context['client'])['id']) ?? chain[0] ?? settings.clients?.[0] ?? 'client';
    const before = chain[0] === client ? chain.slice(1) : chain;
    const subject = { jti: 'onrtac:subject', act: actOf(before) };
    const subject_token = `e30.${Buffer.from(JSON.stringify(subject)).toString('base64url')}.e30`;
    return { chain: [client, ...before], client, params: { subject_token } };
  }
  const [first, ...others] = chain;
  if (first === undefined) return { chain };
  return others.length > 0 ? { chain, act: actOf(chain) } : { chain, notes: { IMPERSONATOR_ID: first } };
}

function actOf(chain: readonly string[]): unknown {
  return chain.reduceRight((act: unknown, sub) => (act === undefined ? { sub } : { sub, act }), undefined);
}

/** The actors of a situation, the present one first. */
function actorsOf(actor: unknown): readonly string[] {
  const { sub, chain, act } = mappingOf(actor);
  const listed = textsOf(chain);
  if (listed.length > 0) return listed;
  const first = textOf(sub);
  return first === undefined ? [] : [first, ...actorsOf(act)];
}

function notesOf(
  session: Readonly<Record<string, unknown>>,
  policy: Policy,
): Readonly<Record<string, string>> {
  const idp = textOf(session['idp']);
  return {
    ...(Number.isSafeInteger(session['auth_time']) ? { AUTH_TIME: String(session['auth_time']) } : {}),
    ...(idp === undefined ? {} : { identity_provider: idp }),
    ...heldTexts(session['notes'], 'session.notes', policy),
  };
}

/** Scopes that the policy does not name belong to the realm. If a situation names them, they count as granted. */
function isOfPolicy(scope: string, { scopes }: Policy): boolean {
  return scopes.some(({ name, pattern, placeholders }) =>
    placeholders.length === 0 ? name === scope : scope.startsWith(pattern[0] ?? ''),
  );
}

/** The name of a client's service account. */
function accountOf(clientId: unknown): string | undefined {
  const id = textOf(clientId);
  return id === undefined ? undefined : `service-account-${id}`.toLowerCase();
}

/**
 * Keycloak joins a name from two parts. A full name is split so that joining gives it again. Four fields are attributes
 * too.
 */
function identityOf(
  user: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, readonly string[]>>,
  account: string | undefined,
) {
  const attribute = (name: string) => own(attributes, name)?.[0];
  const name = textOf(user['name']);
  const given = textOf(user['given_name']);
  const family = textOf(user['family_name']);
  const cut = name?.indexOf(' ') ?? -1;
  const hasParts = given !== undefined || family !== undefined || name === undefined;
  return {
    id: textOf(user['id']),
    // Keycloak keeps both in lower case.
    username: account ?? (textOf(user['username']) ?? attribute('username'))?.toLowerCase(),
    email: (textOf(user['email']) ?? attribute('email'))?.toLowerCase(),
    emailVerified: typeof user['email_verified'] === 'boolean' ? user['email_verified'] : undefined,
    firstName: (hasParts ? given : cut === -1 ? name : name?.slice(0, cut)) ?? attribute('firstName'),
    createdTimestamp: millisecondsOf(user['created_at']),
    lastName: (hasParts ? family : cut === -1 ? undefined : name?.slice(cut + 1)) ?? attribute('lastName'),
  };
}

/** Undefined for a text that is not a time. */
function millisecondsOf(time: unknown): number | undefined {
  const ms = Date.parse(textOf(time) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** The attributes lie in further roles, which `user.roles` does not list. */
function rolesOf(user: Readonly<Record<string, unknown>>, policy: Policy, settings: Settings) {
  const { realmRoles, clientRoles } = namedRoles(user, settings);
  const client = settings.rolesFrom === 'realm' ? 'with-attributes' : undefined;
  const roleAttributes = Object.entries(mappingOf(user['role_attributes'])).flatMap(([name, value]) => {
    const type = declaredType(policy, 'user.role_attributes', name);
    const held = type && heldAs(value, type);
    return held === undefined
      ? []
      : held.map((text, index) => ({ role: `${name}-${index + 1}`, client, attributes: { [name]: [text] } }));
  });
  if (roleAttributes.length === 0) return { realmRoles, clientRoles };
  const further = roleAttributes.map(({ role }) => role);
  return client === undefined
    ? { realmRoles: [...realmRoles, ...further], clientRoles, roleAttributes }
    : { realmRoles, clientRoles: { ...clientRoles, [client]: further }, roleAttributes };
}

function namedRoles(user: Readonly<Record<string, unknown>>, settings: Settings) {
  const roles = unique(textsOf(user['roles']));
  if (settings.rolesFrom === 'realm') return { realmRoles: roles, clientRoles: {} };
  const ofOwner = (owner: string) =>
    isOfSeveral(settings)
      ? roles.filter((role) => role.startsWith(`${owner}:`)).map((role) => role.slice(owner.length + 1))
      : roles;
  const clientRoles = roleOwners(settings).map((owner) => [owner, ofOwner(owner)] as const);
  return { realmRoles: [], clientRoles: Object.fromEntries(clientRoles) };
}

/** A user has one account for each identity provider. */
function identitiesOf(identities: unknown): readonly KnownIdentity[] | undefined {
  const byAlias = new Map(
    (Array.isArray(identities) ? identities : []).flatMap((identity) => {
      const { provider, connection, id } = mappingOf(identity);
      const alias = textOf(connection);
      return alias === undefined
        ? []
        : [[alias, { provider: textOf(provider), alias, userId: textOf(id) }] as const];
    }),
  );
  return byAlias.size === 0 ? undefined : [...byAlias.values()];
}

type Group = KnownIssuance['user']['groups'][number];

function groupOf(name: string, { groups }: Settings): Group {
  return { path: groups === 'paths' ? name : `/${name}`, attributes: {} };
}

/** A situation may leave out values of an organization that Keycloak always has. */
function organizationsOf(org: unknown, policy: Policy): KnownIssuance['user']['organizations'] {
  const { id, name, display_name, metadata } = mappingOf(org);
  if ([id, name, display_name, metadata].every((value) => value === undefined || value === null)) return [];
  const declared = policy.spec.org?.metadata !== undefined;
  const attributes = Object.entries(mappingOf(metadata)).flatMap(([key, value]) => {
    const type = declaredType(policy, 'org.metadata', key);
    const held = declared ? type && heldAs(value, type) : undeclared(value);
    return held === undefined ? [] : [[key, held] as const];
  });
  const alias = textOf(name);
  return [{ id: textOf(id), alias, name: textOf(display_name), attributes: Object.fromEntries(attributes) }];
}

/** Aliases of organizations that a request names and that the user is not in; undefined without any. */
function otherOrganizations(scopes: unknown, org: unknown): readonly string[] | undefined {
  const aliases = textsOf(scopes)
    .filter((scope) => /^organization:[^*]/.test(scope))
    .map((scope) => scope.slice('organization:'.length))
    .filter((alias) => alias !== textOf(mappingOf(org)['name']));
  return aliases.length === 0 ? undefined : aliases;
}

/** Without a declared type, an attribute of an organization is a list of texts; undefined if it cannot be one. */
function undeclared(value: unknown): readonly string[] | undefined {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isScalar = (item: unknown) => ['string', 'number', 'boolean'].includes(typeof item);
  return all.length > 0 && all.every(isScalar) ? all.map(String) : undefined;
}

/** The declared attributes, and those behind fields of the profile, by Keycloak's names. */
function attributesOf(
  context: RawContext,
  policy: Policy,
  settings: Settings,
): Readonly<Record<string, readonly string[]>> {
  const user = mappingOf(context['user']);
  const declared = Object.entries(mappingOf(user['attributes'])).flatMap(([name, value]) => {
    const type = declaredType(policy, 'user.attributes', name);
    const held = type === undefined ? undefined : heldAs(value, type);
    return held === undefined ? [] : [[attributeName(settings, name), held] as const];
  });
  const ofProfile = Object.entries(profileAttributes).flatMap(([field, name]) => {
    const value = textOf(user[field]);
    return value === undefined ? [] : [[name, [value]] as const];
  });
  return Object.fromEntries([...ofProfile, ...declared]);
}

function declaredType({ context }: Policy, record: DeclaredRecord, name: string): Type | undefined {
  return fieldAt(context, [...record.split('.'), name]);
}

/** The attributes of a client that say which workload it has to prove to be; undefined without one. */
function toProve(workload: unknown): Readonly<Record<string, string>> | undefined {
  const id = textOf(mappingOf(workload)['id']);
  const attester = textOf(mappingOf(workload)['attester']);
  // Keycloak accepts no client that lacks one of them.
  if (id === undefined || attester === undefined) return undefined;
  return { 'jwt.credential.sub': id, 'jwt.credential.issuer': attester };
}

/** A client's attributes are single texts. */
function clientAttributes(metadata: unknown, policy: Policy): Readonly<Record<string, string>> {
  if (policy.spec.client?.metadata === undefined) return textEntries(metadata);
  return heldTexts(metadata, 'client.metadata', policy);
}

/** The declared values that Keycloak holds as one text each. */
function heldTexts(
  values: unknown,
  record: 'client.metadata' | 'session.notes',
  policy: Policy,
): Readonly<Record<string, string>> {
  const held = Object.entries(mappingOf(values)).flatMap(([name, value]) => {
    const type = declaredType(policy, record, name);
    const text = type && oneHeld(value, type);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(held);
}

/** The texts that an attribute holds for a value; undefined if it cannot. */
function heldAs(value: unknown, type: Type): readonly string[] | undefined {
  if (type.kind !== 'list') {
    const one = oneHeld(value, type);
    return one === undefined ? undefined : [one];
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const all = value.map((item) => oneHeld(item, type.element));
  return all.every((item) => item !== undefined) ? all : undefined;
}

function oneHeld(value: unknown, type: Type): string | undefined {
  if (!isOf(value, type)) return undefined;
  return type.kind === 'string' ? textOf(value) : JSON.stringify(value);
}

/** Whether the policy takes a value as one of a type. Fields of a record are taken one by one. */
function isOf(value: unknown, type: Type): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number';
    case 'list':
      return Array.isArray(value) && value.every((item) => isOf(item, type.element));
    case 'map':
      return isMapping(value) && Object.values(value).every((item) => isOf(item, type.value));
    case 'record':
      return isMapping(value);
    default:
      return value !== undefined && value !== null;
  }
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

/** JSON has no undefined, and neither have events. */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
