import { type Cache, forget, keep, recall } from './cache.ts';
import type { AuthorizedRequest } from './client-credentials.ts';
import type { Ask, Asking, AskLimits } from './enrich.ts';
import { type Setting, type Settings, settingOf } from './fill.ts';
import type { AddressNeed, ParameterNeed, SingleNeed } from './program.ts';
import { type Fetch, isAnswer, type Question, type Reply, request } from './request.ts';
import { within } from './within.ts';

/** The bounds of a source. */
interface Bounds {
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Further attempts after a timeout, a broken connection, a 5xx or a 429. */
  readonly retries: number;
  /** How long an answer may serve again; 0: not at all. */
  readonly cacheMs: number;
  /** How long after that it may replace a failed answer. */
  readonly staleMs: number;
  /** The largest accepted answer, in bytes. */
  readonly limitBytes: number;
}

/** A source that a driver asks: a database. */
export interface DriverSource extends Bounds {
  /** Asks once. It ends soon after the signal aborts. */
  readonly attempt: (need: ParameterNeed, signal: AbortSignal) => Promise<Reply>;
}

/** How one HTTP source is asked. Each need brings its address. */
export interface HttpSource extends Bounds {
  /** Absent: GET. */
  readonly method?: 'POST';
  /** All headers, settings filled in. It throws if a setting does. */
  readonly headers: (setting: Setting) => Readonly<Record<string, string>>;
  /**
   * {@link fillAddress}, which fills settings into the address and checks it. Leave it out only if the spec's text
   * fixes the whole origin, and {@link mayAsk} has approved it.
   */
  readonly fillAddress?: (address: string, setting: Setting) => string | undefined;
  /** {@link authorizedRequest}, if it is asked with an access token. */
  readonly authorize?: AuthorizedRequest;
}

/** The common parts of a policy's questions to its sources. */
export interface HttpAsking {
  readonly sources: Readonly<Record<string, HttpSource | DriverSource>>;
  /** The policy's revision: an answer kept under another one is not used. */
  readonly revision: string;
  readonly settings: Settings;
  readonly fetch: Fetch;
  readonly cache?: Cache | undefined;
}

/**
 * Asks sources: those of HTTP for JSON, and others through their drivers. A failure is an answer too, so it never rejects. A
 * source that is not asked as it should be has no address.
 */
export function httpAsking({ sources, revision, settings, fetch, cache }: HttpAsking): Required<Asking> {
  const keyOf = (need: SingleNeed) => {
    const asked = 'url' in need ? `${need.url} ${need.body ?? ''}` : JSON.stringify(need.parameters);
    return `${revision} ${need.source} ${asked}`;
  };

  const ask: Ask = async (need, limits) => {
    const source = sources[need.source];
    if (source === undefined) return { failure: 'address' };
    const attempt = attemptOf(need, source, { fetch, setting: (name) => settingOf(settings, name) });
    if (typeof attempt !== 'function') return attempt;
    const { cacheMs, staleMs } = source;
    const servesMs = cacheMs > 0 && cache ? cacheMs + staleMs : 0;
    // Early enough to use a kept answer instead.
    const endMs = servesMs > cacheMs ? limits.endMs - staleMarginMs : limits.endMs;
    const reply = await attempts(attempt, source, { ...limits, endMs });
    if (!cache || servesMs === 0) return 'failure' in reply ? { failure: reply.failure } : reply;
    if (!('failure' in reply)) keep(cache, keyOf(need), reply, servesMs);
    else {
      const kept = isAnswer(reply) || staleMs === 0 ? undefined : recall(cache, keyOf(need), servesMs);
      if (kept !== undefined) return kept;
      // The source has answered: its earlier answer is no longer valid.
      if (isAnswer(reply)) forget(cache, keyOf(need));
      return { failure: reply.failure };
    }
    return reply;
  };

  return {
    ask,
    recall(need) {
      const cacheMs = sources[need.source]?.cacheMs ?? 0;
      return cacheMs > 0 && cache ? recall(cache, keyOf(need), cacheMs) : undefined;
    },
  };
}

/** How long before the deadline a kept answer replaces one that has not arrived. */
const staleMarginMs = 10;

/** One attempt at an answer. */
type Attempt = (controller: AbortController) => Promise<Reply>;

/** How a need is asked, or why it is not. */
function attemptOf(
  need: SingleNeed,
  source: HttpSource | DriverSource,
  { fetch, setting }: { readonly fetch: Fetch; readonly setting: Setting },
): Attempt | { readonly failure: 'setting' | 'address' } {
  if ('attempt' in source)
    return 'url' in need ? { failure: 'address' } : ({ signal }) => source.attempt(need, signal);
  if (!('url' in need)) return { failure: 'address' };
  const question = prepare(need, source, setting);
  if ('failure' in question) return question;
  const { authorize, limitBytes, timeoutMs } = source;
  return (controller) =>
    (authorize ?? request)(fetch, question, limitBytes, controller, { timeoutMs, setting });
}

type Prepared = Question | { readonly failure: 'setting' | 'address' };

/** Replaces settings by their values. */
function prepare(need: AddressNeed, source: HttpSource, setting: Setting): Prepared {
  try {
    const headers = source.headers(setting);
    const url = source.fillAddress ? source.fillAddress(need.url, setting) : need.url;
    if (url === undefined) return { failure: 'address' };
    return { url, method: source.method, headers, body: need.body };
  } catch {
    return { failure: 'setting' };
  }
}

/**
 * Tries until there is an answer or a lasting failure, or no retry is left. A retry starts only if its back-off and its
 * whole timeout fit before the deadline: an attempt that will be cut short only adds load to a source in trouble.
 */
async function attempts(
  attempt: Attempt,
  { timeoutMs, retries }: Bounds,
  { endMs, signal }: AskLimits,
): Promise<Reply> {
  for (let retry = 0; ; retry++) {
    const reply = await within<Reply>(
      Math.min(timeoutMs, endMs - Date.now()),
      { failure: 'timeout', passing: true },
      attempt,
    ).catch((): Reply => ({ failure: 'network', passing: true }));
    if (!('failure' in reply) || !reply.passing || retry >= retries) return reply;
    const backOffMs = backOffLimitMs(retry) * (0.5 + Math.random() / 2);
    if (signal.aborted || Date.now() + backOffMs + timeoutMs > endMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, backOffMs));
  }
}

/** The longest wait before retry `retry` (from 0), in milliseconds: 50, 100, 200, then 400. */
export function backOffLimitMs(retry: number): number {
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
