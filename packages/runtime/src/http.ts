import { type Cache, keep, recall } from './cache.ts';
import type { AuthorizedRequest } from './client-credentials.ts';
import type { Asking } from './enrich.ts';
import { type Setting, type Settings, settingOf } from './fill.ts';
import type { AddressNeed, Need } from './program.ts';
import { type Fetch, hasErrors, isAnswer, type Question, type Reply } from './request.ts';
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

/** A source with what asks it: {@link httpSource}, or the driver of a database. */
export interface AskedSource extends Bounds {
  readonly attempt: Attempt;
}

/** Asks once. It ends soon after the controller aborts; it may abort by itself, to let go of a connection. */
export type Attempt = (need: Need, controller: AbortController, means: Means) => Promise<Reply>;

/** What a question over HTTP needs from its host. */
interface Means {
  readonly fetch: Fetch;
  readonly setting: Setting;
}

/** How one HTTP source is asked. Each need brings its address. */
export interface HttpSource extends Bounds {
  /**
   * The request for a need, settings filled in; it throws if one is missing. Without an address the source is not asked:
   * that of the need, if the spec's text fixes the whole origin, and {@link mayAsk} has approved it, or else
   * {@link fillAddress} of it.
   */
  readonly question: (
    need: Asked,
    setting: Setting,
  ) => Question | (Omit<Question, 'url'> & { readonly url: undefined });
  /** {@link request}, or {@link authorizedRequest}; {@link unlessErrors} of it for a POST. */
  readonly send: AuthorizedRequest;
}

/** What a need tells of a request over HTTP. */
type Asked = Pick<Need, 'source'> & Partial<Pick<AddressNeed, 'url' | 'body'>>;

/** A source that is asked over HTTP, for JSON. */
export function httpSource(source: HttpSource): AskedSource {
  return {
    ...source,
    async attempt(need, controller, means) {
      let question: ReturnType<HttpSource['question']>;
      try {
        question = source.question(need, means.setting);
      } catch {
        return { failure: 'setting' };
      }
      if (question.url === undefined) return { failure: 'address' };
      const { timeoutMs, limitBytes } = source;
      return source.send(means.fetch, question, limitBytes, controller, {
        timeoutMs,
        setting: means.setting,
      });
    },
  };
}

/** Sends like `send`. An answer that says that it is not whole is a failure: GraphQL gives `errors` with status 200. */
export function unlessErrors(send: AuthorizedRequest): AuthorizedRequest {
  return async (...request) => {
    const reply = await send(...request);
    return hasErrors(reply.value) ? { failure: 'status' } : reply;
  };
}

/** The common parts of a policy's questions to its sources. */
export interface HttpAsking extends Pick<Means, 'fetch'> {
  readonly sources: Readonly<Record<string, AskedSource>>;
  /** The policy's revision: an answer kept under another one is not used. */
  readonly revision: string;
  readonly settings: Settings;
  readonly cache: Cache;
}

/**
 * Asks sources, and keeps their answers. A failure is an answer too, so it never rejects. {@link askingEach} adds needs
 * with several questions.
 */
export function httpAsking({
  sources,
  revision,
  settings,
  fetch,
  cache,
}: HttpAsking): Required<Asking<Need>> {
  const means = { fetch, setting: (name: string) => settingOf(settings, name) };
  const keyOf = (need: Need) => `${revision} ${JSON.stringify(need)}`;
  return {
    async ask(need, { endMs }) {
      const source = sources[need.source];
      if (source === undefined) return { failure: 'address' };
      const { cacheMs, staleMs } = source;
      const servesMs = cacheMs && cacheMs + staleMs;
      const reply = await attempts(
        source,
        (controller) => source.attempt(need, controller, means),
        // Early enough to use a kept answer instead.
        endMs - (staleMs && staleMarginMs),
      );
      if (!servesMs) return reply;
      if (!isAnswer(reply)) return recall(cache, keyOf(need), servesMs) ?? reply;
      keep(cache, keyOf(need), reply, servesMs);
      return reply;
    },
    recall(need) {
      const cacheMs = sources[need.source]?.cacheMs ?? 0;
      return cacheMs > 0 ? recall(cache, keyOf(need), cacheMs) : undefined;
    },
  };
}

/** How long before the deadline a kept answer replaces one that has not arrived. */
const staleMarginMs = 10;

/**
 * Tries until there is an answer or a lasting failure, or no retry is left. A retry starts only if its back-off and its
 * whole timeout fit before the deadline: an attempt that will be cut short only adds load to a source in trouble.
 */
async function attempts(
  { timeoutMs, retries }: Bounds,
  attempt: (controller: AbortController) => Promise<Reply>,
  endMs: number,
): Promise<Reply> {
  for (let retry = 0; ; retry++) {
    const reply = await within<Reply>(
      Math.min(timeoutMs, endMs - Date.now()),
      { failure: 'timeout', passing: true },
      attempt,
    ).catch((): Reply => ({ failure: 'network', passing: true }));
    if (!reply.passing || retry >= retries) return reply;
    const backOffMs = backOffLimitMs(retry) * (0.5 + Math.random() / 2);
    if (Date.now() + backOffMs + timeoutMs > endMs) return reply;
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
