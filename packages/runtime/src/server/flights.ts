import type { AskLimits } from '../enrich.ts';
import type { Span } from './attempts.ts';

/** Questions that are under way, by key. */
export interface Flights<Landed> {
  /**
   * Joins an equal question under way, or asks it. Each caller keeps its own deadline, at which it gets the result of
   * `late`. The question is aborted when no caller waits for it.
   *
   * @param ask must not reject
   */
  join(
    key: string,
    limits: AskLimits,
    late: () => Landed,
    ask: (span: Span) => Promise<Landed>,
  ): Promise<{ readonly landed: Landed; readonly isFirst: boolean }>;
  /** Aborts all of them. */
  abort(): void;
}

interface Flight<Landed> {
  readonly span: { endMs: number; readonly signal: AbortSignal };
  readonly landed: Promise<Landed>;
  readonly abort: () => void;
  waiting: number;
}

export function flights<Landed>(): Flights<Landed> {
  const open = new Map<string, Flight<Landed>>();

  function start(key: string, ask: (span: Span) => Promise<Landed>): Flight<Landed> {
    const controller = new AbortController();
    const span = { endMs: 0, signal: controller.signal };
    /** Whether it was under way until now. */
    const leave = () => open.get(key) === flight && open.delete(key);
    const land = async () => {
      // A turn later, so that the first caller's deadline is in the span before anything reads it.
      await undefined;
      try {
        return await ask(span);
      } finally {
        leave();
      }
    };
    const flight: Flight<Landed> = {
      span,
      landed: land(),
      abort() {
        if (leave()) controller.abort();
      },
      waiting: 0,
    };
    open.set(key, flight);
    return flight;
  }

  return {
    async join(key, { endMs, signal }, late, ask) {
      if (signal.aborted || endMs <= Date.now()) return { landed: late(), isFirst: true };
      const known = open.get(key);
      const flight = known ?? start(key, ask);
      flight.waiting++;
      flight.span.endMs = Math.max(flight.span.endMs, endMs);
      let landed: Landed;
      try {
        landed = await untilEnd(flight.landed, endMs, signal, late);
      } finally {
        if (--flight.waiting === 0) flight.abort();
      }
      return { landed, isFirst: known === undefined };
    },
    abort() {
      for (const flight of open.values()) flight.abort();
    },
  };
}

/** The result of `work`, or of `late` at the deadline or when the signal aborts. */
async function untilEnd<Result>(
  work: Promise<Result>,
  endMs: number,
  signal: AbortSignal,
  late: () => Result,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      stop = () => resolve(late());
      signal.addEventListener('abort', stop, { once: true });
      timer = setTimeout(stop, endMs - Date.now());
      work.then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    if (stop) signal.removeEventListener('abort', stop);
  }
}
