import { scryptSync } from 'node:crypto';
import type { Secret } from '@claimsmith/core';

/** What is shown in place of a secret. */
const shown = '(secret)';

/** Memory 16 MB, about 50 ms: a digest in a journal that leaks is slow to guess even with the journal's key. */
const cost = { N: 16_384, r: 8, p: 1 } as const;

/** A secret that a careless log, error or file cannot show. Only `reveal` gives the value. */
export class KeptSecret implements Secret {
  readonly #value: string;
  readonly #key: Uint8Array;
  #digest: string | undefined;

  /** @param key the journal's random key */
  constructor(value: string, key: Uint8Array) {
    this.#value = value;
    this.#key = key;
  }

  reveal(): string {
    return this.#value;
  }

  /** Computed on first use; equal for equal values under one key. */
  get digest(): string {
    this.#digest ??= `scrypt:${scryptSync(this.#value, this.#key, 24, cost).toString('base64url')}`;
    return this.#digest;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  // Node's own name for it would put Node's types into ours.
  static {
    Object.defineProperty(KeptSecret.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => shown,
    });
  }
}
