import { own } from './own.ts';
import type { Answer, Answers, Context, Decision, Need, Program, SingleNeed } from './program.ts';
import { within } from './within.ts';

/** One issuance: the program, its input, the sources, and the deadline. */
export interface Enrichment {
  readonly program: Driven;
  /** The identity context as the vendor's event gives it. Nothing in it is trusted. */
  readonly context: unknown;
  /** How sources are asked. Used only if the program has sources. {@link askingEach} asks several questions at once. */
  readonly asking: Asking<Need>;
  /**
   * The time from the call to the decision, in milliseconds. All sources share it, with their retries and back-off. A
   * source that has not answered by then counts as `timeout`, and the program decides. If the decision cannot begin
   * within 100 ms after that, the issuance is denied.
   */
  readonly deadlineMs: number;
  /** Takes the answers of the sources, for a record of the issuance; also of those that failed. */
  readonly answers?: Record<string, Answer>;
}

/** A {@link Program}, or one whose host makes long steps wait. */
export interface Driven extends Pick<Program, 'context'> {
  needs(context: Context, answers: Answers): readonly Need[] | Promise<readonly Need[]>;
  decide(context: Context, answers: Answers): Decision | Promise<Decision>;
}

/** How a host asks sources. */
export interface Asking<Asked = SingleNeed> {
  /** An existing answer, for which nobody waits. */
  readonly recall?: (need: Asked) => Answer | undefined;
  /** Asks one source within limits. It should answer with data, what goes wrong too, and never reject. */
  readonly ask: (need: Asked, limits: AskLimits) => Promise<Answer>;
}

export type Ask = Asking['ask'];

/** The time that a question has. */
export interface AskLimits {
  /** Aborts at the deadline, if anything is still open then. */
  readonly signal: AbortSignal;
  /** The deadline on the clock of `Date.now()`. */
  readonly endMs: number;
}

/**
 * How long after the deadline a decision may still begin, in milliseconds. A later one has waited for a machine that
 * is too busy: it is denied, so that others are decided in time.
 */
const graceMs = 100;

/** The reason of a denial that is not from a deny rule. It does not name the cause, because the client sees it. */
export const unavailable = 'enrichment_unavailable';

/** The reason of a denial because the issuer cannot remove a refused scope from the token. */
export const scopeRefused = 'scope_refused';

/** {@link drive} that never rejects: any error ends in a denial with {@link unavailable}. */
export function enrich({
  asking,
  ...enrichment
}: Omit<Enrichment, 'asking'> & { readonly asking: Asking }): Promise<Decision> {
  return drive({ ...enrichment, asking: askingEach(asking) }).catch(() => denial(unavailable));
}

/**
 * Drives a policy program through one issuance: asks the sources that it needs, each once and in parallel where
 * possible, then lets it decide. Late answers are aborted and ignored.
 *
 * @throws Error if it is too late to decide, or if the program or the host throws; the host must then deny
 */
export async function drive({
  program,
  context: raw,
  asking,
  deadlineMs,
  answers = {},
}: Enrichment): Promise<Decision> {
  const endMs = Date.now() + deadlineMs;
  const context = program.context(raw);
  for (;;) {
    if (Date.now() > endMs + graceMs) throw new Error('late');
    const needs = await program.needs(context, answers);
    const open = needs.filter(({ source }) => own(answers, source) === undefined);
    if (open.length === 0) return program.decide(context, answers);
    const unknown = open.filter((need) => {
      const known = asking.recall?.(need);
      answers[need.source] = known ?? { failure: 'timeout' };
      return !known;
    });
    if (unknown.length === 0) continue;
    await within<unknown>(endMs - Date.now(), undefined, ({ signal }) =>
      Promise.all(
        unknown.map(async (need) => {
          const answer = await asking.ask(need, { signal, endMs });
          if (!signal.aborted) answers[need.source] = answer;
        }),
      ),
    );
  }
}

/** Asks also needs that have several questions. */
export function askingEach({ recall, ask }: Asking): Asking<Need> {
  return {
    recall: (need) => together(need, (one) => recall?.(one)),
    async ask(need, limits) {
      const parts = 'each' in need ? need.each : [need];
      const asked = parts.map((one) => recall?.(one) ?? ask(one, limits));
      const found = (await Promise.all(asked)).values();
      return together(need, () => found.next().value) ?? { failure: 'network' };
    },
  };
}

/**
 * The answer to all questions of a need: with `each` their answers in a list, as old as the oldest, or the first failure.
 * Undefined if one is not known yet.
 */
export function together(need: Need, answerTo: (one: SingleNeed) => Answer | undefined): Answer | undefined {
  if (!('each' in need)) return answerTo(need);
  const values: unknown[] = [];
  let ageSeconds = 0;
  for (const one of need.each) {
    const answer = answerTo(one);
    if (answer?.failure !== undefined || answer === undefined) return answer;
    values.push(answer.value);
    ageSeconds = Math.max(ageSeconds, answer.ageSeconds);
  }
  return { value: { answers: values }, ageSeconds };
}

/** A decision that issues nothing. The client sees `reason`. */
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
