import { setTimeout as later } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paced } from './paced.ts';

it('a line is written at once, then with how often it came about since', async () => {
  const lines: string[] = [];
  const { tell } = paced(20);
  const say = (kind: string, text: string) =>
    tell(kind, (count) => void lines.push(`${kind} ${text} ${count}`));
  say('a', 'first');
  say('a', 'second');
  say('b', 'other');
  say('a', 'third');
  expect(lines).toEqual(['a first 1', 'b other 1']);
  await later(60);
  expect(lines).toEqual(['a first 1', 'b other 1', 'a third 2']);
  await later(40);
  say('a', 'fourth');
  expect(lines.at(-1)).toBe('a fourth 1');
});

it('nothing goes uncounted, however it ends', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (told) => {
      const counts: Record<string, number> = {};
      const { tell, flush } = paced();
      for (const kind of told)
        tell(kind, (count) => {
          counts[kind] = (counts[kind] ?? 0) + count;
        });
      flush();
      for (const kind of ['a', 'b', 'c'])
        expect(counts[kind] ?? 0).toBe(told.filter((other) => other === kind).length);
    }),
  );
});
