import { backOffLimitMs } from '../http.ts';
import { isAnswer, type Reply } from '../request.ts';
import { within } from '../within.ts';
import type { Breaker, Health } from './breaker.ts';
import type { ServerSource } from './source.ts';

/** How long a question is open; others that ask the same may extend it. */
export interface Span {
  /** The latest deadline of the waiting callers, on the clock of `Date.now()`. */
  readonly endMs: number;
  /** Aborts when no caller waits any more. */
  readonly signal: AbortSignal;
}

/**
 * Tries until there is an answer, a lasting failure, no retry left, or an open breaker. A retry starts only if its
 * back-off and its whole timeout fit before the deadline. Never rejects.
 *
 * An answer's age counts from the moment of the question, because the answer may be as old as that.
 */
export async function attempts(
  { timeoutMs, retries }: Pick<ServerSource, 'timeoutMs' | 'retries'>,
  attempt: (signal: AbortSignal) => Promise<Reply>,
  run: Breaker<Tried>['run'],
  span: Span,
): Promise<Reply> {
  let last: Reply | undefined;
  for (let retry = 0; ; retry++) {
    const tried = await run(() => once(timeoutMs, span.signal, attempt));
    if (tried === undefined) return last ?? { failure: 'open', passing: true };
    const { reply } = tried;
    if (reply.failure === undefined || !reply.passing || retry >= retries) return reply;
    const backOffMs = backOffLimitMs(retry) * (0.5 + Math.random() / 2);
    if (span.signal.aborted || Date.now() + backOffMs + timeoutMs > span.endMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, backOffMs));
    last = reply;
  }
}

/** The result of one attempt. */
export interface Tried {
  readonly reply: Reply;
  /** Whether it ended because no caller waited any more. */
  readonly isGivenUp: boolean;
}

/** Even a negative answer about a user shows that the source works; an abandoned request shows nothing. */
export function healthOf({ reply, isGivenUp }: Tried): Health {
  if (reply.failure === undefined) return 'good';
  if (isGivenUp) return 'unknown';
  return isAnswer(reply) ? 'good' : 'fault';
}

async function once(
  timeoutMs: number,
  given: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<Reply>,
): Promise<Tried> {
  const timeout: Reply = { failure: 'timeout', passing: true };
  if (given.aborted) return { reply: timeout, isGivenUp: true };
  const startMs = performance.now();
  let stop: (() => void) | undefined;
  let reply: Reply;
  try {
    reply = await within<Reply>(timeoutMs, timeout, (controller) => {
      stop = () => controller.abort();
      given.addEventListener('abort', stop, { once: true });
      return attempt(controller.signal);
    });
  } catch {
    reply = { failure: 'network', passing: true };
  }
  if (stop !== undefined) given.removeEventListener('abort', stop);
  if (reply.failure !== undefined) return { reply, isGivenUp: given.aborted };
  const ageSeconds = reply.ageSeconds + (performance.now() - startMs) / 1000;
  return { reply: { value: reply.value, ageSeconds }, isGivenUp: false };
}
