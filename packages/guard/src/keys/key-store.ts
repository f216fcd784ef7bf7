import { type CryptoKey, importJWK, type JWK } from 'jose';
import { assertNumbers, GuardError } from '../error.ts';
import { fetchJson } from '../fetch-json.ts';
import { isStrong } from './signature.ts';

/** How the keys of an issuer are got. */
export interface KeySettings {
  /** Where its keys are. Default: the issuer's own place below its address. */
  readonly jwksUrl?: string;
  /** The keys themselves, which are then never fetched: a JWK Set. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** How long a fetch may take, in milliseconds. Default 3,000. */
  readonly keysTimeoutMs?: number;
  /** How long keys are used without asking again, in seconds. Default 600. */
  readonly keysFreshSeconds?: number;
  /** How long keys are used while they cannot be fetched, in seconds. Default 3,600. */
  readonly keysStaleSeconds?: number;
}

const limitBytes = 256 * 1024;
const maxKeys = 100;
/** An unknown `kid` makes us ask again, at most this often. */
const cooldownMs = 30_000;
const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;

/** A public key, as jose imports it. */
export type VerificationKey = CryptoKey;

/** The keys could not be got, so nothing is known of a token. */
export class KeysUnavailable extends Error {}

/**
 * The keys of one issuer. At most one fetch is under way. After a fetch, an unknown `kid` starts another one only after
 * 30 seconds; after a failure, waits double from one second to a minute.
 */
export class KeyStore {
  readonly #url: string;
  readonly #settings: KeySettings;
  readonly #now: () => number;
  readonly #imported = new Map<string, { readonly jwk: JWK; readonly key: VerificationKey }>();
  #keys: ReadonlyMap<string, readonly JWK[]> | undefined;
  #fetchedAtMs = 0;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #waitMs = 0;
  #failures = 0;
  #pending: Promise<void> | undefined;

  constructor(url: string, settings: KeySettings, now: () => number) {
    const { keysTimeoutMs, keysFreshSeconds, keysStaleSeconds } = settings;
    assertNumbers({ keysTimeoutMs, keysFreshSeconds, keysStaleSeconds });
    this.#url = settings.jwksUrl ?? url;
    if (settings.jwks === undefined) assertAddress(this.#url, 'the keys at');
    this.#settings = settings;
    this.#now = now;
    if (settings.jwks !== undefined) this.#keys = keysOf(settings.jwks);
  }

  /**
   * The key that a token names.
   *
   * @returns undefined if the issuer has no such key
   * @throws {KeysUnavailable} if that is not known
   */
  async find(kid: string, algorithm: string): Promise<VerificationKey | undefined> {
    const isKnown = this.#keys?.has(kid) === true;
    if (!this.#isFresh() || !isKnown) {
      const attempt = this.#refresh();
      // During an outage, a known key serves while we ask again.
      const isServing = isKnown && this.#failures > 0 && this.#ageMs() < this.#staleMs();
      if (!isServing) await attempt;
    }
    if (this.#keys === undefined || this.#ageMs() >= this.#staleMs()) throw new KeysUnavailable();
    const jwk = this.#keys.get(kid)?.find((one) => fits(one, algorithm));
    if (jwk !== undefined) return await this.#import(jwk, kid, algorithm);
    // While the issuer cannot be asked, the key may be a new one.
    if (this.#failures > 0) throw new KeysUnavailable();
    return undefined;
  }

  /** Fetches keys that are not there yet. Never rejects. */
  async ready(): Promise<void> {
    if (this.#keys === undefined) await this.#refresh();
  }

  /** Whether the issuer still has a key that verified a token before. False if it must be asked first. */
  holds(kid: string, algorithm: string, key: VerificationKey): boolean {
    const isFresh = this.#isFresh();
    if (!isFresh) void this.#refresh();
    const isServing = isFresh || (this.#failures > 0 && this.#ageMs() < this.#staleMs());
    return isServing && this.#imported.get(`${algorithm} ${kid}`)?.key === key;
  }

  #isFresh(): boolean {
    return this.#ageMs() < this.#freshMs();
  }

  #freshMs(): number {
    return (this.#settings.keysFreshSeconds ?? 600) * 1_000;
  }

  #staleMs(): number {
    return Math.max(this.#freshMs(), (this.#settings.keysStaleSeconds ?? 3_600) * 1_000);
  }

  #ageMs(): number {
    if (this.#settings.jwks !== undefined) return 0;
    if (this.#keys === undefined) return Number.POSITIVE_INFINITY;
    const ageMs = this.#now() - this.#fetchedAtMs;
    // After the clock was set back, nobody knows how old they are.
    return ageMs >= 0 ? ageMs : this.#freshMs();
  }

  /** The fetch that is under way or begins; undefined if it is too early for one. Never rejects. */
  #refresh(): Promise<void> | undefined {
    if (this.#settings.jwks !== undefined) return undefined;
    if (this.#pending !== undefined) return this.#pending;
    const sinceMs = this.#now() - this.#triedAtMs;
    // A clock that was set back must not stop us.
    if (sinceMs >= 0 && sinceMs < this.#waitMs) return undefined;
    this.#triedAtMs = this.#now();
    this.#pending = this.#load().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #load(): Promise<void> {
    try {
      const { fetch: send = fetch, keysTimeoutMs = 3_000 } = this.#settings;
      const found = keysOf(await fetchJson(this.#url, { send, timeoutMs: keysTimeoutMs, limitBytes }));
      this.#keys = found;
      this.#fetchedAtMs = this.#now();
      this.#failures = 0;
      this.#waitMs = Math.min(cooldownMs, this.#freshMs());
      this.#keepImported(found);
    } catch {
      this.#waitMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(this.#failures, 10));
      this.#failures += 1;
    }
  }

  /** A key that is as it was stays imported; one that is gone or was replaced does not. */
  #keepImported(keys: ReadonlyMap<string, readonly JWK[]>): void {
    for (const [name, { jwk, key }] of this.#imported) {
      const text = JSON.stringify(jwk);
      const still = keys.get(jwk.kid ?? '')?.find((one) => JSON.stringify(one) === text);
      if (still === undefined) this.#imported.delete(name);
      else this.#imported.set(name, { jwk: still, key });
    }
  }

  async #import(jwk: JWK, kid: string, algorithm: string): Promise<VerificationKey | undefined> {
    const name = `${algorithm} ${kid}`;
    const found = this.#imported.get(name);
    if (found?.jwk === jwk) return found.key;
    try {
      const key = await importJWK(jwk, algorithm);
      // Secrets are bytes; they were left out before.
      if (key instanceof Uint8Array || !isStrong(key)) return undefined;
      this.#imported.set(name, { jwk, key });
      return key;
    } catch {
      return undefined;
    }
  }
}

/**
 * The keys of somebody whose place for keys follows no rule.
 *
 * @throws {GuardError} `settings` if neither the place nor the keys are given
 */
export function keyStoreFor(issuer: string, settings: KeySettings, now: () => number): KeyStore {
  const { jwksUrl, jwks } = settings;
  if (jwks === undefined && jwksUrl === undefined)
    throw new GuardError('settings', `The keys of ${issuer} are missing: give jwks, or jwksUrl with https.`);
  return new KeyStore(jwksUrl ?? '', settings, now);
}

/**
 * Checks the address of an issuer, or of its keys. Keys that come over an open line could be anybody's.
 *
 * @throws {GuardError} `settings`
 */
export function assertAddress(address: string, what: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url?.protocol !== 'https:' && !isLocal)
    throw new GuardError(
      'settings',
      `The guard cannot be set up: ${what} ${address} must have an https address; http is only for this machine.`,
    );
}

/** The signing keys of a JWK Set, by `kid`. @throws if it is not one */
function keysOf(set: unknown): ReadonlyMap<string, readonly JWK[]> {
  const list = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(list) || list.length > maxKeys) throw new TypeError('not a JWK Set');
  const keys = new Map<string, JWK[]>();
  for (const jwk of list) {
    if (typeof jwk !== 'object' || jwk === null || typeof jwk.kid !== 'string') continue;
    if (!['RSA', 'EC', 'OKP', 'AKP'].includes(jwk.kty) || (jwk.use !== undefined && jwk.use !== 'sig'))
      continue;
    keys.set(jwk.kid, [...(keys.get(jwk.kid) ?? []), jwk]);
  }
  return keys;
}

/** Whether a key may verify an algorithm; `importJWK` refuses keys of another curve. */
function fits({ kty, alg }: JWK, algorithm: string): boolean {
  if (alg !== undefined) return alg === algorithm;
  const [family = ''] = /^(?:RS|PS|ES|Ed|ML)/.exec(algorithm) ?? [];
  return { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP', ML: 'AKP' }[family] === kty;
}
