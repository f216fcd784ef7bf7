import type { Cache } from './cache.ts';

/**
 * A cache in the memory of one instance, for module scope. When it is full, it drops the least recently used entry.
 *
 * @param limits.entries default 1,000
 * @param limits.characters of all keys and texts together; default 4,000,000
 */
export function memoryCache(limits: { readonly entries?: number; readonly characters?: number } = {}): Cache {
  const { entries = 1000, characters = 4_000_000 } = limits;
  const kept = new Map<string, string>();
  let used = 0;
  const remove = (key: string) => {
    const text = kept.get(key);
    if (text === undefined) return;
    kept.delete(key);
    used -= key.length + text.length;
  };
  return {
    get(key) {
      const text = kept.get(key);
      if (text === undefined) return undefined;
      kept.delete(key);
      kept.set(key, text);
      return text;
    },
    set(key, text) {
      remove(key);
      if (key.length + text.length > characters) return;
      kept.set(key, text);
      used += key.length + text.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= entries && used <= characters) break;
        remove(oldest);
      }
    },
  };
}
