/** So many faults in a row open a breaker. */
const faultLimit = 5;
/** How long an open breaker stays so before one question goes through to find out; doubled while that fails. */
const firstPauseMs = 1000;
const longestPauseMs = 8000;

/**
 * - `good`: the source works
 * - `fault`: it does not, whoever asks
 * - `unknown`: the question was given up before it could tell
 */
export type Health = 'good' | 'fault' | 'unknown';

export interface Breaker<Result> {
  /** What `work` comes to, learning from it; undefined, at once, while the breaker is open. */
  run(work: () => Promise<Result>): Promise<Result> | undefined;
}

/**
 * Stops asking what fails again and again. Open, it turns every question away; after a pause one goes through, and
 * what it comes to closes the breaker or opens it for longer. Nobody waits for that one.
 */
export function breaker<Result>(healthOf: (result: Result) => Health): Breaker<Result> {
  let faults = 0;
  let pauseMs = firstPauseMs;
  /** On the clock of `performance.now()`, which nobody sets back; undefined while closed. */
  let openUntilMs: number | undefined;
  let isProbing = false;

  function open() {
    openUntilMs = performance.now() + pauseMs;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  function close() {
    openUntilMs = undefined;
    faults = 0;
    pauseMs = firstPauseMs;
  }

  function learn(health: Health) {
    // What began before the breaker opened comes too late to say more.
    if (openUntilMs !== undefined) return;
    if (health === 'good') faults = 0;
    if (health === 'fault' && ++faults >= faultLimit) open();
  }

  function found(health: Health) {
    isProbing = false;
    if (health === 'good') close();
    else if (health === 'fault') open();
  }

  /** Tells what the work comes to; where it throws, that is a fault. */
  async function watch(work: () => Promise<Result>, tell: (health: Health) => void) {
    let health: Health = 'fault';
    try {
      const result = await work();
      health = healthOf(result);
      return result;
    } finally {
      tell(health);
    }
  }

  return {
    run(work) {
      if (openUntilMs === undefined) return watch(work, learn);
      if (isProbing || performance.now() < openUntilMs) return undefined;
      isProbing = true;
      return watch(work, found);
    },
  };
}
