import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

test('an action that throws: no other begins, and one that has begun ends first', async () => {
  const story: string[] = [];
  const running = inParallel(['fails', 'slow', 'never'], 2, async (item) => {
    story.push(`${item} begins`);
    if (item === 'fails') throw new RangeError('a defect');
    await new Promise((resolve) => setTimeout(resolve, 20));
    story.push(`${item} ends`);
  });
  await expect(running).rejects.toThrow('a defect');
  expect(story).toEqual(['fails begins', 'slow begins', 'slow ends']);
});
