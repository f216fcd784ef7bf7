import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDeadlines } from './deadlines.ts';

describe('deadlines', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('call each that was not stopped once, when its time is over', async () => {
    const waiting = fc.record({ beginsAfterMs: fc.nat(150), stopsAfterMs: fc.option(fc.nat(200)) });
    await fc.assert(
      fc.asyncProperty(fc.array(waiting, { maxLength: 20 }), async (all) => {
        const deadlines = createDeadlines(100);
        const seen = [];
        for (const { beginsAfterMs, stopsAfterMs } of all) {
          await vi.advanceTimersByTimeAsync(beginsAfterMs);
          const startMs = performance.now();
          const calledMs: number[] = [];
          const late = () => void calledMs.push(performance.now() - startMs);
          deadlines.start(late, startMs);
          if (stopsAfterMs !== null) setTimeout(() => deadlines.stop(late), stopsAfterMs);
          seen.push({ calledMs, isStopped: stopsAfterMs !== null && stopsAfterMs < 100 });
        }
        await vi.advanceTimersByTimeAsync(400);
        for (const { calledMs, isStopped } of seen.filter((_, i) => all[i]?.stopsAfterMs !== 100))
          expect(calledMs).toEqual(isStopped ? [] : [100]);
      }),
    );
  });

  it('hold up nobody for one that throws', async () => {
    const deadlines = createDeadlines(100);
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const late = vi.fn();
    deadlines.start(() => {
      throw new Error('late');
    }, performance.now());
    deadlines.start(late, performance.now());
    await vi.advanceTimersByTimeAsync(100);
    expect(late).toHaveBeenCalledOnce();
    await thrown;
  });

  it('leave no timer behind once nobody waits', () => {
    const deadlines = createDeadlines(100);
    const late = () => undefined;
    deadlines.start(late, performance.now());
    deadlines.stop(late);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('keeps a process alive only while somebody waits', () => {
  const waits = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = waits();
  const deadlines = createDeadlines(60_000);
  const late = () => {};
  const starts = [0, 1].map((started) => {
    deadlines.start(late, started);
    const waiting = waits() - before;
    deadlines.stop(late);
    return [waiting, waits() - before];
  });
  expect(starts).toEqual([
    [1, 0],
    [1, 0],
  ]);
});
