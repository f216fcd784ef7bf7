import type { Reply } from './request.ts';

/**
 * Keeps answers between issuances, as texts. It may lose entries, refuse them, throw, or mix up its keys. Each of these
 * counts as a miss; an answer is never used for another question.
 */
export interface Cache {
  get(key: string): unknown;
  set(key: string, text: string, ttlSeconds: number): void;
}

/** A kept answer with its age in seconds; undefined unless it is certainly within `maxAgeMs`. */
export function recall(cache: Cache, key: string, maxAgeMs: number) {
  try {
    const text = cache.get(key);
    if (typeof text !== 'string') return undefined;
    const [of, value, storedSeconds] = JSON.parse(text);
    const ageSeconds = Date.now() / 1000 - storedSeconds;
    // Written so that NaN and a time in the future count as a miss.
    if (of !== key || !(ageSeconds >= 0 && ageSeconds * 1000 < maxAgeMs)) return undefined;
    return { value, ageSeconds };
  } catch {
    return undefined;
  }
}

/**
 * Keeps an answer for the rest of `maxAgeMs`, with the time at which it was true. A failure overwrites an earlier answer,
 * which is no longer valid.
 */
export function keep(
  cache: Cache,
  key: string,
  { failure, value, ageSeconds = 0 }: Reply,
  maxAgeMs: number,
): void {
  const ttlSeconds = failure === undefined ? Math.floor(maxAgeMs / 1000 - ageSeconds) : 1;
  if (ttlSeconds < 1) return;
  try {
    const storedSeconds = Date.now() / 1000 - ageSeconds;
    const text = failure === undefined ? JSON.stringify([key, value, storedSeconds]) : '';
    cache.set(key, text, ttlSeconds);
  } catch {
    // The answer can be used even if it cannot be cached. A cache that cannot be written does not hold our answers either.
  }
}
