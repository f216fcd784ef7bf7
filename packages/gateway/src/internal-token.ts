import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { Token } from '@claimsmith/guard';
import { ServerError } from '@claimsmith/server';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

/** `typ` of internal tokens, so that nobody takes one for an access token. */
export const internalTyp = 'internal+jwt';

/** Claims by their names in the spec. */
export interface Claims {
  readonly authority: Readonly<Record<string, unknown>>;
  readonly descriptive: Readonly<Record<string, unknown>>;
}

/** Claims that were looked up just now. */
export interface Found extends Claims {
  /** After how many seconds one of them is older than its `maxAge`. */
  readonly freshSeconds: number;
}

/** Signs tokens for services behind the gateway. */
export interface Signer {
  /**
   * A token that says to services what an access token says.
   *
   * It lives no longer than its claims are fresh.
   *
   * @param found claims that were looked up
   * @param audience the API
   */
  sign(token: Token, found: Found | undefined, audience: string): string;
  /** The JWK Set for services. */
  readonly keys: string;
}

export interface SignerOptions {
  /** `iss`. */
  readonly issuer: string;
  /** At most 60. */
  readonly lifetimeSeconds: number;
  /** A private key in PEM (PKCS #8): EC P-256, Ed25519, or RSA of 2,048 bits or more. */
  readonly key: string;
  /** A further key, which services learn before it signs, or as long as its tokens live. */
  readonly nextKey: string | undefined;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: 'ES256' | 'EdDSA' | 'RS256';
  readonly jwk: JWK & { readonly kid: string };
}

/** @throws ServerError `configuration` if a key cannot be used */
export async function createSigner(options: SignerOptions): Promise<Signer> {
  const { issuer, lifetimeSeconds, nextKey, now = Date.now } = options;
  const current = await signingKey('SIGNING_KEY', options.key);
  const next = nextKey === undefined ? undefined : await signingKey('SIGNING_KEY_NEXT', nextKey);
  const { algorithm, key, jwk } = current;
  const header = encode({ alg: algorithm, typ: internalTyp, kid: jwk.kid });
  // Two numbers of a point, as JWS has them, and not their DER form.
  const signed = { key, dsaEncoding: 'ieee-p1363' } as const;
  const digest = algorithm === 'EdDSA' ? null : 'sha256';
  return {
    sign(token, found, audience) {
      const issuedAt = Math.floor(now() / 1_000);
      const freshSeconds = Math.min(lifetimeSeconds, found?.freshSeconds ?? lifetimeSeconds);
      const expiresAt = Math.floor(Math.min(issuedAt + freshSeconds, token.freshUntil));
      const text = `${header}.${encode(payloadOf(token, found, { issuer, audience, issuedAt, expiresAt }))}`;
      return `${text}.${sign(digest, Buffer.from(text), signed).toString('base64url')}`;
    },
    keys: JSON.stringify({ keys: [current, ...(next === undefined ? [] : [next])].map(({ jwk }) => jwk) }),
  };
}

/** Claims have objects of their own, so that none of them passes for a registered one. */
function payloadOf(
  token: Token,
  found: Claims | undefined,
  times: { issuer: string; audience: string; issuedAt: number; expiresAt: number },
) {
  const { subject, client, scopes, acr, authenticatedAt, actor, kind } = token;
  const { authorizationDetails } = token;
  return {
    iss: times.issuer,
    aud: times.audience,
    sub: subject,
    iat: times.issuedAt,
    exp: times.expiresAt,
    jti: randomUUID(),
    client_id: client,
    scope: scopes.join(' '),
    acr,
    auth_time: authenticatedAt,
    act: actor === undefined ? undefined : { sub: actor },
    authorization_details: authorizationDetails.length === 0 ? undefined : authorizationDetails,
    issuer: token.issuer,
    kind,
    authority: { ...token.authority, ...found?.authority },
    descriptive: { ...token.descriptive, ...found?.descriptive },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function signingKey(name: string, pem: string): Promise<SigningKey> {
  const refuse = (why: string) => new ServerError('configuration', `${name} ${why}`);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Its message may quote the key.
    throw refuse('is not a private key in PEM');
  }
  const algorithm = algorithmOf(key);
  if (algorithm === undefined)
    throw refuse('must be a key of EC P-256, Ed25519, or RSA with 2,048 bits or more');
  const jwk = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(jwk);
  return { key, algorithm, jwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}

function algorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): SigningKey['algorithm'] | undefined {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  const isStrong = (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
  return asymmetricKeyType === 'rsa' && isStrong ? 'RS256' : undefined;
}
