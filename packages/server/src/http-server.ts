import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from '@claimsmith/runtime/server';
import type { HttpLimits } from './limits.ts';
import { ServerError, systemCode } from './server-error.ts';

/** How long a closing server waits for open requests, in milliseconds; longer than any answer takes. */
export const closeLimitMs = 5_000;

/** How often a closing server closes connections that have become idle, in milliseconds. */
const closeIdleMs = 100;

/** Connections that wait to be accepted. */
const backlog = 1_024;

/** How long a connection has to authenticate when the server is full, in milliseconds. */
const showMs = 200;

/** How long a caller has to read the answer to a request that was not HTTP, in milliseconds. */
const readMs = 1_000;

export interface HardenedServer {
  readonly server: Server;
  /**
   * Called when the caller has authenticated: the server then never closes its connection to make room for another one.
   *
   * @returns whether the connection may be kept; false if authenticated connections take all places
   */
  readonly prove: (socket: Socket) => boolean;
}

/** An answer to data that is not a valid request. */
export interface Fault {
  readonly status: 200 | 400;
  /** JSON. */
  readonly body: string;
}

/**
 * A Node server that slow, large or many requests cannot block. When it is full, it closes the oldest unauthenticated
 * connection; it never closes an authenticated one for this reason.
 *
 * @param faulty gives the answer to data that is not a valid request
 */
export function createHardened(
  limits: HttpLimits,
  handle: RequestListener,
  faulty: () => Fault,
): HardenedServer {
  const places = createPlaces(limits.connections);
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkingIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.headerBytes,
      // Node would answer by itself, with 400; Okta would then issue the token unmodified.
      requireHostHeader: false,
    },
    handle,
  );
  // As above: 417.
  server.on('checkExpectation', handle);
  // Leaves room for connections that have not authenticated yet.
  server.maxConnections = limits.connections + backlog;
  server.on('connection', places.open);
  server.on('clientError', (error, socket) => {
    if (!socket.writable) return;
    const isLate = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    if (isLate || systemCode(error) === 'ECONNRESET') socket.destroy();
    else answerFault(socket, faulty());
  });
  return { server, prove: places.prove };
}

/** Which connections there are, and which give way. */
function createPlaces(limit: number) {
  const all = new Set<Socket>();
  /** The unauthenticated connections, in the order of arrival, with the time of each. */
  const unproven = new Map<Socket, number>();
  let isWaiting = false;

  function forget(socket: Socket) {
    all.delete(socket);
    unproven.delete(socket);
  }

  function giveWay() {
    isWaiting = false;
    const latestMs = performance.now() - showMs;
    for (const [socket, sinceMs] of unproven) {
      // In a flood there is less time to give.
      if (all.size <= (sinceMs > latestMs ? limit + backlog / 2 : limit)) break;
      forget(socket);
      socket.destroy();
    }
    wait();
  }

  function wait() {
    if (isWaiting || all.size <= limit || unproven.size === 0) return;
    isWaiting = true;
    setTimeout(giveWay, showMs / 5).unref();
  }

  return {
    open(socket: Socket) {
      all.add(socket);
      unproven.set(socket, performance.now());
      socket.on('close', () => forget(socket));
      wait();
    },
    /** @returns whether there is a place for it once its request is answered */
    prove(socket: Socket): boolean {
      unproven.delete(socket);
      return all.size - unproven.size <= limit;
    },
  };
}

/** Closing at once, with bytes unread, would take the answer away again. */
function answerFault(socket: Duplex, { status, body }: Fault) {
  socket.end(
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Bad Request'}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  const timer = setTimeout(() => socket.destroy(), readMs).unref();
  socket.on('close', () => clearTimeout(timer));
}

/**
 * @returns the port
 * @throws ServerError `listen`
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new ServerError('listen', `Cannot listen on ${host}:${port}: ${systemCode(cause)}`, { cause }));
    });
    server.listen({ host, port, backlog }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Accepts no more requests, and resolves when the open ones are answered or their time is over. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleMs);
  const timer = setTimeout(() => server.closeAllConnections(), closeLimitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

/** Whether an address of a request has this path. A query, a final slash, or a host before it are allowed. */
export function isPath(url: string | undefined, path: string): boolean {
  if (url === undefined) return false;
  const start = url.startsWith('/') ? 0 : (/^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0);
  if (!url.startsWith(path, start)) return false;
  const end = start + path.length;
  const rest = url[end] === '/' ? end + 1 : end;
  return rest === url.length || url[rest] === '?';
}
