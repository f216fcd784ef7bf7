import { LRUCache } from 'lru-cache';

/** So many faults in a row open a breaker. */
export const faultLimit = 5;
/** How long a breaker stays open before one question tests the source. It doubles while that question fails. */
export const firstPauseMs = 1000;
export const longestPauseMs = 8000;
/** The largest number of failing questions to remember; the one least recently asked is dropped first. */
const failingLimit = 1000;
/** How long an unanswered question is remembered. After that, it may count against the source again. */
const failingMs = 10 * 60_000;

/**
 * - `good`: the source works
 * - `fault`: it does not, as far as this question shows
 * - `unknown`: the question was given up before it showed either
 */
export type Health = 'good' | 'fault' | 'unknown';

export interface Breaker<Result> {
  /** The result of `work`, from which the breaker learns. Undefined, at once, while the breaker is open. */
  run(work: () => Promise<Result>): Promise<Result> | undefined;
}

/**
 * Stops asking a source that fails repeatedly. While open, it rejects every question. After a pause, one question tests
 * the source; its result closes the breaker or keeps it open for longer. No caller waits for that question.
 */
export function breaker<Result>(healthOf: (result: Result) => Health): Breaker<Result> {
  const gate = createGate();
  let isProbing = false;

  function probe(work: () => Promise<Result>) {
    isProbing = true;
    return watch(work, healthOf, (health) => {
      isProbing = false;
      gate.find(health);
    });
  }

  return {
    run(work) {
      if (gate.isClosed()) return watch(work, healthOf, gate.learn);
      return isProbing || !gate.isDue() ? undefined : probe(work);
    },
  };
}

export interface SourceBreaker<Result> {
  /** As {@link Breaker.run}, for the question that has this key. */
  run(key: string, work: () => Promise<Result>): Promise<Result> | undefined;
  /** Whether other questions were answered since this one began to fail; then the source itself works. */
  isAlone(key: string): boolean;
}

/**
 * A breaker for a source, and one for each of its questions.
 *
 * A question that fails repeatedly is not asked for a while. Other questions still are, so one user's broken record
 * does not affect other users. If several questions begin to fail with no good answer in between, the whole source is
 * not asked. Each question counts once until it is answered again, or for ten minutes, however often it is asked.
 *
 * After the pause, a question that has not failed before tests the source. Questions that have failed may test it too,
 * because there may be no others: their success closes the breaker, their failure changes nothing.
 */
export function sourceBreaker<Result>(healthOf: (result: Result) => Health): SourceBreaker<Result> {
  const whole = createGate();
  const failing = new LRUCache<string, { readonly gate: Gate; readonly goods: number }>({
    max: failingLimit,
    ttl: failingMs,
    perf: { now: () => performance.now() },
  });
  let goods = 0;
  let isProbing = false;

  /** Notes the result of a question, and returns what it says about the whole source. */
  function note(key: string, health: Health): Health {
    if (health === 'unknown') return health;
    const known = failing.get(key);
    if (health === 'good') {
      goods++;
      if (known !== undefined) failing.delete(key);
      return health;
    }
    const gate = known?.gate ?? createGate();
    if (known === undefined) failing.set(key, { gate, goods });
    // Equal questions go as one, so it is the only one of its kind.
    if (gate.isClosed()) gate.learn(health);
    else gate.find(health);
    return known === undefined ? 'fault' : 'unknown';
  }

  function probe(key: string, work: () => Promise<Result>) {
    isProbing = true;
    return watch(work, healthOf, (health) => {
      isProbing = false;
      whole.find(note(key, health));
    });
  }

  return {
    run(key, work) {
      const known = failing.get(key);
      if (known !== undefined && !known.gate.isClosed() && !known.gate.isDue()) return undefined;
      if (whole.isClosed()) return watch(work, healthOf, (health) => whole.learn(note(key, health)));
      if (!whole.isDue()) return undefined;
      if (known !== undefined) return watch(work, healthOf, (health) => whole.find(note(key, health)));
      return isProbing ? undefined : probe(key, work);
    },
    isAlone(key) {
      const known = failing.peek(key);
      return known !== undefined && known.goods < goods;
    },
  };
}

/** The result of `work` and its health; an exception is a fault. */
async function watch<Result>(
  work: () => Promise<Result>,
  healthOf: (result: Result) => Health,
  tell: (health: Health) => void,
): Promise<Result> {
  let health: Health = 'fault';
  try {
    const result = await work();
    health = healthOf(result);
    return result;
  } finally {
    tell(health);
  }
}

interface Gate {
  readonly isClosed: () => boolean;
  /** Whether it has been open for long enough to find out. */
  readonly isDue: () => boolean;
  /** The questions that were asked while it was closed. */
  readonly learn: (health: Health) => void;
  /** The question that was asked as a probe. */
  readonly find: (health: Health) => void;
}

function createGate(): Gate {
  let faults = 0;
  let pauseMs = firstPauseMs;
  /** On the clock of `performance.now()`, which never goes back. Undefined while closed. */
  let openUntilMs: number | undefined;

  function open() {
    openUntilMs = performance.now() + pauseMs;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  return {
    isClosed: () => openUntilMs === undefined,
    isDue: () => openUntilMs !== undefined && performance.now() >= openUntilMs,
    learn(health) {
      // Questions that began before it opened no longer count.
      if (openUntilMs !== undefined) return;
      if (health === 'good') faults = 0;
      if (health === 'fault' && ++faults >= faultLimit) open();
    },
    find(health) {
      if (health === 'fault') open();
      if (health !== 'good') return;
      openUntilMs = undefined;
      faults = 0;
      pauseMs = firstPauseMs;
    },
  };
}
