import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache.ts';
import type { Need, SourceFailure } from '../program.ts';

const entryLimit = 10_000;
/** Of all keys and texts together, in UTF-16 units. */
const sizeLimit = 16_000_000;
/** The longest time for which a lasting failure is believed without asking again. */
export const failureMs = 5000;

/**
 * The identity of a question: two questions have the same key only if they are the same. Where a policy changes,
 * its revision does.
 */
export function keyOf(revision: string, need: Need): string {
  if ('url' in need) return JSON.stringify([revision, need.source, need.url]);
  const parameters = Object.entries(need.parameters).map(([name, value]) => [
    name,
    typeof value,
    String(value),
  ]);
  return JSON.stringify([revision, need.source, parameters]);
}

/** A {@link Cache} whose least recently used entry gives way, and that can forget. */
export interface MemoryCache extends Cache {
  delete(key: string): void;
}

export function memory(): MemoryCache {
  const kept = new LRUCache<string, string>({
    max: entryLimit,
    maxSize: sizeLimit,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return {
    get: (key) => kept.get(key),
    set: (key, text, ttlSeconds) => {
      kept.set(key, text, { ttl: ttlSeconds * 1000 });
    },
    delete: (key) => {
      kept.delete(key);
    },
  };
}

/** Lasting failures, each for a short time. */
export function failures(): LRUCache<string, SourceFailure> {
  return new LRUCache<string, SourceFailure>({ max: entryLimit, ttl: failureMs });
}
