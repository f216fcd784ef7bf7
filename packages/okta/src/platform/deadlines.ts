/** Called when its time runs out. */
export type Late = () => void;

/** One timer for many waiting callers. */
export interface Deadlines {
  /**
   * @param startMs when its time began, on the clock of `performance.now()`; not earlier than an earlier caller's start
   */
  start(late: Late, startMs: number): void;
  /** Its time counts no more. */
  stop(late: Late): void;
}

/**
 * One timer for all waiting callers. All have the same time limit, so they end in the order in which they began, and
 * the timer is set for the first one.
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
      // Less than a millisecond counts as over, because timers are not more precise.
      if (restMs >= 1) return set(restMs);
      starts.delete(late);
      // If one throws, the others are still called.
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
      // The timer must not keep the process alive.
      if (starts.size === 0) timer?.unref();
    },
  };
}
