import type { Answer, Decision, Need, Program } from './program.ts';

export interface Enrichment {
  readonly program: Program;
  /** The identity context as the vendor's event gives it. Nothing in it is trusted. */
  readonly context: unknown;
  /** Asks one source. Needed only where the program has sources; it should answer with data and never reject. */
  readonly ask: Ask;
  /**
   * The whole time from the call to the decision, in milliseconds. It is one budget for all sources, their
   * retries and back-off: what has not answered when it ends counts as `timeout`, and the program decides.
   */
  readonly deadlineMs: number;
}

export type Ask = (need: Need, limits: AskLimits) => Promise<Answer>;

export interface AskLimits {
  /** Aborts at the deadline, and when the issuance fails before all have answered. */
  readonly signal: AbortSignal;
  /** The deadline on the clock of `Date.now()`. */
  readonly endMs: number;
}

/** The reason of a denial that no rule of the policy speaks of. It names no cause, since it reaches the client. */
export const unavailable = 'enrichment_unavailable';

/**
 * Drives a policy program through one issuance: asks the sources that it needs, each once and those of one
 * round in parallel, then lets it decide.
 *
 * Never rejects: whatever throws ends in a decision that denies with {@link unavailable}. Late answers are
 * aborted and ignored.
 */
export async function enrich({ program, context: raw, ask, deadlineMs }: Enrichment): Promise<Decision> {
  const controller = new AbortController();
  const limits: AskLimits = { signal: controller.signal, endMs: Date.now() + deadlineMs };
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const ended = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => {
        resolve(late);
        controller.abort();
      }, deadlineMs);
    });
    const context = program.context(raw);
    const answers: Record<string, Answer> = Object.create(null);
    for (;;) {
      const open = program.needs(context, answers).filter((need) => !(need.source in answers));
      if (open.length === 0) break;
      const replies = await Promise.all(
        open.map((need) => (limits.signal.aborted ? late : Promise.race([ask(need, limits), ended]))),
      );
      for (const [index, need] of open.entries()) answers[need.source] = replies[index] ?? late;
    }
    return program.decide(context, answers);
  } catch {
    controller.abort();
    return denial(unavailable);
  } finally {
    clearTimeout(timer);
  }
}

/** {@link enrich} for a program without sources: nothing to ask, no clock to watch. Never throws. */
export function evaluate(program: Program, raw: unknown): Decision {
  try {
    return program.decide(program.context(raw), {});
  } catch {
    return denial(unavailable);
  }
}

const late: Answer = { failure: 'timeout' };

/** A decision that issues nothing. `reason` reaches the client. */
export function denial(reason: string): Decision {
  return {
    denied: reason,
    access: {},
    id: {},
    scopes: { add: [], remove: [] },
    lifetimeSeconds: undefined,
    outcomes: [],
  };
}
