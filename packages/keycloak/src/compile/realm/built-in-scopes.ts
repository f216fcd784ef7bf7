/** A client scope as in a realm file, without ids, which the server assigns. */
export interface RealmScope {
  readonly name: string;
  readonly protocol: 'openid-connect';
  readonly attributes: Readonly<Record<string, string>>;
  readonly protocolMappers?: readonly RealmMapper[];
}

interface RealmMapper {
  readonly name: string;
  readonly protocol: 'openid-connect';
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

/*
 * The client scopes of a new realm in Keycloak 26.7.4, as its admin API shows them. If a realm file names client
 * scopes, the realm gets no others. Those of SAML are left out; the server adds `offline_access` by itself.
 */

const inTokens = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' };
const inAll = { ...inTokens, 'id.token.claim': 'true' };
const inUserinfo = { ...inAll, 'userinfo.token.claim': 'true' };

function mapper(name: string, protocolMapper: string, config: RealmMapper['config']): RealmMapper {
  return { name, protocol: 'openid-connect', protocolMapper, config };
}

function attribute(name: string, claim: string, from: string, type = 'String'): RealmMapper {
  return mapper(name, 'oidc-usermodel-attribute-mapper', {
    ...inUserinfo,
    'user.attribute': from,
    'claim.name': claim,
    'jsonType.label': type,
  });
}

function note(name: string, claim: string, from: string, type = 'String'): RealmMapper {
  return mapper(name, 'oidc-usersessionmodel-note-mapper', {
    ...inAll,
    'user.session.note': from,
    'claim.name': claim,
    'jsonType.label': type,
  });
}

function roles(
  name: string,
  kind: 'realm' | 'client',
  claim: string,
  flags: RealmMapper['config'],
): RealmMapper {
  return mapper(name, `oidc-usermodel-${kind}-role-mapper`, {
    ...flags,
    multivalued: 'true',
    'claim.name': claim,
    'jsonType.label': 'String',
  });
}

/** One that clients ask for, and people consent to. */
function asked(name: string, protocolMappers: readonly RealmMapper[]): RealmScope {
  const attributes = {
    'include.in.token.scope': 'true',
    'display.on.consent.screen': 'true',
    'consent.screen.text': `\${${name}ScopeConsentText}`,
  };
  return { name, protocol: 'openid-connect', attributes, protocolMappers };
}

function silent(name: string, protocolMappers: readonly RealmMapper[], isNamed = false): RealmScope {
  const attributes = { 'include.in.token.scope': String(isNamed), 'display.on.consent.screen': 'false' };
  return { name, protocol: 'openid-connect', attributes, protocolMappers };
}

/** The default scopes of each client of a new realm. */
export const defaultBuiltIns: readonly RealmScope[] = [
  asked('profile', [
    mapper('full name', 'oidc-full-name-mapper', inUserinfo),
    attribute('family name', 'family_name', 'lastName'),
    attribute('given name', 'given_name', 'firstName'),
    attribute('middle name', 'middle_name', 'middleName'),
    attribute('nickname', 'nickname', 'nickname'),
    attribute('username', 'preferred_username', 'username'),
    attribute('profile', 'profile', 'profile'),
    attribute('picture', 'picture', 'picture'),
    attribute('website', 'website', 'website'),
    attribute('gender', 'gender', 'gender'),
    attribute('birthdate', 'birthdate', 'birthdate'),
    attribute('zoneinfo', 'zoneinfo', 'zoneinfo'),
    attribute('locale', 'locale', 'locale'),
    attribute('updated at', 'updated_at', 'updatedAt', 'long'),
  ]),
  asked('email', [
    attribute('email', 'email', 'email'),
    mapper('email verified', 'oidc-usermodel-property-mapper', {
      ...inUserinfo,
      'user.attribute': 'emailVerified',
      'claim.name': 'email_verified',
      'jsonType.label': 'boolean',
    }),
  ]),
  silent('roles', [
    mapper('audience resolve', 'oidc-audience-resolve-mapper', inTokens),
    roles('realm roles', 'realm', 'realm_access.roles', inTokens),
    roles('client roles', 'client', 'resource_access.${client_id}.roles', inTokens),
  ]),
  silent('web-origins', [mapper('allowed web origins', 'oidc-allowed-origins-mapper', inTokens)]),
  silent('acr', [mapper('acr loa level', 'oidc-acr-mapper', inAll)]),
  silent('basic', [
    note('auth_time', 'auth_time', 'AUTH_TIME', 'long'),
    mapper('sub', 'oidc-sub-mapper', inTokens),
  ]),
];

/** The scopes that clients of a new realm may ask for. */
export const optionalBuiltIns: readonly RealmScope[] = [
  asked('address', [
    mapper('address', 'oidc-address-mapper', {
      ...inUserinfo,
      'user.attribute.formatted': 'formatted',
      'user.attribute.country': 'country',
      'user.attribute.postal_code': 'postal_code',
      'user.attribute.street': 'street',
      'user.attribute.region': 'region',
      'user.attribute.locality': 'locality',
    }),
  ]),
  asked('phone', [
    attribute('phone number', 'phone_number', 'phoneNumber'),
    attribute('phone number verified', 'phone_number_verified', 'phoneNumberVerified', 'boolean'),
  ]),
  silent(
    'microprofile-jwt',
    [attribute('upn', 'upn', 'username'), roles('groups', 'realm', 'groups', inAll)],
    true,
  ),
  asked('organization', [
    mapper('organization', 'oidc-organization-membership-mapper', {
      ...inAll,
      multivalued: 'true',
      'claim.name': 'organization',
      'jsonType.label': 'String',
    }),
  ]),
];

/** Given to clients with a service account, without being asked for. */
export const serviceAccountScope: RealmScope = silent('service_account', [
  note('Client ID', 'client_id', 'client_id'),
  note('Client IP Address', 'clientAddress', 'clientAddress'),
  note('Client Host', 'clientHost', 'clientHost'),
]);
