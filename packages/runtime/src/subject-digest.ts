/** The digest of Node's `createHmac`, which is given because code that is bundled into an issuer imports nothing. */
export type CreateHmac = (
  algorithm: string,
  key: string,
) => { update(text: string): { digest(encoding: 'base64url'): string } };

/** The fewest characters of a key. With a shorter one, users could be found by trying keys. */
export const auditKeyLeastCharacters = 32;

/**
 * The keyed digest that stands for a user in an audit: HMAC-SHA-256 of the user's id at the issuer, its first 128 bits as
 * base64url. Undefined without a user, and without a key of 32 characters: a digest that everybody can compute would
 * name the user.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
export function subjectDigest(createHmac: CreateHmac, key: unknown, subject: unknown): string | undefined {
  if (typeof key !== 'string' || key.length < auditKeyLeastCharacters) return undefined;
  if (typeof subject !== 'string' || subject === '') return undefined;
  return createHmac('sha256', key).update(subject).digest('base64url').slice(0, 22);
}
