import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReplayGuard, replayWindowMs } from './replay.ts';

it('law: within its window no event comes with two contents, however many others come', () => {
  const arrival = fc.record({
    id: fc.integer({ min: 0, max: 30 }).map(String),
    digest: fc.constantFrom(1, 2),
    afterMs: fc.integer({ min: 0, max: replayWindowMs / 4 }),
  });
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 200 }), (arrivals) => {
      const guard = createReplayGuard();
      const admitted = new Map<string, { digest: number; atMs: number }>();
      let nowMs = 1_795_132_800_000;
      for (const { id, digest, afterMs } of arrivals) {
        nowMs += afterMs;
        const before = admitted.get(id);
        const isFresh = before !== undefined && nowMs - before.atMs <= 2 * replayWindowMs;
        const isAdmitted = guard.admits(id, digest, nowMs);
        if (isFresh) expect(isAdmitted).toBe(before.digest === digest);
        if (isAdmitted && !(before?.digest === digest && isFresh)) admitted.set(id, { digest, atMs: nowMs });
      }
    }),
  );
});

it('forgets what is older than any event that could come', () => {
  const guard = createReplayGuard();
  expect(guard.admits('e', 1, 1e12)).toBe(true);
  expect(guard.admits('e', 2, 1e12 + 4 * replayWindowMs)).toBe(true);
});

it('remembers a bounded number of events', () => {
  const guard = createReplayGuard();
  for (let i = 0; i < 100_000; i++) guard.admits(`e${i}`, 1, 1e12);
  // The last ones are known, the first ones are forgotten.
  expect(guard.admits('e99999', 2, 1e12)).toBe(false);
  expect(guard.admits('e85000', 2, 1e12)).toBe(false);
  expect(guard.admits('e1', 2, 1e12)).toBe(true);
});
