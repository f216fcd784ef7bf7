import { setImmediate } from 'node:timers/promises';
import type { VirtualClock } from './virtual-clock.ts';

/** Turns of the event loop in which a promise that depends on no timer surely settles. */
const idleTurns = 10;

/**
 * Whether `run` ends before `endMs` on the clock, which moves from timer to timer. A run that waits for something else than
 * a timer, and does not end after a few turns of the event loop, counts as hanging. Rejects as `run` does.
 */
export async function finishes(run: Promise<unknown>, clock: VirtualClock, endMs: number): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  run.then(end, end);
  for (;;) {
    for (let turn = 0; turn < idleTurns && !ended; turn++) await setImmediate();
    if (ended) {
      await run;
      return true;
    }
    const dueMs = clock.dueMs();
    if (dueMs === undefined || dueMs >= endMs) {
      clock.moveTo(endMs);
      return false;
    }
    clock.fire();
  }
}
