/** Bytes of a JWS signature by algorithm. RS and PS are those of the key size named. */
export const signatureBytes = {
  HS256: 32,
  ES256: 64,
  EdDSA: 64,
  ES384: 96,
  ES512: 132,
  RS256: 256,
  PS256: 256,
  'RS256-3072': 384,
  'RS256-4096': 512,
  'ML-DSA-44': 2420,
  'ML-DSA-65': 3309,
  'ML-DSA-87': 4627,
} as const;

/** A key of {@link signatureBytes}: the `alg` of a JWS, with the size of the key where that is not 2048 bits. */
export type SignatureAlgorithm = keyof typeof signatureBytes;

/**
 * The exact length of a compact JWS: header, payload and signature in base64url without padding, and two dots.
 *
 * @param header as it is signed; Auth0's is `{"alg":"RS256","typ":"JWT","kid":"…"}` with a kid of 21 characters
 * @param algorithm default RS256 with a key of 2,048 bits
 * @returns bytes, the same as characters
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 */
export function tokenBytes(
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  algorithm: SignatureAlgorithm = 'RS256',
): number {
  return signedBytes(jsonBytes(header), jsonBytes(payload), algorithm);
}

/** {@link tokenBytes} by the bytes of header and payload as JSON. */
export function signedBytes(
  headerBytes: number,
  payloadBytes: number,
  algorithm: SignatureAlgorithm = 'RS256',
): number {
  return (
    base64Length(headerBytes) + 1 + base64Length(payloadBytes) + 1 + base64Length(signatureBytes[algorithm])
  );
}

/** The header of an access token as issuers write it. */
export const usualHeader = { alg: 'RS256', typ: 'JWT', kid: '0123456789abcdefghijk' } as const;

/** The claims that an issuer writes itself, with values as long as usual. */
export function usualClaims(given: {
  readonly subject?: unknown;
  readonly audience?: unknown;
  readonly client?: unknown;
  readonly scope: string;
}): Readonly<Record<string, unknown>> {
  return {
    iss: 'https://tenant.eu.issuer.example/',
    sub: given.subject ?? 'subject|0123456789abcdef01234567',
    aud: given.audience ?? 'https://api.example.com/',
    iat: 1_767_225_600,
    exp: 1_767_226_200,
    azp: given.client ?? '0123456789abcdefghijklmnopqrstuv',
    scope: given.scope,
  };
}

/** The header of an access token of Keycloak. The `kid` of Cognito is as long. */
export const longestHeader = { ...usualHeader, kid: '0123456789abcdefghijklmnopqrstuvwxyz0123456' } as const;
/** What access tokens of Keycloak have by default besides {@link usualClaims}: more than those of the other issuers. */
export const furtherClaims = {
  auth_time: 1_767_225_600,
  jti: 'onrtac:01234567-89ab-cdef-0123-456789abcdef',
  typ: 'Bearer',
  sid: '01234567-89ab-cdef-0123-456789abcdef',
  acr: '1',
  'allowed-origins': ['https://app.example.com'],
  realm_access: { roles: ['default-roles-realm', 'offline_access', 'uma_authorization'] },
  resource_access: { account: { roles: ['manage-account', 'manage-account-links', 'view-profile'] } },
  email_verified: true,
  name: '0123456789abcdefghijklmnopqrstuv',
  preferred_username: '0123456789abcdefghijklmnopqrstuv@example.com',
  given_name: '0123456789abcdef',
  family_name: '0123456789abcdef',
  email: '0123456789abcdefghijklmnopqrstuv@example.com',
} as const;

/** UTF-8 bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value) ?? '';
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // JSON.stringify escapes lone surrogates, so every surrogate here is half of a 4-byte character.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

function base64Length(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}
