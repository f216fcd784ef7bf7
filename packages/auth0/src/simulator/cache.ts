import { cacheLifetimeLimitMs, cacheLimits } from '../limits.ts';

/** Entries of a trigger's cache: text, and the Unix time in milliseconds at which the entry expires. */
export type CacheEntries = Map<string, { readonly value: string; readonly expires_at: number }>;

/** `api.cache`. Too large values are returned as an error; values that are not text throw. */
export function simulatedCache(entries: CacheEntries, now: () => number) {
  const live = () => {
    for (const [key, { expires_at }] of entries) if (expires_at <= now()) entries.delete(key);
    return entries;
  };
  return {
    get: (key: unknown) => (typeof key === 'string' ? live().get(key) : undefined),
    set(key: unknown, value: unknown, options?: { ttl?: unknown; expires_at?: unknown } | null) {
      if (typeof key !== 'string' || typeof value !== 'string')
        throw new TypeError('A key and a value of the cache are strings.');
      const expires_at = expiryOf(options ?? {}, now());
      const code = problemOf(key, value, live()) ?? expiryProblem(expires_at, now());
      if (code !== undefined) return error(code);
      const record = { value, expires_at };
      entries.set(key, record);
      return { type: 'success', record };
    },
    delete: (key: unknown) =>
      typeof key === 'string' && live().delete(key) ? { type: 'success' } : error('CacheKeyDoesNotExist'),
  };
}

function error(code: string) {
  return { type: 'error', code };
}

function problemOf(key: string, value: string, entries: CacheEntries): string | undefined {
  if (Buffer.byteLength(key) > cacheLimits.keyBytes) return 'CacheKeySizeExceeded';
  if (Buffer.byteLength(value) > cacheLimits.valueBytes) return 'CacheValueSizeExceeded';
  const others = [...entries].filter(([other]) => other !== key);
  const bytes = others.reduce((sum, [other, entry]) => sum + byteLength(other, entry.value), 0);
  const isFull = others.length >= cacheLimits.entries;
  return isFull || bytes + byteLength(key, value) > cacheLimits.totalBytes ? 'CacheSizeExceeded' : undefined;
}

/** The earlier of two times; NaN if one is not a number of milliseconds. */
function expiryOf({ ttl, expires_at }: { ttl?: unknown; expires_at?: unknown }, nowMs: number): number {
  const lifetimeMs = ttl === undefined ? undefined : wholeOf(ttl);
  const end = expires_at === undefined ? undefined : wholeOf(expires_at);
  if (lifetimeMs === undefined) return end ?? nowMs + cacheLimits.defaultLifetimeMs;
  return Math.min(nowMs + Math.min(lifetimeMs, cacheLifetimeLimitMs), end ?? Number.POSITIVE_INFINITY);
}

function wholeOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : Number.NaN;
}

function expiryProblem(expiresAt: number, nowMs: number): string | undefined {
  if (expiresAt <= nowMs) return 'ItemAlreadyExpired';
  return Number.isSafeInteger(expiresAt) ? undefined : 'InvalidExpiry';
}

function byteLength(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}
