import { protocolClaims } from '@claimsmith/core';

/**
 * Claims that only the server writes. If a mapper names one, Keycloak ignores it and logs a line. @see
 * https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers
 */
const ignoredNames: readonly string[] = [
  'jti',
  'typ',
  'iat',
  'exp',
  'nbf',
  'iss',
  'scope',
  'nonce',
  'session_state',
];

/** Realms that one policy may be for. A policy script may be full earlier. */
export const realmLimit = 10_000;

/**
 * Of a policy script. A server with a longer one does not start: Quarkus keeps the text as a constant of a class file. Tried
 * with 26.7.4.
 */
export const scriptLimitBytes = 65_535;

/** Claims with a meaning at Keycloak that a mapper can overwrite. Services trust them as the server's own. */
const spoofableNames: readonly string[] = [
  'sub',
  'azp',
  'acr',
  'aud',
  'auth_time',
  'sid',
  'cnf',
  'at_hash',
  'c_hash',
  's_hash',
  'realm_access',
  'resource_access',
  'allowed-origins',
  'authorization',
  'trusted-certs',
  'act',
  'may_act',
  'client_id',
  // By it, services tell service accounts from people.
  'clientAddress',
];

/** Claims of Keycloak that services need no more where the policy says what they need. */
const dispensableNames: readonly string[] = ['realm_access', 'resource_access', 'allowed-origins'];

/** Whether a claim of Keycloak must stay in tokens. */
export function isNeeded(name: string): boolean {
  return isReserved(name) && !dispensableNames.includes(name);
}

/** Whether a claim of this name is Keycloak's own. */
export function isReserved(name: string): boolean {
  return ignoredNames.includes(name) || spoofableNames.includes(name) || protocolClaims.includes(name);
}

/**
 * Claims that the client scopes of every new realm write, by scope. Two writers of the same priority have no order.
 * @see https://www.keycloak.org/docs/latest/server_admin/#protocol
 */
export const builtInClaims: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  'microprofile-jwt': ['upn', 'groups'],
  organization: ['organization'],
  service_account: ['client_id', 'clientHost', 'clientAddress'],
};

/** The values of those, in the words of a spec. */
export const builtInValues: Readonly<Record<string, string>> = {
  name: 'user.name',
  given_name: 'user.given_name',
  family_name: 'user.family_name',
  preferred_username: 'user.username',
  nickname: 'user.nickname',
  picture: 'user.picture',
  locale: 'user.locale',
  zoneinfo: 'user.zoneinfo',
  email: 'user.email',
  email_verified: 'user.email_verified',
  phone_number: 'user.phone_number',
};

/** Scopes of every realm that Claimsmith does not define, and `openid`, which is not a client scope. */
export const builtInScopes: readonly string[] = [
  ...Object.keys(builtInClaims),
  'openid',
  'roles',
  'web-origins',
  'acr',
  'basic',
  'offline_access',
  'role_list',
  'saml_organization',
  'AuthnContextClassRef',
];

/**
 * Characters of a user attribute's value, unless its profile entry sets another limit. @see
 * https://www.keycloak.org/docs/latest/server_admin/#_understanding-managed-and-unmanaged-attributes
 */
export const attributeLimitCharacters = 2048;

/**
 * The time that a policy script has for all its sources. Keycloak itself waits forever, on a separate thread for each
 * request.
 */
export const deadlineMs = 4_000;

/**
 * Access tokens of a realm live that long unless its settings say otherwise, in milliseconds.
 * @see https://www.keycloak.org/docs/latest/server_admin/#_timeouts
 */
export const defaultLifetime = {
  defaultMs: 300_000,
  setting: 'Access Token Lifespan of the realm',
} as const;
