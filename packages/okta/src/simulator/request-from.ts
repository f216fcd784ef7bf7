import { createHash } from 'node:crypto';
import type { MadeClaims } from './evaluate-native.ts';
import type { OktaIssuance } from './issuance.ts';
import type { KnownIssuance } from './known-issuance.ts';

/** A request to a token inline hook, as Okta sends it. */
export interface HookRequest {
  readonly eventId: string;
  readonly eventTime: string;
  readonly eventType: 'com.okta.oauth2.tokens.transform';
  readonly eventTypeVersion: '1.0';
  readonly cloudEventVersion: '0.1';
  readonly contentType: 'application/json';
  readonly source: string;
  readonly data: {
    readonly context: Readonly<Record<string, unknown>>;
    readonly identity?: HookToken;
    readonly access?: HookToken & { readonly scopes: Readonly<Record<string, unknown>> };
    readonly refresh_token?: Readonly<Record<string, unknown>>;
  };
}

export interface HookToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly token: { readonly lifetime: { readonly expiration: number } };
}

/**
 * The request that Okta sends to the hook for an issuance, with its native claims evaluated.
 *
 * @param lifetimeSeconds of the tokens, by the rule of the access policy
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/other/create-token-hook/
 */
export function requestFrom(
  issuance: KnownIssuance,
  native: MadeClaims,
  nowSeconds: number,
  lifetimeSeconds: number,
): HookRequest {
  const { tokens, request, authorizationServer } = issuance;
  const token = { lifetime: { expiration: lifetimeSeconds } };
  const authTime = authTimeOf(issuance);
  const eventSeconds = Math.max(nowSeconds, authTime ?? nowSeconds);
  return {
    eventId: idOf('event', JSON.stringify([issuance, nowSeconds])),
    eventTime: new Date(eventSeconds * 1000).toISOString(),
    eventType: 'com.okta.oauth2.tokens.transform',
    eventTypeVersion: '1.0',
    cloudEventVersion: '0.1',
    contentType: 'application/json',
    source: endpointOf(issuance),
    data: {
      context: contextOf(issuance, eventSeconds),
      ...(tokens.id
        ? { identity: { claims: { ...idClaims(issuance, authTime), ...native.id }, token } }
        : {}),
      ...(tokens.access
        ? {
            access: {
              claims: { ...accessClaims(issuance, authTime), ...native.access },
              token,
              scopes: Object.fromEntries(
                request.scopes.map((name) => [
                  name,
                  { id: idOf('scp', authorizationServer.issuer, name), action: 'GRANT' },
                ]),
              ),
            },
          }
        : {}),
      ...(isRefresh(issuance) ? { refresh_token: refreshToken(issuance) } : {}),
    },
  };
}

function isRefresh({ request }: KnownIssuance): boolean {
  return request.grantType === 'refresh_token';
}

/** In Unix seconds; undefined without a user, or if unknown. */
function authTimeOf({ user, session }: KnownIssuance): number | undefined {
  const time = user === undefined ? undefined : session?.authenticatedAt;
  return time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}

/** Grant types for which Okta calls the hook when it makes the code or the tokens; for others, when they are fetched. */
const atAuthorization = ['authorization_code', 'implicit'];

function endpointOf({ authorizationServer, request }: KnownIssuance): string {
  const endpoint = atAuthorization.includes(request.grantType) ? 'authorize' : 'token';
  return `${authorizationServer.issuer}/v1/${endpoint}`;
}

function contextOf(issuance: KnownIssuance, eventSeconds: number): Readonly<Record<string, unknown>> {
  const { app, request, user, session, authorizationServer } = issuance;
  return {
    request: {
      id: 'req0000000000000000000',
      method: atAuthorization.includes(request.grantType) ? 'GET' : 'POST',
      url: { value: addressOf(issuance) },
      ...(request.ip === undefined ? {} : { ipAddress: request.ip }),
    },
    protocol: {
      type: 'OAUTH2.0',
      request: protocolRequest(issuance),
      ...(isRefresh(issuance)
        ? { originalGrant: { authorization: codeRequest(issuance), refresh_token: refreshToken(issuance) } }
        : {}),
      issuer: { uri: authorizationServer.issuer },
      client: { id: app.clientId, name: app.name, type: app.type },
    },
    ...(session === undefined || user === undefined
      ? {}
      : { session: sessionOf(session, user, eventSeconds) }),
    ...(user === undefined ? {} : { user: userOf(user) }),
    policy: { id: '00p00000000000000000', rule: { id: '0pr00000000000000000' } },
  };
}

function protocolRequest(issuance: KnownIssuance): Readonly<Record<string, unknown>> {
  const { app, request, tokens } = issuance;
  const scope = request.scopes.join(' ');
  switch (request.grantType) {
    case 'authorization_code':
      return codeRequest(issuance);
    case 'implicit': {
      const types = [tokens.id ? 'id_token' : '', tokens.access ? 'token' : ''].filter((type) => type !== '');
      return { ...codeRequest(issuance), response_type: types.join(' '), response_mode: 'fragment' };
    }
    case 'refresh_token':
      return { client_id: app.clientId, scope };
    default:
      return { client_id: app.clientId, grant_type: request.grantType, scope };
  }
}

function codeRequest({ app, request }: KnownIssuance): Readonly<Record<string, unknown>> {
  return {
    scope: request.scopes.join(' '),
    state: 'state',
    redirect_uri: 'https://app.example/callback',
    response_mode: 'query',
    response_type: 'code',
    client_id: app.clientId,
  };
}

function addressOf(issuance: KnownIssuance): string {
  const params = new URLSearchParams(issuance.request.params);
  if (atAuthorization.includes(issuance.request.grantType)) {
    const standard = Object.entries(protocolRequest(issuance)).map(
      ([name, value]) => [name, String(value)] as const,
    );
    for (const [name, value] of standard) params.append(name, value);
  }
  const query = params.toString();
  return endpointOf(issuance) + (query === '' ? '' : `?${query}`);
}

function userOf({ id, profile }: NonNullable<OktaIssuance['user']>): Readonly<Record<string, unknown>> {
  const { login, firstName, lastName, locale, timezone } = profile;
  return withoutUndefined({
    id,
    profile: withoutUndefined({ login, firstName, lastName, locale, timeZone: timezone }),
    _links: {
      groups: { href: `https://okta.example/api/v1/users/${encodeURIComponent(id)}/groups` },
      factors: { href: `https://okta.example/api/v1/users/${encodeURIComponent(id)}/factors` },
    },
  });
}

function sessionOf(
  { id: sessionId, authenticatedAt, amr, idp }: NonNullable<KnownIssuance['session']>,
  { id, profile }: NonNullable<OktaIssuance['user']>,
  eventSeconds: number,
) {
  return withoutUndefined({
    id: sessionId,
    // Okta may begin a session long after the login.
    createdAt: new Date(eventSeconds * 1000).toISOString(),
    lastPasswordVerification: authenticatedAt,
    // Sessions have another word for it than tokens.
    amr: amr?.map((method) => (method === 'pwd' ? 'PASSWORD' : method)),
    userId: id,
    login: profile['login'],
    status: 'ACTIVE',
    idp: idp === undefined ? undefined : { id: idp, type: 'OKTA' },
    mfaActive: false,
  });
}

function accessClaims(
  { app, user, authorizationServer }: KnownIssuance,
  authTime: number | undefined,
): Readonly<Record<string, unknown>> {
  return {
    ver: 1,
    jti: idOf('AT', app.clientId, user?.id ?? ''),
    iss: authorizationServer.issuer,
    aud: authorizationServer.audience,
    cid: app.clientId,
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(user === undefined ? { sub: app.clientId } : { uid: user.id, sub: user.profile['login'] ?? user.id }),
  };
}

function idClaims(
  { app, user, session, request, authorizationServer }: KnownIssuance,
  authTime: number | undefined,
) {
  return {
    sub: user?.id ?? '',
    ver: 1,
    iss: authorizationServer.issuer,
    aud: app.clientId,
    jti: idOf('ID', app.clientId, user?.id ?? ''),
    ...(session?.idp === undefined ? {} : { idp: session.idp }),
    ...(session?.amr === undefined ? {} : { amr: session.amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...systemClaims(user?.profile ?? {}, request.scopes),
  };
}

/**
 * The claims that Okta itself puts into ID tokens, by the scopes that ask for them. A recorded request has them even
 * beside an access token, unlike the documentation of thin ID tokens.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#scope-dependent-claims-not-always-returned
 */
function systemClaims(profile: Readonly<Record<string, unknown>>, scopes: readonly string[]) {
  const { displayName, login, firstName, middleName, lastName, nickName, locale, timezone } = profile;
  const { profileUrl, email, primaryPhone } = profile;
  return withoutUndefined({
    ...(scopes.includes('profile')
      ? {
          name: displayName,
          preferred_username: login,
          given_name: firstName,
          middle_name: middleName,
          family_name: lastName,
          nickname: nickName,
          locale,
          zoneinfo: timezone,
          profile: profileUrl,
        }
      : {}),
    ...(scopes.includes('email') && email !== undefined ? { email, email_verified: true } : {}),
    ...(scopes.includes('phone') ? { phone_number: primaryPhone } : {}),
  });
}

function refreshToken({ app, user }: KnownIssuance) {
  return { jti: idOf('oar', app.clientId, user?.id ?? '') };
}

/** Ids that look like Okta's, the same for the same issuance. */
function idOf(prefix: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return `${prefix}${prefix.length > 2 ? '' : '.'}${digest.slice(0, 17)}`;
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
