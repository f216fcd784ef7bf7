import type { Reply } from '../request.ts';
import { within } from '../within.ts';
import type { Breaker } from './breaker.ts';
import type { ServerSource } from './source.ts';

/** For how long a question is open; others that ask the same may extend it. */
export interface Span {
  /** The latest deadline of those who wait, on the clock of `Date.now()`. */
  readonly endMs: number;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/**
 * Tries until an answer or a lasting failure comes, or the retries are used up, or the breaker is open. A further
 * attempt starts only where its back-off and its whole timeout still fit before the deadline. Never rejects.
 *
 * An answer's age counts from the moment it was asked for, since it was true no later than that for sure.
 */
export async function attempts(
  { timeoutMs, retries }: Pick<ServerSource, 'timeoutMs' | 'retries'>,
  attempt: (signal: AbortSignal) => Promise<Reply>,
  { run }: Breaker<Reply>,
  span: Span,
): Promise<Reply> {
  let last: Reply | undefined;
  for (let retry = 0; ; retry++) {
    const reply = await run(() => once(timeoutMs, span.signal, attempt));
    if (reply === undefined) return last ?? { failure: 'open', passing: true };
    if (!('failure' in reply) || !reply.passing || retry >= retries) return reply;
    const backOffMs = Math.min(50 * 2 ** retry, 400) * (0.5 + Math.random() / 2);
    if (span.signal.aborted || Date.now() + backOffMs + timeoutMs > span.endMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, backOffMs));
    last = reply;
  }
}

async function once(
  timeoutMs: number,
  given: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  if (given.aborted) return { failure: 'timeout', passing: true };
  const startMs = performance.now();
  let stop: (() => void) | undefined;
  try {
    const reply = await within<Reply>(timeoutMs, { failure: 'timeout', passing: true }, (controller) => {
      stop = () => controller.abort();
      given.addEventListener('abort', stop, { once: true });
      return attempt(controller.signal);
    });
    if ('failure' in reply) return reply;
    return { value: reply.value, ageSeconds: reply.ageSeconds + (performance.now() - startMs) / 1000 };
  } catch {
    return { failure: 'network', passing: true };
  } finally {
    if (stop !== undefined) given.removeEventListener('abort', stop);
  }
}
