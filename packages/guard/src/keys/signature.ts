import type { CryptoKey } from 'jose';

/**
 * Whether a key has signed a text. The key was imported for one algorithm, so a token cannot choose another.
 *
 * jose's `compactVerify` would parse the token once more, which costs a tenth of the whole check.
 *
 * @param algorithm the `alg` that the key was imported for
 * @param signed the header and the payload, with the dot between them
 */
export async function isSigned(
  key: CryptoKey,
  algorithm: string,
  signed: string,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify(
    parametersOf(key, algorithm),
    key,
    signature,
    Buffer.from(signed, 'latin1'),
  );
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3 */
function parametersOf(key: CryptoKey, algorithm: string) {
  const { name } = key.algorithm;
  const bits = Number(algorithm.slice(2));
  if (algorithm.startsWith('PS')) return { name, saltLength: bits / 8 };
  return algorithm.startsWith('ES') ? { name, hash: `SHA-${bits}` } : { name };
}

/** RSA keys with fewer bits are too weak. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
export function isStrong({ algorithm }: CryptoKey): boolean {
  return !('modulusLength' in algorithm) || Number(algorithm.modulusLength) >= 2_048;
}
