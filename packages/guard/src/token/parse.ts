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
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

/**
 * Reads what is needed to verify a token.
 *
 * @throws {Refused} `format`
 */
export function parseToken(token: string): Parsed {
  const [, header, payload] = compact.exec(token) ?? [];
  if (header === undefined || payload === undefined) throw new Refused({ code: 'format' });
  const { kid, alg, typ, crit } = objectIn(header);
  const { iss } = objectIn(payload);
  const isTyp = typ === undefined || typeof typ === 'string';
  // An extension in `crit` changes what the signature covers, and we know none.
  if (typeof kid !== 'string' || typeof alg !== 'string' || !isTyp || crit !== undefined)
    throw new Refused({ code: 'format' });
  if (typeof iss !== 'string') throw new Refused({ code: 'issuer' });
  return { kid, algorithm: alg, typ: typ?.toLowerCase().replace(/^application\//, '') ?? null, issuer: iss };
}

function objectIn(base64url: string): Readonly<Record<string, unknown>> {
  return objectOf(Buffer.from(base64url, 'base64url'));
}

/** @throws {Refused} `format` */
export function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.decode(bytes));
    if (isObject(value)) return value;
  } catch {
    // The same as another value.
  }
  throw new Refused({ code: 'format' });
}

const text = new TextDecoder('utf-8', { fatal: true });
