import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { type FaultMode, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const text = JSON.stringify({ plan: 'gold', features: Array.from({ length: 60 }, (_, nth) => `f${nth}`) });

/** A proxy before a server that answers {@link text}, both gone when `use` is done. */
async function behind(mode: FaultMode, use: (proxy: FaultProxy) => Promise<void>) {
  const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy = await startFaultProxy({ target: { port: address.port }, mode });
  try {
    await use(proxy);
  } finally {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  }
}

/** What a client gets: the body, or the code of what went wrong. */
function ask(port: number, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', agent: false, timeout: timeoutMs }, async (response) => {
      try {
        const chunks = await response.toArray();
        resolve(Buffer.concat(chunks).toString());
      } catch (error) {
        resolve(codeOf(error));
      }
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })));
    request.on('error', (error) => resolve(codeOf(error)));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

describe('the fault proxy', () => {
  it('hands on what both sides say, and counts connections', () =>
    behind('pass', async (proxy) => {
      expect(await ask(proxy.port)).toBe(text);
      expect(await ask(proxy.port)).toBe(text);
      expect(proxy.accepted).toBe(2);
    }));

  it('refuses when down, and comes back on the same port', () =>
    behind('down', async (proxy) => {
      const { port } = proxy;
      expect(await ask(port)).toBe('ECONNREFUSED');
      await proxy.mode('pass');
      expect(proxy.port).toBe(port);
      expect(await ask(port)).toBe(text);
      await proxy.mode('down');
      expect(await ask(port)).toBe('ECONNREFUSED');
    }));

  it.each<[string, FaultMode, string]>([
    ['hangs', 'hang', 'TIMEOUT'],
    ['resets', 'reset', 'ECONNRESET'],
    ['cuts an answer short', 'truncate', 'ECONNRESET'],
    ['cuts a body short', { kind: 'truncate', bytes: 300 }, 'ECONNRESET'],
    ['answers noise', 'garbage', 'HPE_INVALID_CONSTANT'],
  ])('%s', (_what, mode, outcome) =>
    behind(mode, async (proxy) => {
      expect(await ask(proxy.port, 200)).toBe(outcome);
    }),
  );

  it('answers late', () =>
    behind({ kind: 'latency', ms: 150 }, async (proxy) => {
      const start = performance.now();
      expect(await ask(proxy.port)).toBe(text);
      expect(performance.now() - start).toBeGreaterThan(149);
    }));

  it('drips, and every byte comes', () =>
    behind({ kind: 'drip', everyMs: 1 }, async (proxy) => {
      const start = performance.now();
      expect(await ask(proxy.port, 5000)).toBe(text);
      expect(performance.now() - start).toBeGreaterThan(text.length);
    }));

  it.each<[FaultMode, string]>([
    ['down', 'broken'],
    ['reset', 'broken'],
    ['hang', 'silent'],
    ['pass', 'answered'],
  ])('turns a connection that stands to %s', (mode, outcome) =>
    behind('pass', async (proxy) => {
      const socket = connect(proxy.port, '127.0.0.1');
      const request = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
      socket.write(request);
      await once(socket, 'data');
      const next = new Promise((resolve) => {
        socket.on('data', () => resolve('answered'));
        socket.on('error', () => resolve('broken'));
        setTimeout(resolve, 200, 'silent');
      });
      await proxy.mode(mode);
      if (socket.writable) socket.write(request);
      expect(await next).toBe(outcome);
      socket.destroy();
    }),
  );

  it('lets a client that hung go on', () =>
    behind('hang', async (proxy) => {
      const answer = ask(proxy.port);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await proxy.mode('pass');
      expect(await answer).toBe(text);
    }));
});
