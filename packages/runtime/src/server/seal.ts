import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Seals data that leaves this process: only holders of the secret can read or forge it. */
export interface Seal {
  /** The name of a key in the shared cache, which reveals nothing about the key. */
  readonly nameOf: (key: string) => string;
  readonly seal: (key: string, text: string) => Buffer;
  /** The text; undefined if it was not sealed with this secret for this key, or was changed. */
  readonly open: (key: string, sealed: Buffer) => string | undefined;
}

/**
 * @param secret only those who may read and write know it
 * @param scope separates holders of the same secret: entries of one scope are unreadable in another
 */
export function sealWith(secret: string, scope: string): Seal {
  const derive = (purpose: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([purpose, scope]))
      .digest();
  const textKey = derive('text');
  const nameKey = derive('name');
  return {
    nameOf: (key) => `claimsmith:${createHmac('sha256', nameKey).update(key).digest('base64url')}`,
    seal(key, text) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, textKey, nonce).setAAD(Buffer.from(key));
      const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
      return Buffer.concat([nonce, sealing.getAuthTag(), sealed]);
    },
    open(key, sealed) {
      try {
        const nonce = sealed.subarray(0, nonceBytes);
        const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
        const opening = createDecipheriv(cipher, textKey, nonce, { authTagLength: tagBytes })
          .setAAD(Buffer.from(key))
          .setAuthTag(tag);
        const rest = sealed.subarray(nonceBytes + tagBytes);
        return Buffer.concat([opening.update(rest), opening.final()]).toString('utf8');
      } catch {
        // Sealed with another secret, for another key, or changed since: counts as a miss.
        return undefined;
      }
    },
  };
}
