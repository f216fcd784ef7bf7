import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache.ts';
import type { SingleNeed, SourceFailure } from '../program.ts';
import type { Reply } from '../request.ts';

const entryLimit = 10_000;
/** The limit for all keys and texts together, in UTF-16 units. */
const sizeLimit = 16_000_000;
/** The longest time that a lasting failure is remembered before the source is asked again. */
export const failureMs = 5000;

/** The identity of a question: equal keys mean equal questions. It contains the policy's revision. */
export function keyOf(revision: string, need: SingleNeed): string {
  if ('url' in need) return JSON.stringify([revision, need.source, need.url, need.body]);
  const parameters = Object.entries(need.parameters).map(([name, value]) => [
    name,
    typeof value,
    String(value),
  ]);
  return JSON.stringify([revision, need.source, parameters]);
}

/**
 * An answer as the cache keeps it: a text that `recall` of the runtime's cache reads, with the time at which it was
 * true. Undefined for an answer that is nested too deeply.
 */
export function textOf(
  key: string,
  { value, ageSeconds }: Extract<Reply, { value: unknown }>,
): string | undefined {
  try {
    return JSON.stringify([key, value, Date.now() / 1000 - ageSeconds]);
  } catch {
    return undefined;
  }
}

/** Answers in the memory of this process. When it is full, it drops the least recently used one. */
export interface Memory extends Pick<Cache, 'get'> {
  set(key: string, text: string, ttlMs: number): void;
  delete(key: string): void;
}

export function memory(): Memory {
  const kept = new LRUCache<string, string>({
    max: entryLimit,
    maxSize: sizeLimit,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return {
    get: (key) => kept.get(key),
    set: (key, text, ttlMs) => {
      kept.set(key, text, { ttl: Math.ceil(ttlMs) });
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
