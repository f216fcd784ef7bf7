/** Writes the same line at most once in a number of milliseconds. */
const lineIntervalMs = 1_000;

/** Lines of a log that many may come about at once. */
export interface Paced {
  /**
   * Writes a line at once, unless a line of the same kind was written just before. Then only the last of them is
   * written, later, with their number.
   *
   * @param kind a constant, so that there are only a few
   * @param write gets the number of times that the line occurred since it was last written
   */
  tell(kind: string, write: (count: number) => void): void;
  /** Writes what waits. */
  flush(): void;
}

interface Waiting {
  count: number;
  write: (count: number) => void;
  timer: NodeJS.Timeout;
}

/** @param intervalMs of one kind */
export function paced(intervalMs = lineIntervalMs): Paced {
  const kinds = new Map<string, Waiting>();

  function wait(kind: string, write: Waiting['write']) {
    const timer = setTimeout(() => end(kind), intervalMs).unref();
    kinds.set(kind, { count: 0, write, timer });
  }

  function end(kind: string) {
    const waiting = kinds.get(kind);
    kinds.delete(kind);
    if (waiting === undefined || waiting.count === 0) return;
    wait(kind, waiting.write);
    waiting.write(waiting.count);
  }

  return {
    tell(kind, write) {
      const waiting = kinds.get(kind);
      if (waiting === undefined) {
        wait(kind, write);
        write(1);
      } else {
        waiting.count++;
        waiting.write = write;
      }
    },
    flush() {
      for (const { timer, count, write } of kinds.values()) {
        clearTimeout(timer);
        if (count > 0) write(count);
      }
      kinds.clear();
    },
  };
}
