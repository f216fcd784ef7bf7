import { isObject } from '../contract/value-type.ts';
import { Refused } from '../refused.ts';

/** A token whose signature nobody has checked yet. */
export interface Parsed {
  readonly kid: string;
  readonly algorithm: string;
  /** In lower case, without `application/`; null: none. */
  readonly typ: string | null;
  /** `iss`. Only chooses the keys. */
  readonly issuer: string;
  /** The header and the payload as text, with the dot between them: what the signature covers. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  /** Read from `signed`. */
  readonly payload: Readonly<Record<string, unknown>>;
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Reads what is needed to verify a token.
 *
 * @throws {Refused} `format`
 */
export function parseToken(token: string): Parsed {
  const [, header, body, signature] = compact.exec(token) ?? [];
  if (header === undefined || body === undefined || signature === undefined)
    throw new Refused({ code: 'format' });
  // The last character has bits that mean nothing. With others, the same token would have another text.
  const signatureBytes = Buffer.from(signature, 'base64url');
  if (signatureBytes.toString('base64url') !== signature) throw new Refused({ code: 'format' });
  const { kid, alg, typ, crit } = objectIn(header);
  const payload = objectIn(body);
  const { iss } = payload;
  const isTyp = typ === undefined || typeof typ === 'string';
  // An extension in `crit` changes what the signature covers, and we know none.
  if (typeof kid !== 'string' || typeof alg !== 'string' || !isTyp || crit !== undefined)
    throw new Refused({ code: 'format' });
  if (typeof iss !== 'string') throw new Refused({ code: 'issuer' });
  return {
    kid,
    algorithm: alg,
    typ: typ?.toLowerCase().replace(/^application\//, '') ?? null,
    issuer: iss,
    signed: token.slice(0, -signature.length - 1),
    signature: signatureBytes,
    payload,
  };
}

function objectIn(base64url: string): Readonly<Record<string, unknown>> {
  return objectOf(Buffer.from(base64url, 'base64url'));
}

/** @throws {Refused} `format` */
function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.decode(bytes));
    if (isObject(value)) return value;
  } catch {
    // The same as another value.
  }
  throw new Refused({ code: 'format' });
}

const text = new TextDecoder('utf-8', { fatal: true });
