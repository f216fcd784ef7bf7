import { fill, fillAddress, type Setting } from './fill.ts';
import { type Failed, type Fetch, type Question, type Reply, request } from './request.ts';
import { within } from './within.ts';

/** How an access token for a source is got; `${NAME}` stands for a setting. */
export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly audience?: string;
  /** Whether the client's credentials go into the body instead of a header. */
  readonly inBody?: true;
}

/** Sends one request. It never rejects if the caller gives up. */
export type Send = (question: Question, limitBytes: number, signal: AbortSignal) => Promise<Reply>;

/** How a source with access tokens is asked. */
export interface AuthorizedAsk {
  readonly question: Question;
  readonly limitBytes: number;
  /** For the token and the question together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly setting: Setting;
  /** Sends the question. */
  readonly send: Send;
  /** Sends the request for a token. */
  readonly sendToken: Send;
}

export type Authorize = (ask: AuthorizedAsk) => Promise<Reply>;

/** A token, and for how long it may be used. */
type Got = { readonly token: string; readonly usableMs: number; readonly failure?: undefined } | Failed;

interface Kept {
  /** The request for the token: with other credentials it is another token. */
  readonly key: string;
  readonly got: Promise<Got>;
  readonly fromMs: number;
  untilMs: number;
}

/** The largest accepted answer of a token endpoint. */
const tokenLimitBytes = 64_000;
/** Longer promises are not believed. */
const longestSeconds = 86_400;

/**
 * Asks with an access token by client credentials (RFC 6749, section 4.4). One token is kept in memory until shortly
 * before it expires; while it is got, all questions wait for the same request. If that fails for a while only, or the source
 * refuses a kept token, the question tries once with a new token.
 */
export function clientCredentials(client: ClientCredentials): Authorize {
  let kept: Kept | undefined;

  function current(question: Question, { timeoutMs, sendToken }: AuthorizedAsk): Kept {
    const key = JSON.stringify(question);
    const nowMs = Date.now();
    if (kept?.key === key && kept.fromMs <= nowMs && nowMs < kept.untilMs) return kept;
    const late: Reply = { failure: 'timeout', passing: true };
    const asked = within(timeoutMs, late, ({ signal }) => sendToken(question, tokenLimitBytes, signal));
    const made: Kept = {
      key,
      fromMs: nowMs,
      untilMs: nowMs + timeoutMs,
      got: asked
        .then(gotIn, () => gotIn({ failure: 'network', passing: true }))
        .then((got) => {
          made.untilMs = got.failure !== undefined ? 0 : nowMs + got.usableMs;
          return got;
        }),
    };
    kept = made;
    return made;
  }

  return async (ask) => {
    let question: Question | undefined;
    try {
      question = tokenQuestion(client, ask.setting);
    } catch {
      return { failure: 'setting' };
    }
    if (question === undefined) return { failure: 'address' };
    for (let isFirst = true; ; isFirst = false) {
      const known = kept;
      const used = current(question, ask);
      const got = await used.got;
      if (got.failure !== undefined) {
        // A request that another question began may have had less time left than this question has.
        if (got.passing && isFirst && used === known) continue;
        return got;
      }
      const headers = { ...ask.question.headers, authorization: `Bearer ${got.token}` };
      const reply = await ask.send({ ...ask.question, headers }, ask.limitBytes, ask.signal);
      const isRefused = reply.failure !== undefined && reply.refusal === 'us';
      // A new token would be refused as well.
      if (!isRefused || !isFirst || used !== known) return reply;
      used.untilMs = 0;
    }
  };
}

/** `request`, for a source that is asked with an access token. */
export type AuthorizedRequest = (
  fetch: Fetch,
  question: Question,
  limitBytes: number,
  controller: AbortController,
  terms: Pick<AuthorizedAsk, 'timeoutMs' | 'setting'>,
) => Promise<Reply>;

/** {@link clientCredentials} over `fetch`. */
export function authorizedRequest(client: ClientCredentials): AuthorizedRequest {
  const authorize = clientCredentials(client);
  return (fetch, question, limitBytes, { signal }, terms) => {
    const send: Send = (one, bytes, given) => {
      // A refused request aborts its controller.
      const own = new AbortController();
      given.addEventListener('abort', () => own.abort());
      return request(fetch, one, bytes, own);
    };
    return authorize({ question, limitBytes, signal, ...terms, send, sendToken: send });
  };
}

/**
 * The request for a token; undefined if its address may not be asked.
 *
 * @throws Error if a setting is missing
 */
export function tokenQuestion(client: ClientCredentials, setting: Setting): Question | undefined {
  const url = fillAddress(client.tokenUrl, setting);
  const id = encodeURIComponent(fill(client.clientId, setting));
  const secret = encodeURIComponent(fill(client.clientSecret, setting));
  let body = 'grant_type=client_credentials';
  if (client.scope !== undefined) body += `&scope=${encodeURIComponent(fill(client.scope, setting))}`;
  if (client.audience !== undefined)
    body += `&audience=${encodeURIComponent(fill(client.audience, setting))}`;
  const own = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  if (url === undefined) return undefined;
  if (client.inBody)
    return { url, method: 'POST', headers: own, body: `${body}&client_id=${id}&client_secret=${secret}` };
  return {
    url,
    method: 'POST',
    headers: { ...own, authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body,
  };
}

function gotIn(reply: Reply): Got {
  if (reply.failure !== undefined) {
    const { failure, passing } = reply;
    if (failure === 'timeout' || failure === 'address') return { failure, passing };
    return { failure: 'token', passing, refusal: passing ? undefined : 'us' };
  }
  return tokenIn(reply.value) ?? { failure: 'token', passing: false, refusal: 'us' };
}

/** The token in an answer. One that does not say for how long it is valid is used once. */
function tokenIn(answer: unknown): Got | undefined {
  const { access_token: token, token_type: type, expires_in: expires } = Object(answer);
  // RFC 6750, section 2.1: other characters could end the header.
  if (typeof token !== 'string' || token.length > 16_384 || !/^[\w.~+/-]+=*$/.test(token)) return undefined;
  if (type !== undefined && !(typeof type === 'string' && /^bearer$/i.test(type))) return undefined;
  const seconds = typeof expires === 'number' && expires > 0 ? Math.min(expires, longestSeconds) : 0;
  return { token, usableMs: seconds * 1000 - Math.min(30_000, seconds * 500) };
}
