import { type Cache, keep, recall } from './cache.ts';
import type { Ask, AskLimits } from './enrich.ts';
import { fill, mayAsk, type Settings } from './fill.ts';
import type { Need } from './program.ts';
import { attempt, type Fetch, type Reply } from './request.ts';

/** How one HTTP source is asked. Its address comes with each need. */
export interface HttpSource {
  /** `${NAME}` stands for a setting. */
  readonly headers: Readonly<Record<string, string>>;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Further attempts after a timeout, a broken connection, a 5xx or a 429. */
  readonly retries: number;
  /** How long an answer may serve again; 0: not at all. */
  readonly cacheMs: number;
  /** The largest answer taken, in bytes. */
  readonly limitBytes: number;
}

export interface HttpAsking {
  readonly sources: Readonly<Record<string, HttpSource>>;
  /** The policy's revision: an answer kept under another one is not used. */
  readonly revision: string;
  readonly settings: Settings;
  readonly fetch: Fetch;
  readonly cache?: Cache | undefined;
}

/** Asks HTTP sources with GET for JSON. What goes wrong is an answer too; it never rejects. */
export function httpAsk({ sources, revision, settings, fetch, cache }: HttpAsking): Ask {
  return async (need, limits) => {
    const source = sources[need.source];
    if (source === undefined) return { failure: 'address' };
    const key = JSON.stringify([revision, need.source, need.url]);
    const maxAgeSeconds = source.cacheMs / 1000;
    const kept = maxAgeSeconds > 0 && cache && recall(cache, key, maxAgeSeconds, Date.now() / 1000);
    if (kept) return kept;

    const request = prepare(need, source, settings);
    if (request === undefined) return { failure: 'setting' };
    if (!mayAsk(request.url)) return { failure: 'address' };
    const reply = await attempts(source, limits, () => {
      const timeoutMs = Math.min(source.timeoutMs, limits.endMs - Date.now());
      return attempt({ ...request, fetch, timeoutMs, limitBytes: source.limitBytes, signal: limits.signal });
    });
    if ('failure' in reply) return { failure: reply.failure };
    if (maxAgeSeconds > 0 && cache) keep(cache, key, reply, maxAgeSeconds, Date.now() / 1000);
    return reply;
  };
}

function prepare(need: Need, source: HttpSource, settings: Settings) {
  const url = fill(need.url, settings);
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, text] of Object.entries(source.headers)) {
    const value = fill(text, settings);
    if (value === undefined) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return url === undefined ? undefined : { url, headers };
}

/**
 * Tries until an answer or a lasting failure comes, or the retries are used up. A further attempt starts only
 * where its back-off and its whole timeout still fit before the deadline: one that is bound to be cut short
 * would only add load to a source in trouble.
 */
async function attempts(source: HttpSource, limits: AskLimits, once: () => Promise<Reply>): Promise<Reply> {
  for (let retry = 0; ; retry++) {
    const reply = await once();
    if (!('failure' in reply) || !reply.passing || retry >= source.retries) return reply;
    const backOffMs = backOffLimitMs(retry) * (0.5 + Math.random() / 2);
    if (Date.now() + backOffMs + source.timeoutMs > limits.endMs) return reply;
    await pause(backOffMs, limits.signal);
    if (limits.signal.aborted) return reply;
  }
}

/** Ends early when the issuance does, so that no timer outlives it. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** The longest wait before retry `retry` (from 0), in milliseconds: 50, 100, 200, then 400. */
function backOffLimitMs(retry: number): number {
  return Math.min(50 * 2 ** retry, 400);
}

/**
 * The longest time that asking a source may take, in milliseconds: every attempt runs into its timeout, and
 * every back-off is at its limit.
 */
export function longestMs({ timeoutMs, retries }: Pick<HttpSource, 'timeoutMs' | 'retries'>): number {
  let ms = timeoutMs;
  for (let retry = 0; retry < retries; retry++) ms += backOffLimitMs(retry) + timeoutMs;
  return ms;
}
