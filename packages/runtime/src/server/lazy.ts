import { within } from '../within.ts';

const endTimeoutMs = 1000;

/** What is made at first use and ended once. */
export interface Lazy<Made> {
  /** Makes it, where that has not succeeded yet. @throws what making throws; an error after the end */
  readonly get: () => Promise<Made>;
  readonly end: () => Promise<void>;
}

export function lazy<Made>(make: () => Promise<Made>, end: (made: Made) => unknown): Lazy<Made> {
  let made: Promise<Made> | undefined;
  let isEnded = false;
  return {
    get() {
      if (isEnded) return Promise.reject(new Error('closed'));
      const making = made ?? make();
      made = making;
      making.catch(() => {
        // The next use tries again.
        if (made === making) made = undefined;
      });
      return making;
    },
    async end() {
      isEnded = true;
      try {
        const ending = made;
        // A farewell that nobody answers holds nobody up.
        if (ending) await within<unknown>(endTimeoutMs, undefined, async () => end(await ending));
      } catch {
        // There is nothing left to end.
      }
    },
  };
}
