import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Agent, Dispatcher } from 'undici';
import { ageOf, type Failed, hasErrors, type Reply, refusedWith } from '../request.ts';
import { lasting } from './driver.ts';
import type { HttpRequest } from './http-request.ts';

/** How much of an unneeded answer is read, and for how long, so that its connection can be reused. */
const spareLimitBytes = 16_384;
const spareTimeoutMs = 1000;

type Controller = Dispatcher.DispatchController;

/**
 * One request for JSON. Only status 200 is an answer. A partial answer (206), or one that a proxy changed (203), may differ
 * from what the source knows. Redirects are not followed.
 *
 * @param limitBytes the largest accepted body, before and after decompression
 * @throws the errors of the network
 */
export async function exchange(
  agent: Agent,
  request: HttpRequest,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Reply> {
  const answer = await received(agent, request, limitBytes, signal);
  if ('failure' in answer) return answer;
  const body = await decoded(answer, limitBytes);
  if ('failure' in body) return body;
  try {
    const value: unknown = JSON.parse(utf8.decode(body.bytes));
    if (request.method === 'POST' && hasErrors(value)) return lasting('status');
    return { value, ageSeconds: ageOf(answer.headers['age']?.toString()) };
  } catch {
    return lasting('malformed');
  }
}

/** Keeps no state between whole texts. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Uint8Array;
}

function received(
  agent: Agent,
  request: HttpRequest,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Received | Failed> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let received: Received['headers'] = {};
    let started: Controller | undefined;
    let spare: NodeJS.Timeout | undefined;
    const stop = () => {
      started?.abort(givenUp);
      reject(givenUp);
    };
    const end = () => {
      signal.removeEventListener('abort', stop);
      clearTimeout(spare);
    };
    signal.addEventListener('abort', stop, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        started = controller;
        if (signal.aborted) controller.abort(givenUp);
      },
      onResponseStart(controller, status, found) {
        if (status < 200) return;
        received = found;
        if (status === 200) return;
        resolve(refusedWith(status));
        // Nobody waits for its body.
        spare = setTimeout(() => controller.abort(givenUp), spareTimeoutMs).unref();
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        if (spare === undefined) chunks.push(chunk);
        if (bytes <= (spare === undefined ? limitBytes : spareLimitBytes)) return;
        resolve(tooLarge);
        controller.abort(givenUp);
      },
      onResponseEnd() {
        end();
        resolve({ headers: received, bytes: Buffer.concat(chunks, bytes) });
      },
      onResponseError(_controller, error) {
        end();
        reject(error);
      },
    };
    const { address, method = 'GET', headers, body } = request;
    const { origin, pathname, search } = address;
    agent.dispatch(
      { origin, path: pathname + search, method, headers, ...(body === undefined ? {} : { body }) },
      handler,
    );
  });
}

const givenUp = new Error('given up');
const tooLarge: Failed = { failure: 'too_large', passing: false };

/** The body as it was before any compression. */
async function decoded(
  { headers, bytes }: Received,
  limitBytes: number,
): Promise<{ bytes: Uint8Array } | Failed> {
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase();
  if (encoding === '' || encoding === 'identity') return { bytes };
  const decode = decoders[encoding];
  if (decode === undefined) return { failure: 'malformed', passing: false };
  try {
    return { bytes: await decode(bytes, { maxOutputLength: limitBytes }) };
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge ? tooLarge : { failure: 'malformed', passing: false };
  }
}

type Decode = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const decoders: Readonly<Record<string, Decode | undefined>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
