import type { SourceFailure } from './program.ts';

/** The part of the standard `fetch` that sources use. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

export interface Attempt {
  readonly fetch: Fetch;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly timeoutMs: number;
  /** The largest body taken, in bytes after decompression. */
  readonly limitBytes: number;
  /** Ends the attempt from outside. Not yet aborted. */
  readonly signal: AbortSignal;
}

export type Reply =
  | { readonly value: unknown; readonly ageSeconds: number }
  /** `passing`: another attempt may succeed. */
  | { readonly failure: SourceFailure; readonly passing: boolean };

/**
 * One GET for JSON. Never rejects, ends by `timeoutMs` even where `fetch` does not heed its signal, and leaves
 * neither a timer nor an open body behind.
 */
export function attempt({ timeoutMs, signal, ...request }: Attempt): Promise<Reply> {
  const controller = new AbortController();
  return new Promise<Reply>((resolve) => {
    const end = (reply: Reply) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(reply);
    };
    // Aborted only where something is still open: the error that an abort makes is costly.
    const cut = (passing: boolean) => {
      end({ failure: 'timeout', passing });
      controller.abort();
    };
    const stop = () => cut(false);
    const timer = setTimeout(cut, timeoutMs, true);
    signal.addEventListener('abort', stop);
    read(request, controller.signal).then(end, () => end({ failure: 'network', passing: true }));
  });
}

async function read(request: Omit<Attempt, 'timeoutMs' | 'signal'>, signal: AbortSignal): Promise<Reply> {
  const { fetch, url, headers, limitBytes } = request;
  // `manual` rather than `error`: a redirect is then an answer like any other, told apart from a broken network.
  const response = await fetch(url, { headers, redirect: 'manual', signal });
  const { status } = response;
  if (!response.ok || response.redirected) {
    discard(response.body);
    return { failure: 'status', passing: status >= 500 || status === 429 };
  }
  if (Number(response.headers.get('content-length')) > limitBytes) {
    discard(response.body);
    return { failure: 'too_large', passing: false };
  }
  const chunks = await readChunks(response.body, limitBytes);
  if (chunks === undefined) return { failure: 'too_large', passing: false };
  try {
    const value: unknown = JSON.parse(textOf(chunks));
    return { value, ageSeconds: ageOf(response.headers) };
  } catch {
    return { failure: 'malformed', passing: false };
  }
}

/** The body, counted as it comes, whatever `content-length` says; undefined once it is over the limit. */
async function readChunks(
  body: ReadableStream<Uint8Array> | null,
  limitBytes: number,
): Promise<readonly Uint8Array[] | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (reader === undefined || chunk?.value === undefined) return chunks;
    length += chunk.value.length;
    if (length > limitBytes) {
      discard(reader);
      return undefined;
    }
    chunks.push(chunk.value);
  }
}

/** @throws TypeError where the bytes are not UTF-8 */
function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const texts = chunks.map((chunk) => decoder.decode(chunk, { stream: true }));
  return texts.join('') + decoder.decode();
}

/** Gives the connection back. A body that can't be cancelled ends with the attempt's signal. */
function discard(body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => undefined);
}

/**
 * The answer's `Age` (RFC 9111): how long a cache on the way has kept it. Of the server's caching headers this
 * alone counts, since it can only make an answer older; how long an answer may serve is the spec's to say.
 */
function ageOf(headers: Headers): number {
  const age = headers.get('age') ?? '';
  return /^\d{1,9}$/.test(age) ? Number(age) : 0;
}
