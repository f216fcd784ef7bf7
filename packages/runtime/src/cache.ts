/** Where answers are kept between issuances. It may lose, refuse or throw: each is a miss, never a failure. */
export interface Cache {
  get(key: string): Cached | undefined;
  set(key: string, entry: Cached, ttlSeconds: number): void;
}

export interface Cached {
  readonly value: unknown;
  /** Unix time at which the answer was true, as far as is known: when it came, less its own age. */
  readonly storedSeconds: number;
}

/** A kept answer with its age in seconds; undefined when there is none that is surely within `maxAgeMs`. */
export function recall(cache: Cache, key: string, maxAgeMs: number) {
  try {
    const entry = cache.get(key);
    if (entry?.value === undefined) return undefined;
    const ageSeconds = Date.now() / 1000 - entry.storedSeconds;
    // Written so that NaN, and a stamp from the future, count as a miss.
    return ageSeconds >= 0 && ageSeconds * 1000 < maxAgeMs ? { value: entry.value, ageSeconds } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer for what is left of `maxAgeMs`. */
export function keep(
  cache: Cache,
  key: string,
  { value, ageSeconds }: { readonly value: unknown; readonly ageSeconds: number },
  maxAgeMs: number,
): void {
  const ttlSeconds = Math.floor(maxAgeMs / 1000 - ageSeconds);
  if (ttlSeconds < 1) return;
  try {
    cache.set(key, { value, storedSeconds: Date.now() / 1000 - ageSeconds }, ttlSeconds);
  } catch {
    // The answer stands without it.
  }
}
