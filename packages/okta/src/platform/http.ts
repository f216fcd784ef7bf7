import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestLimitBytes } from './reserved.ts';

/** Passes the whole body to `take`, or undefined if it is too large or breaks off. Later data is ignored. */
export function readNode(request: IncomingMessage, take: (body: Buffer | undefined) => void): void {
  if (Number(request.headers['content-length']) > requestLimitBytes) {
    take(undefined);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= requestLimitBytes) chunks.push(chunk);
    else take(undefined);
  });
  request.on('end', () => take(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  request.on('close', () => take(undefined));
}

/** {@link readNode} for a stream of the Web. */
export function readWeb(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  take: (body: Buffer | undefined) => void,
): void {
  wholeOf(reader).then(take, () => take(undefined));
}

async function wholeOf(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > requestLimitBytes) return undefined;
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/** How long the rest of an unneeded body is read, in milliseconds. */
const lingerMs = 1_000;

/**
 * Sends an answer. If the request has not ended, the connection is closed after the caller has had time to read the
 * answer: closing with unread bytes resets the connection, and Okta would not see the answer.
 */
export function sendNode(request: IncomingMessage, response: ServerResponse, text: string): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.byteLength(text);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
  // Node writes texts with one byte for each character faster if it knows.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.on('close', () => clearTimeout(timer));
}
