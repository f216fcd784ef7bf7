/** How something is fetched. */
export interface FetchOptions {
  readonly send: typeof fetch;
  /** For the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** The longest body. */
  readonly limitBytes: number;
  readonly accept?: string;
}

/** Fetches JSON. @throws if the answer is not 200, too long, too slow, not JSON, or elsewhere */
export async function fetchJson(url: string, options: FetchOptions): Promise<unknown> {
  return JSON.parse(await fetchText(url, { accept: 'application/json', ...options }));
}

/** Fetches text. @throws if the answer is not 200, too long, too slow, or elsewhere */
export function fetchText(url: string, options: FetchOptions): Promise<string> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  // A `fetch` of others may not heed the signal.
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([read(url, options, signal), late]);
}

async function read(
  url: string,
  { send, limitBytes, accept = '*/*' }: FetchOptions,
  signal: AbortSignal,
): Promise<string> {
  const response = await send(url, { redirect: 'error', signal, headers: { accept } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return await textOf(response.body, limitBytes);
}

/** Reads a body. @throws if it is too long, or breaks off */
export async function textOf(body: Response['body'], limitBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > limitBytes) throw new Error('the body is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
