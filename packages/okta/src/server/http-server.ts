import { createServer, type RequestListener, type Server } from 'node:http';
import type { HttpLimits } from './limits.ts';
import { ServerError, systemCode } from './server-error.ts';

/** For what is under way when a server closes, in milliseconds: longer than any answer takes. */
const closeLimitMs = 5_000;

/** How often connections that have become idle meanwhile are closed then, in milliseconds. */
const closeIdleMs = 100;

/** Connections that wait to be accepted. */
const backlog = 1_024;

/** A server of Node's that nobody can hold up by being slow, or large. */
export function createHardened(limits: HttpLimits, handle: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkingIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.headerBytes,
    },
    handle,
  );
  server.maxConnections = limits.connections;
  return server;
}

/**
 * @returns the port
 * @throws ServerError `listen`
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new ServerError('listen', `Can't listen on ${host}:${port}: ${systemCode(cause)}`, { cause }));
    });
    server.listen({ host, port, backlog }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Accepts no more, and resolves when what is under way is answered, or has had its time. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleMs);
  const timer = setTimeout(() => server.closeAllConnections(), closeLimitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

/** Whether an address of a request is this path, whatever its query. */
export function isPath(url: string | undefined, path: string): boolean {
  if (url === undefined || !url.startsWith(path)) return false;
  return url.length === path.length || url[path.length] === '?';
}
