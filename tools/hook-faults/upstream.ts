import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** What a source answers that is reached, and speaks HTTP. */
export type Behaviour =
  | 'fine'
  | 'status 500'
  | 'status 429'
  | 'broken JSON'
  | 'HTML'
  | 'another type'
  | '100 MB'
  | '100 MB compressed'
  | 'redirect'
  | 'no end'
  | 'slow 2.9 s';

export interface Upstream {
  readonly port: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** An answer of a source, and of a token endpoint. */
const whole = JSON.stringify({ value: 'granted', access_token: 't0ken', expires_in: 60 });
const mebibyte = 'x'.repeat(1_048_576);

/** Made once: it takes a while. */
let bomb: Buffer | undefined;

/** A source that answers every address alike. */
export async function startUpstream(behaviour: Behaviour = 'fine'): Promise<Upstream> {
  let current = behaviour;
  const server = createServer((_, response) => {
    response.on('error', () => undefined);
    answer(response, current);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    behave(next) {
      current = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(response: ServerResponse, behaviour: Behaviour) {
  const json = { 'content-type': 'application/json' };
  switch (behaviour) {
    case 'fine':
      return response.writeHead(200, json).end(whole);
    case 'status 500':
      return response.writeHead(500, json).end(whole);
    case 'status 429':
      return response.writeHead(429, { ...json, 'retry-after': '1' }).end(whole);
    case 'broken JSON':
      return response.writeHead(200, json).end(whole.slice(0, -1));
    case 'HTML':
      return response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title>');
    case 'another type':
      return response.writeHead(200, json).end('{"value":{"granted":true}}');
    case '100 MB':
      response.writeHead(200, json);
      response.write('{"value":"granted","more":"');
      return pour(response, 100);
    case '100 MB compressed':
      bomb ??= gzipSync(`{"value":"granted","more":"${mebibyte.repeat(100)}"}`);
      return response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb);
    case 'redirect':
      return response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
    case 'no end':
      response.writeHead(200, { ...json, 'content-length': whole.length + 1 });
      return response.write(whole);
    case 'slow 2.9 s':
      return setTimeout(() => response.writeHead(200, json).end(whole), 2_900);
  }
}

function pour(response: ServerResponse, mebibytes: number): void {
  if (response.destroyed) return;
  if (mebibytes === 0) response.end('"}');
  else response.write(mebibyte, () => pour(response, mebibytes - 1));
}
