import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';

/** An access token of another Okta authorization server than the one that calls the hook. */
export interface OAuthAuthentication {
  readonly kind: 'oauth';
  readonly issuer: string;
  readonly audience: string;
  /** The client that Okta calls as: the token's `cid`. */
  readonly clientId: string;
  /** A scope that the token must hold: in its `scp`. */
  readonly scope: string;
  /** Where the issuer publishes its keys, https or on this machine; or the keys. */
  readonly jwks: URL | string | JSONWebKeySet;
}

/**
 * The timeout for one request for keys, in milliseconds. With the hook's other work, it must fit into Okta's waiting
 * time.
 */
const keysTimeoutMs = 1_000;

/** How far the clocks of Okta and ours may be apart. */
const clockToleranceSeconds = 30;

/** @returns whether an Authorization header holds a token of Okta's for this hook. It never rejects. */
export function createBearerVerifier({
  issuer,
  audience,
  clientId,
  scope,
  jwks,
}: OAuthAuthentication): (value: string) => Promise<boolean> {
  const keys: JWTVerifyGetKey =
    typeof jwks === 'string' || jwks instanceof URL
      ? createRemoteJWKSet(new URL(jwks), { timeoutDuration: keysTimeoutMs })
      : createLocalJWKSet(jwks);
  const options = {
    algorithms: ['RS256'],
    issuer,
    audience,
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceSeconds,
  };
  return async (value) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(value)?.[1];
    if (token === undefined) return false;
    try {
      const { payload } = await jwtVerify(token, keys, options);
      return payload['cid'] === clientId && Array.isArray(payload['scp']) && payload['scp'].includes(scope);
    } catch {
      return false;
    }
  };
}
