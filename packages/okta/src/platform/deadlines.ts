/** What is called where its time runs out. */
export type Late = () => void;

/** Counts one and the same time for many who wait. */
export interface Deadlines {
  /** @param startMs when its time began, on the clock of `performance.now()`; no earlier than of who came before */
  start(late: Late, startMs: number): void;
  /** Its time counts no more. */
  stop(late: Late): void;
}

/**
 * One timer for all, rather than one for each: as all have the same time, they end in the order in which they began,
 * and the timer is set for the first.
 *
 * @param limitMs in milliseconds
 */
export function createDeadlines(limitMs: number): Deadlines {
  /** When each began; a Map keeps them in that order. */
  const starts = new Map<Late, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function expire() {
    timer = undefined;
    for (const [late, startMs] of starts) {
      const restMs = startMs + limitMs - performance.now();
      // What has less than a millisecond left is over: timers count no finer.
      if (restMs >= 1) return set(restMs);
      starts.delete(late);
      // One that throws keeps none of the others from being called.
      queueMicrotask(late);
    }
  }

  function set(ms: number) {
    timer = setTimeout(expire, ms);
  }

  return {
    start(late, startMs) {
      starts.set(late, startMs);
      if (timer === undefined) set(limitMs);
      else if (starts.size === 1) timer.ref();
    },
    stop: (late) => {
      starts.delete(late);
      // A process whose work is done need not wait for the timer.
      if (starts.size === 0) timer?.unref();
    },
  };
}
