/*
 * Bundled into Actions: no import that runs. What an event holds is not trusted here, only found; the policy
 * program checks each value against its declared type.
 */

/** What we read of a post-login event (v3). Any part may be missing, null or of another type. */
export interface PostLoginEvent {
  readonly user?: Part<
    | 'user_id'
    | 'username'
    | 'email'
    | 'email_verified'
    | 'name'
    | 'given_name'
    | 'family_name'
    | 'locale'
    | 'zoneinfo'
    | 'phone_number'
    | 'app_metadata'
    | 'user_metadata'
  >;
  readonly authentication?: Part<'methods'>;
  readonly authorization?: Part<'roles'>;
  readonly client?: Part<'client_id' | 'name' | 'metadata'>;
  readonly organization?: Part<'id' | 'name' | 'metadata'>;
  readonly request?: Part<'ip' | 'query' | 'body'>;
  readonly resource_server?: Part<'identifier'>;
  readonly refresh_token?: Part<'resource_servers'>;
  readonly session?: Part<'id' | 'authenticated_at'>;
  readonly transaction?: Part<
    'protocol' | 'requested_scopes' | 'requested_authorization_details' | 'acr_values' | 'actor'
  >;
  readonly secrets?: unknown;
}

/** What we read of a credentials-exchange event (v2). Any part may be missing, null or of another type. */
export interface CredentialsExchangeEvent {
  readonly accessToken?: Part<'scope'>;
  readonly agent?: unknown;
  readonly client?: Part<'client_id' | 'name' | 'metadata'>;
  readonly organization?: Part<'id' | 'name' | 'metadata'>;
  readonly request?: Part<'ip' | 'body'>;
  readonly resource_server?: Part<'identifier'>;
  readonly transaction?: Part<'requested_scopes'>;
  readonly secrets?: unknown;
}

type Part<Name extends string> = { readonly [name in Name]?: unknown } | null;

/** How a login's event is read. */
export interface LoginReading {
  /** Where a tenant keeps what Auth0 has no field for. */
  readonly attributesIn: 'app_metadata' | 'user_metadata';
  /** The attribute that lists the user's groups. */
  readonly groupsIn: string;
  /** Those of {@link costlyFields} that the policy reads; the others are not looked for. */
  readonly costly: readonly string[];
}

/** Fields that take longer to find than all others together. */
export const costlyFields = ['request.params', 'session.auth_time'] as const;

export function postLoginContext(event: PostLoginEvent, { attributesIn, groupsIn, costly }: LoginReading) {
  const { user, organization, client, request, transaction, session } = event;
  const attributes = user?.[attributesIn];
  return {
    user: {
      id: user?.user_id,
      username: user?.username,
      email: user?.email,
      email_verified: user?.email_verified,
      name: user?.name,
      given_name: user?.given_name,
      family_name: user?.family_name,
      locale: user?.locale,
      zoneinfo: user?.zoneinfo,
      phone_number: user?.phone_number,
      roles: event.authorization?.roles,
      groups: own(attributes, groupsIn),
      attributes,
    },
    org: { id: organization?.id, name: organization?.name, metadata: organization?.metadata },
    client: { id: client?.client_id, name: client?.name, metadata: client?.metadata },
    request: {
      grant_type: own(grantTypes, transaction?.protocol),
      scopes: loginScopes(event),
      audience: event.resource_server?.identifier,
      authorization_details: transaction?.requested_authorization_details,
      acr_values: transaction?.acr_values,
      ip: request?.ip,
      params: costly.includes('request.params')
        ? { ...strings(request?.query), ...strings(request?.body) }
        : undefined,
    },
    session: {
      id: session?.id,
      auth_time: costly.includes('session.auth_time')
        ? (secondsOf(session?.authenticated_at) ?? firstMethodSeconds(event))
        : undefined,
      amr: methodsOf(event)?.map((method) => own(method, 'name')),
    },
    actor: transaction?.actor,
    subject_type: 'human',
  };
}

export function credentialsExchangeContext(event: CredentialsExchangeEvent) {
  const { organization, client, request, agent } = event;
  return {
    user: {},
    org: { id: organization?.id, name: organization?.name, metadata: organization?.metadata },
    client: { id: client?.client_id, name: client?.name, metadata: client?.metadata },
    request: {
      grant_type: 'client_credentials',
      scopes: exchangeScopes(event),
      audience: event.resource_server?.identifier,
      ip: request?.ip,
      params: strings(request?.body),
    },
    session: {},
    subject_type: typeof agent === 'object' && agent !== null ? 'agent' : 'machine',
  };
}

/** Grant types by Auth0's name of the protocol. SAML and WS-Federation have none. */
export const grantTypes = {
  'oidc-basic-profile': 'authorization_code',
  'oidc-hybrid-profile': 'authorization_code',
  'oidc-implicit-profile': 'implicit',
  'oidc-ciba': 'urn:openid:params:grant-type:ciba',
  'oidc-ciba-web-link': 'urn:openid:params:grant-type:ciba',
  'oauth2-device-code': 'urn:ietf:params:oauth:grant-type:device_code',
  'oauth2-password': 'password',
  'oauth2-resource-owner': 'password',
  'oauth2-resource-owner-jwt-bearer': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'oauth2-refresh-token': 'refresh_token',
  'oauth2-token-exchange': 'urn:ietf:params:oauth:grant-type:token-exchange',
} as const;

/** Protocols whose tokens carry no scopes. */
const scopeless: readonly unknown[] = ['samlp', 'wsfed', 'wstrust-usernamemixed'];

/** Protocols that ask at the authorization endpoint: what is not requested there is not granted. */
const atAuthorization: readonly unknown[] = [
  'oidc-basic-profile',
  'oidc-hybrid-profile',
  'oidc-implicit-profile',
];

/** Protocols that ask at the token endpoint, where Auth0 leaves `transaction.requested_scopes` out. */
export const atTokenEndpoint: readonly unknown[] = [
  'oauth2-refresh-token',
  'oauth2-password',
  'oauth2-resource-owner',
  'oauth2-resource-owner-jwt-bearer',
  'oauth2-token-exchange',
];

/**
 * The scopes that the token is about to carry; null where the event does not say, which a program takes for
 * scopes that can't be read. A request without scopes at the token endpoint gets what was granted before, or all
 * there is, so it is not "none".
 *
 * @see https://support.auth0.com/center/s/article/find-requested-scopes-in-actions-for-refresh-token-client-credential-exchange-or-resource-owner-password-grant
 */
export function loginScopes(event: PostLoginEvent): unknown {
  const { transaction } = event;
  const protocol = transaction?.protocol;
  const requested = transaction?.requested_scopes;
  if (scopeless.includes(protocol)) return [];
  if (atAuthorization.includes(protocol)) return requested;
  if (!atTokenEndpoint.includes(protocol)) return requested ?? null;
  return (
    words(own(event.request?.body, 'scope')) ??
    (Array.isArray(requested) && requested.length > 0 ? requested : undefined) ??
    (protocol === 'oauth2-refresh-token' ? refreshScopes(event) : undefined) ??
    null
  );
}

/**
 * What the token will carry; null where the event does not say. What was requested may be nothing (then all is
 * given), or more than is granted.
 */
export function exchangeScopes(event: CredentialsExchangeEvent): unknown {
  return event.accessToken?.scope ?? event.transaction?.requested_scopes ?? null;
}

/** What a refresh token was granted for the audience; Auth0 says it on Enterprise plans alone. */
function refreshScopes(event: PostLoginEvent): unknown {
  const audience = event.resource_server?.identifier;
  const entries = event.refresh_token?.resource_servers;
  if (!Array.isArray(entries)) return undefined;
  return words(
    own(
      entries.find((entry) => own(entry, 'audience') === audience),
      'scopes',
    ),
  );
}

function words(text: unknown): readonly string[] | undefined {
  const found = typeof text === 'string' ? text.split(' ').filter((word) => word !== '') : [];
  return found.length > 0 ? found : undefined;
}

function methodsOf(event: PostLoginEvent): readonly unknown[] | undefined {
  const methods = event.authentication?.methods;
  return Array.isArray(methods) ? methods : undefined;
}

/** The oldest of the session's methods: a service that asks for a recent login is then not told too much. */
function firstMethodSeconds(event: PostLoginEvent): number | undefined {
  const times = (methodsOf(event) ?? [])
    .map((method) => secondsOf(own(method, 'timestamp')))
    .filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

function secondsOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** Parameters of a request, those that are text: whoever calls may send any other shape. */
function strings(values: unknown): Record<string, string> {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  return typeof values === 'object' && values !== null && !Array.isArray(values)
    ? Object.fromEntries(Object.entries(values).filter(isText))
    : {};
}

function own(value: unknown, name: unknown): unknown {
  if (typeof value !== 'object' || value === null || typeof name !== 'string') return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
