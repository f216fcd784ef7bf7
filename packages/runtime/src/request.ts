import type { Answered, SourceFailure } from './program.ts';

/** The part of the standard `fetch` that sources use. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

/** The options for `fetch`. Redirects are not followed, because they would bypass the check of the address. */
export interface FetchInit {
  /** Default: GET. */
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** A success has a value with its age, and anything else a failure. */
export type Reply =
  | (Answered & { readonly passing?: undefined; readonly refusal?: undefined })
  | {
      readonly failure: SourceFailure;
      readonly value?: undefined;
      readonly ageSeconds?: undefined;
      /** Whether another attempt may succeed. Default: false. */
      readonly passing?: boolean | undefined;
      /**
       * What a refusal is about. `us`: our credential, so it is not an answer about a user. `either`: our credential or
       * the user; it counts as an answer about the user.
       */
      readonly refusal?: 'us' | 'either' | undefined;
    };

export type Failed = Extract<Reply, { readonly failure: string }>;

/** Whether the reply is about what was asked: not a passing failure, and not a refusal of our own credential. */
export function isAnswer(reply: Reply): boolean {
  return !reply.passing && reply.refusal !== 'us';
}

/**
 * Requests carry only the deployment's credential, so 401 and 407 are about that credential. A 403 may be about the user
 * that is asked about.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.5
 */
export function refusedWith(status: number): Failed {
  const passing = status >= 500 || passingStatuses.includes(status);
  return { failure: 'status', passing, refusal: refusals[status] };
}

/** Request Timeout, Too Early, Too Many Requests. */
const passingStatuses: readonly number[] = [408, 425, 429];

const refusals: Readonly<Record<number, Failed['refusal']>> = { 401: 'us', 403: 'either', 407: 'us' };

/** A request with settings filled in. */
export interface Question {
  readonly url: string;
  /** Default: GET. */
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One request for JSON. Only status 200 is an answer. A partial answer (206), or one that a proxy changed (203), may differ
 * from what the source knows.
 *
 * @param limitBytes the largest accepted body, after decompression
 * @throws whatever `fetch` and the body throw if the network fails
 */
export async function request(
  fetch: Fetch,
  { url, ...init }: Question,
  limitBytes: number,
  controller: AbortController,
): Promise<Reply> {
  // `manual` rather than `error`: a redirect is then an ordinary answer, and not confused with a broken network.
  const response = await fetch(url, { ...init, redirect: 'manual', signal: controller.signal });
  const { status } = response;
  if (status !== 200 || response.redirected) {
    // Releases the connection, because the body is not read.
    controller.abort();
    return refusedWith(status);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Counted as it arrives, because `content-length` may be wrong. Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > limitBytes) return { failure: 'too_large' };
    chunks.push(chunk);
  }
  try {
    // Decoded at once: a decoder with state between chunks costs more than everything else here.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return { value: JSON.parse(text), ageSeconds: ageOf(response.headers.get('age')) };
  } catch {
    return { failure: 'malformed' };
  }
}

/**
 * Whether an answer says that it is not whole: GraphQL gives `errors` beside `data`, with status 200.
 *
 * @see https://spec.graphql.org/October2021/#sec-Errors
 */
export function hasErrors(value: unknown): boolean {
  const { errors } = Object(value);
  return errors != null && errors.length !== 0;
}

/** The age for an unreadable header: larger than any bound on freshness (RFC 9111, section 1.2.2). */
const untoldSeconds = 2 ** 31;

/**
 * The answer's `Age` (RFC 9111): how long a cache on the way has kept it. If there are several, the largest. Other
 * caching headers are ignored: `Age` can only make an answer older, and the spec says how long an answer may be used.
 */
export function ageOf(header: string | null | undefined): number {
  const ages = (header ?? '0')
    .split(',')
    .map((age) => (/^\s*\d+\s*$/.test(age) ? Number(age) : untoldSeconds));
  return Math.min(Math.max(...ages), untoldSeconds);
}
