/** The time and the timers that a program sees. */
export interface Clock {
  now(): number;
  setTimeout(callback: (...args: unknown[]) => void, ms?: unknown, ...args: unknown[]): Timer;
  setInterval(callback: (...args: unknown[]) => void, ms?: unknown, ...args: unknown[]): Timer;
  clear(timer: unknown): void;
}

/** A clock that moves only on demand: timers fire in order, and waiting costs nothing. */
export interface VirtualClock extends Clock {
  /** When the next timer is due, or undefined. */
  dueMs(): number | undefined;
  /** Moves on to the next timer and runs it. */
  fire(): void;
  /** Moves on without running anything. */
  moveTo(ms: number): void;
}

/** The result of Node's timers, as far as programs use it. */
export interface Timer {
  ref(): Timer;
  unref(): Timer;
}

export function virtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  const pending = new Map<unknown, { dueMs: number; everyMs: number | undefined; run: () => void }>();
  const next = () => {
    let first: [unknown, { dueMs: number; everyMs: number | undefined; run: () => void }] | undefined;
    for (const entry of pending) if (first === undefined || entry[1].dueMs < first[1].dueMs) first = entry;
    return first;
  };
  const add = (run: () => void, ms: unknown, repeats: boolean): Timer => {
    const timer: Timer = { ref: () => timer, unref: () => timer };
    const delay = Number(ms);
    // Node's own bounds: a delay below 1 ms or above 31 bits becomes 1 ms.
    const delayMs = delay >= 1 && delay <= 2 ** 31 - 1 ? delay : 1;
    pending.set(timer, { dueMs: nowMs + delayMs, everyMs: repeats ? delayMs : undefined, run });
    return timer;
  };
  return {
    now: () => Math.floor(nowMs),
    setTimeout: (callback, ms, ...args) => add(() => callback(...args), ms, false),
    setInterval: (callback, ms, ...args) => add(() => callback(...args), ms, true),
    clear: (timer) => void pending.delete(timer),
    dueMs: () => next()?.[1].dueMs,
    fire() {
      const first = next();
      if (first === undefined) return;
      const [timer, { dueMs, everyMs, run }] = first;
      nowMs = Math.max(nowMs, dueMs);
      if (everyMs === undefined) pending.delete(timer);
      else pending.set(timer, { dueMs: nowMs + everyMs, everyMs, run });
      run();
    },
    moveTo(ms) {
      nowMs = Math.max(nowMs, ms);
    },
  };
}
