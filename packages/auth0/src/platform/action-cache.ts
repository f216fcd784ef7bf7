import type { Cache } from '@claimsmith/runtime';
import { cacheLifetimeLimitMs, cacheValueLimitBytes } from '../limits.ts';
import type { ActionCache } from './api.ts';

/**
 * Keeps answers in the trigger's cache. It is small, shared with the tenant's other Actions and may forget at
 * any time. Keys there are too short for ours, so that a hash stands for the key: two keys with one hash push each
 * other out, and never answer for each other, since an entry repeats its key in full.
 */
export function actionCache(cache: ActionCache): Cache {
  return {
    get: (key) => cache.get(hash(key))?.value,
    set(key, text, ttlSeconds) {
      if (Buffer.byteLength(text) > cacheValueLimitBytes) return;
      cache.set(hash(key), text, { ttl: Math.min(ttlSeconds * 1000, cacheLifetimeLimitMs) });
    },
  };
}

/** FNV-1a: spreads keys evenly. It does not have to resist attacks, because an entry repeats its key. */
function hash(key: string): string {
  let bits = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) bits = Math.imul(bits ^ key.charCodeAt(i), 0x01000193);
  return `claimsmith:${bits}`;
}
