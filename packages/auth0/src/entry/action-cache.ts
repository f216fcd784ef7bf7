import type { Cache } from '@claimsmith/runtime';
import { cacheLimits } from '../limits.ts';
import type { ActionCache } from './api.ts';
import { fits } from './bytes.ts';

/**
 * Keeps answers in the trigger's cache. It is small, shared with the tenant's other Actions and may forget at
 * any time. Keys there are too short for ours, so that a digest stands for the key and the entry repeats it in
 * full: two keys with one digest push each other out, and never answer for each other.
 */
export function actionCache(cache: ActionCache): Cache {
  return {
    get(key) {
      const text = cache.get(digest(key))?.value;
      if (typeof text !== 'string') return undefined;
      const entry = JSON.parse(text);
      return entry.key === key ? entry : undefined;
    },
    set(key, entry, ttlSeconds) {
      const text = JSON.stringify({ key, ...entry });
      if (!fits(text, cacheLimits.valueBytes)) return;
      cache.set(digest(key), text, { ttl: Math.min(ttlSeconds * 1000, cacheLimits.lifetimeMs) });
    },
  };
}

/** FNV-1a in two lanes, 64 bits: spreads, and need not resist anyone. */
function digest(key: string): string {
  let a = 0x811c9dc5;
  let b = 0x050c5d1f;
  for (let i = 0; i < key.length; i++) {
    a = Math.imul(a ^ key.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ key.charCodeAt(i), 0x85ebca6b);
  }
  return `claimsmith:${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}
