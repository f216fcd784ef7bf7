import { within } from '../within.ts';

const endTimeoutMs = 1000;

/** Something that is made on first use and ended once. */
export interface Lazy<Made> {
  /** Makes it, or returns the one already made. @throws the error of making it, or an error after the end */
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
        // Closing must not wait for an answer.
        if (ending) await within<unknown>(endTimeoutMs, undefined, async () => end(await ending));
      } catch {
        // It has already ended.
      }
    },
  };
}
