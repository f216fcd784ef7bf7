/*
 * What finds those fields of the identity context that an event does not hold as they are. Bundled into Actions. What an
 * event holds is not trusted here, only found; the policy program checks each value against its declared type.
 */

import { own } from '@claimsmith/runtime';

/** The parts of a post-login event (v3) that we read. Any may be missing, null or of another type. */
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
    | 'nickname'
    | 'picture'
    | 'phone_number'
    | 'created_at'
    | 'identities'
    | 'enrolledFactors'
    | 'app_metadata'
    | 'user_metadata'
  >;
  readonly authentication?: Part<'methods'>;
  readonly authorization?: Part<'roles'>;
  readonly client?: Part<'client_id' | 'name' | 'metadata'>;
  readonly connection?: Part<'name' | 'strategy'>;
  readonly organization?: Part<'id' | 'name' | 'display_name' | 'metadata'>;
  readonly tenant?: Part<'id'>;
  readonly request?: Part<'ip' | 'user_agent' | 'geoip' | 'query' | 'body'>;
  readonly resource_server?: Part<'identifier'>;
  readonly refresh_token?: Part<'created_at' | 'resource_servers'>;
  readonly stats?: Part<'logins_count'>;
  readonly session?: Part<'id' | 'authenticated_at' | 'actor'>;
  readonly transaction?: Part<
    'protocol' | 'requested_scopes' | 'requested_authorization_details' | 'acr_values' | 'actor'
  >;
  readonly agent?: unknown;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

/** The parts of a credentials-exchange event (v2) that we read. Any may be missing, null or of another type. */
export interface CredentialsExchangeEvent {
  readonly accessToken?: Part<'scope'>;
  readonly agent?: unknown;
  readonly client?: Part<'client_id' | 'name' | 'metadata'>;
  readonly organization?: Part<'id' | 'name' | 'display_name' | 'metadata'>;
  readonly tenant?: Part<'id'>;
  readonly request?: Part<'ip' | 'user_agent' | 'geoip' | 'body'>;
  readonly resource_server?: Part<'identifier'>;
  readonly transaction?: Part<'requested_scopes'>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

type Part<Name extends string> = { readonly [name in Name]?: unknown } | null;

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
const scopeless = /^(samlp|wsfed|wstrust-usernamemixed)$/;

/** Protocols that ask at the authorization endpoint, where scopes that are not requested are not granted. */
const atAuthorization = /^oidc-(basic|hybrid|implicit)-profile$/;

/** Protocols that ask at the token endpoint, where Auth0 leaves `transaction.requested_scopes` out. */
export const atTokenEndpoint =
  /^oauth2-(refresh-token|password|resource-owner(-jwt-bearer)?|token-exchange)$/;

/**
 * The scopes that the token will carry; null if the event does not say, which a program treats as unreadable. A request
 * without scopes at the token endpoint gets the scopes granted before, or all scopes, so it does not mean none.
 *
 * @see https://support.auth0.com/center/s/article/find-requested-scopes-in-actions-for-refresh-token-client-credential-exchange-or-resource-owner-password-grant
 */
export function loginScopes(event: PostLoginEvent): unknown {
  const { protocol, requested_scopes: requested } = event.transaction ?? {};
  const isOne = (protocols: RegExp) => typeof protocol === 'string' && protocols.test(protocol);
  if (isOne(scopeless)) return [];
  if (isOne(atAuthorization)) return requested ?? null;
  const stated = Array.isArray(requested) && requested.length > 0 ? requested : null;
  if (!isOne(atTokenEndpoint)) return stated;
  return (
    words(own(own(own(event, 'request'), 'body'), 'scope')) ??
    stated ??
    (protocol === 'oauth2-refresh-token' ? refreshScopes(event) : null)
  );
}

/**
 * The scopes that the token will carry; null if the event does not say. A request may ask for none (then all are
 * granted), or for more than is granted.
 */
export function exchangeScopes(event: CredentialsExchangeEvent): unknown {
  return event.accessToken?.scope ?? event.transaction?.requested_scopes ?? null;
}

/** The scopes granted to the refresh token for the audience. Auth0 tells them only on Enterprise plans. */
function refreshScopes(event: PostLoginEvent): unknown {
  const audience = event.resource_server?.identifier;
  const entries = event.refresh_token?.resource_servers;
  const granted = Array.isArray(entries) && entries.find((entry) => own(entry, 'audience') === audience);
  return words(own(granted, 'scopes'));
}

function words(text: unknown): readonly string[] | null {
  return typeof text === 'string' ? text.match(/\S+/g) : null;
}

/** The accounts that are linked to the user. */
export function linkedAccounts(event: PostLoginEvent): readonly unknown[] | undefined {
  const linked = event.user?.identities;
  if (!Array.isArray(linked)) return undefined;
  return linked.map((one) => ({
    provider: own(one, 'provider'),
    connection: own(one, 'connection'),
    id: own(one, 'user_id'),
    attributes: own(one, 'profileData'),
  }));
}

/** Auth0's names of the methods by which the user has logged in. */
export function amr(event: PostLoginEvent): readonly unknown[] | undefined {
  return methodsOf(event)?.map((method) => own(method, 'name'));
}

/**
 * The time of the login: that of the session, or else of the oldest login method. A service that requires a recent
 * login must not get a later time than is proven.
 */
export function authTime(event: PostLoginEvent): number | undefined {
  const session = secondsOf(event.session?.authenticated_at);
  if (session !== undefined && session <= refreshableFrom(event)) return session;
  const times = (methodsOf(event) ?? [])
    .map((method) => secondsOf(own(method, 'timestamp')))
    .filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** The methods of the login that the token rests on. */
function methodsOf(event: PostLoginEvent): readonly unknown[] | undefined {
  const methods = event.authentication?.methods;
  const isOfLogin = (method: unknown) => {
    const time = secondsOf(own(method, 'timestamp'));
    return time === undefined || time <= refreshableFrom(event);
  };
  return Array.isArray(methods) ? methods.filter(isOfLogin) : undefined;
}

/**
 * When the refresh token was made, in a refresh. It depends on the login before it. What the user did later in the
 * session says nothing about the application that holds the token.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
 */
function refreshableFrom(event: PostLoginEvent): number {
  return secondsOf(event.refresh_token?.created_at) ?? Number.POSITIVE_INFINITY;
}

function secondsOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** The grant type; undefined for SAML and WS-Federation. */
export function grantType(event: PostLoginEvent): unknown {
  const protocol = event.transaction?.protocol;
  return typeof protocol === 'string' ? own(grantTypes, protocol) : undefined;
}

/** Credentials and proofs of a user's consent: policies cannot read them, and tokens never carry them. */
const credentials =
  /password|secret|assertion|_token$|^(code|code_verifier|otp|mfa_token|auth_req_id|id_token_hint|binding_code)$/i;

/** The request's parameters that are text and not credentials. Callers may send any other shape. */
export function texts(values: unknown): Record<string, string> {
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && !credentials.test(entry[0]);
  return typeof values === 'object' && values !== null && !Array.isArray(values)
    ? Object.fromEntries(Object.entries(values).filter(isText))
    : {};
}
