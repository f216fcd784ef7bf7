import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestLimitBytes } from './reserved.ts';

/** The whole body; undefined where it is too large or breaks off. It never rejects. */
export function readNode(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    if (Number(request.headers['content-length']) > requestLimitBytes) return resolve(undefined);
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= requestLimitBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

/** {@link readNode} for a stream of the Web. */
export async function readWeb(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > requestLimitBytes) return undefined;
      chunks.push(value);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** For how long the rest of a body that nobody wants is taken, in milliseconds. */
const lingerMs = 1_000;

/**
 * Sends an answer. Where the request has not ended, the connection is closed, but not before the caller has had time
 * to read the answer: closing with bytes unread resets the connection, and Okta would then know of no answer.
 */
export function sendNode(request: IncomingMessage, response: ServerResponse, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.on('close', () => clearTimeout(timer));
}
