import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryCache } from './index.ts';

describe('a cache in memory', () => {
  it('lets the least recently used entry go', () => {
    const cache = memoryCache({ entries: 2 });
    cache.set('a', '1', 60);
    cache.set('b', '2', 60);
    cache.get('a');
    cache.set('c', '3', 60);
    expect(cache.get('a')).toBe('1');
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('c')).toBe('3');
  });

  it('forgets an entry that is replaced by one too large to keep', () => {
    const cache = memoryCache({ characters: 200 });
    cache.set('a', '1', 60);
    cache.set('a', 'x'.repeat(300), 60);
    expect(cache.get('a')).toBeUndefined();
  });

  it('holds what was set last or nothing, within its bounds', () => {
    const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), length: fc.nat(120) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const cache = memoryCache({ entries: 3, characters: 300 });
        const last = new Map<string, string>();
        for (const { key, length } of operations) {
          const text = 'x'.repeat(length);
          cache.set(key, text, 60);
          last.set(key, text);
          const kept = [...last.keys()].filter((name) => cache.get(name) !== undefined);
          expect(kept.length).toBeLessThanOrEqual(3);
          const characters = kept.map((name) => name.length + String(cache.get(name)).length);
          expect(characters.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(300);
          for (const name of kept) expect(cache.get(name)).toBe(last.get(name));
        }
      }),
    );
  });
});
