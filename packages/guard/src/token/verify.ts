import { KeysUnavailable, type VerificationKey } from '../keys/key-store.ts';
import { isSigned } from '../keys/signature.ts';
import { Refused } from '../refused.ts';
import type { KnownIssuer } from '../settings.ts';
import type { Parsed } from './parse.ts';

/** A token whose signature is right. */
export interface Verified {
  readonly issuer: KnownIssuer;
  /** Without the text of the token, because the guard remembers what is verified. */
  readonly parsed: Omit<Parsed, 'signed' | 'signature'>;
  readonly key: VerificationKey;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Checks the signature of a token with a key of its issuer. Algorithms come from the settings, never from the token.
 *
 * @throws {Refused} `algorithm`, `keys`, `key`, `signature`
 */
export async function verifyToken(parsed: Parsed, issuer: KnownIssuer): Promise<Verified> {
  const { id, algorithms, keys } = issuer;
  const { kid, algorithm } = parsed;
  if (!algorithms.includes(algorithm)) throw new Refused({ code: 'algorithm', issuer: id });
  const key = await keys.find(kid, algorithm).catch((cause: unknown) => {
    throw new Refused({ code: cause instanceof KeysUnavailable ? 'keys' : 'internal', issuer: id, cause });
  });
  if (key === undefined) throw new Refused({ code: 'key', issuer: id });
  const { signed, signature, ...rest } = parsed;
  const isRight = await isSigned(key, algorithm, signed, signature).catch(() => false);
  if (!isRight) throw new Refused({ code: 'signature', issuer: id });
  return { issuer, parsed: rest, key, payload: rest.payload };
}
