import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type FaultMode, startFaultProxy } from '../../../../tools/fault-proxy.ts';
import { json, serve } from '../../test/fixtures.ts';
import { httpSource, limits, open, pause, until } from '../../test/server.ts';
import type { Answer, Settings } from '../index.ts';
import { type HttpServerSource, SourceError } from './index.ts';

interface Options {
  readonly source?: Partial<HttpServerSource>;
  readonly settings?: Settings;
  readonly deadlineMs?: number;
}

/** What one question to an address comes to. */
async function ask(url: string, { source, settings = {}, deadlineMs }: Options = {}): Promise<Answer> {
  await using asking = open({ sources: { plan: { ...httpSource, ...source } }, settings });
  return await asking.ask({ source: 'plan', url }, limits(deadlineMs));
}

/** What it comes to where the server answers so. */
async function askServer(
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
  options?: Options,
) {
  await using server = await serve(answer);
  const answered = await ask(server.url, options);
  return { answer: answered, seen: server.seen };
}

const body = (response: ServerResponse, bytes: Buffer, encoding: string) =>
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes);

describe('an HTTP source of a server', () => {
  it('asks with GET for JSON, with the headers of the spec', async () => {
    const source = { headers: { authorization: 'Bearer ${TOKEN}', accept: 'application/vnd.acme+json' } };
    const { answer, seen } = await askServer((_request, response) => json(response, { plan: 'gold' }), {
      source,
      settings: { TOKEN: 's3cret' },
    });
    expect(answer).toMatchObject({ value: { plan: 'gold' } });
    expect(seen[0]).toMatchObject({
      method: 'GET',
      headers: { authorization: 'Bearer s3cret', accept: 'application/vnd.acme+json' },
    });
  });

  it('sends the body of a POST, and tells questions with different bodies apart', async () => {
    await using server = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => json(response, { got: Buffer.concat(chunks).toString(), how: request.method }));
    });
    const source: HttpServerSource = { ...httpSource, method: 'POST', cacheMs: 60_000 };
    await using asking = open({ sources: { plan: source } });
    const ask = (body: string) => asking.ask({ source: 'plan', url: server.url, body }, limits());
    for (const text of ['{"id":"é"}', '{"id":"b"}', '{"id":"é"}'])
      expect(await ask(text)).toMatchObject({ value: { got: text, how: 'POST' } });
    expect(server.seen.map(({ headers }) => headers['content-type'])).toEqual([
      'application/json',
      'application/json',
    ]);
  });

  it.each([
    ['[{"message":"no"}]', 'POST', { failure: 'status' }],
    ['"no"', 'POST', { failure: 'status' }],
    ['[]', 'POST', { value: { data: 1, errors: [] } }],
    ['null', 'POST', { value: { data: 1, errors: null } }],
    ['["no"]', undefined, { value: { data: 1, errors: ['no'] } }],
  ] as const)('takes errors %s beside data, asked with %s, for %j', async (errors, method, expected) => {
    const { answer } = await askServer(
      (_request, response) => response.writeHead(200).end(`{"data":1,"errors":${errors}}`),
      { source: method === undefined ? {} : { method } },
    );
    expect(answer).toMatchObject(expected);
  });

  it('keeps path and query as they are given', async () => {
    await using server = await serve((request, response) => json(response, request.url));
    const answer = await ask(`${server.url}v1/users/a%2Fb%20c?x=%26&y=ü`);
    expect(answer).toMatchObject({ value: '/v1/users/a%2Fb%20c?x=%26&y=%C3%BC' });
  });

  it('gives the age that a cache on the way tells, and the time it took itself', async () => {
    const { answer } = await askServer((_request, response) =>
      setTimeout(() => json(response, 1, { age: '30' }), 100),
    );
    expect(answer).toMatchObject({ value: 1, ageSeconds: expect.closeTo(30.1, 0) });
    if ('failure' in answer) throw new Error(answer.failure);
    expect(answer.ageSeconds).toBeGreaterThan(30.09);
  });

  it.each<[string | string[], number]>([
    [['30', '70'], 70],
    ['30, 70', 70],
    ['soon', 2 ** 31],
    [['30', 'soon'], 2 ** 31],
  ])('takes an age of %j for no younger than it may be', async (age, ageSeconds) => {
    const { answer } = await askServer((_request, response) => {
      response.setHeader('age', age);
      json(response, 1);
    });
    expect(answer).toMatchObject({ ageSeconds: expect.closeTo(ageSeconds, -1) });
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads %s', async (encoding, compress) => {
    const text = JSON.stringify({ plan: 'gold' });
    const { answer } = await askServer((_request, response) => body(response, compress(text), encoding));
    expect(answer).toMatchObject({ value: { plan: 'gold' } });
  });

  it.each<[string, string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['HTML', 'malformed', (_request, response) => response.end('<html>sign in</html>')],
    ['nothing', 'malformed', (_request, response) => response.end()],
    [
      'bytes that are not text',
      'malformed',
      (_request, response) => response.end(Buffer.from([0x22, 0xff, 0x22])),
    ],
    ['half an object', 'malformed', (_request, response) => response.end('{"plan":')],
    [
      'an unknown encoding',
      'malformed',
      (_request, response) => body(response, Buffer.from('{}'), 'zstd, gzip'),
    ],
    ['an invalid gzip', 'malformed', (_request, response) => body(response, Buffer.from('{}'), 'gzip')],
    ['a large answer', 'too_large', (_request, response) => json(response, 'x'.repeat(20_000))],
    ['a redirect', 'status', (_request, response) => response.writeHead(302, { location: '/other' }).end()],
    ['304', 'status', (_request, response) => response.writeHead(304).end()],
    ['404', 'status', (_request, response) => response.writeHead(404).end('{}')],
    ['201', 'status', (_request, response) => response.writeHead(201).end('{}')],
    ['203', 'status', (_request, response) => response.writeHead(203).end('{}')],
    ['204', 'status', (_request, response) => response.writeHead(204).end()],
    ['206', 'status', (_request, response) => response.writeHead(206).end('{}')],
    ['500', 'status', (_request, response) => response.writeHead(500).end('{}')],
    ['a reset', 'network', (request) => request.socket.resetAndDestroy()],
    ['silence', 'timeout', () => undefined],
    ['headers alone', 'timeout', (_request, response) => response.writeHead(200).flushHeaders()],
  ])('fails on %s with %s', async (_what, failure, answer) => {
    expect((await askServer(answer, { source: { timeoutMs: 150 } })).answer).toEqual({ failure });
  });

  it('follows no redirect', async () => {
    await using target = await serve((_request, response) => json(response, { stolen: true }));
    const { answer } = await askServer((_request, response) =>
      response.writeHead(307, { location: target.url }).end(),
    );
    expect(answer).toEqual({ failure: 'status' });
    expect(target.seen).toHaveLength(0);
  });

  it('stops at the limit, whatever comes after it, compressed or not', async () => {
    const spaces = Buffer.concat([Buffer.alloc(20_000_000, 0x20), Buffer.from('1')]);
    const source = { limitBytes: 100_000 };
    const before = process.memoryUsage().arrayBuffers;
    for (const [encoding, bomb] of [
      ['gzip', gzipSync(spaces)],
      ['deflate', deflateSync(spaces)],
      ['br', brotliCompressSync(spaces)],
    ] as const) {
      expect(bomb.length).toBeLessThan(100_000);
      const { answer } = await askServer((_request, response) => body(response, bomb, encoding), { source });
      expect(answer).toEqual({ failure: 'too_large' });
    }
    let sent = 0;
    const endless = await askServer((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.on('drain', write);
      response.writeHead(200);
      write();
    });
    expect(endless.answer).toEqual({ failure: 'too_large' });
    expect(sent).toBeLessThan(20_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  });

  it.each([
    ['404', 404, 1],
    ['401', 401, 1],
    ['407', 407, 1],
    ['408', 408, 3],
    ['425', 425, 3],
    ['429', 429, 3],
    ['503', 503, 3],
  ])('tries %s again only where that may help', async (_name, status, attempts) => {
    const { answer, seen } = await askServer((_request, response) => response.writeHead(status).end('{}'), {
      source: { retries: 2 },
    });
    expect(answer).toEqual({ failure: 'status' });
    expect(seen).toHaveLength(attempts);
  });

  it('does not begin an attempt that does not fit before the deadline', async () => {
    const { answer, seen } = await askServer((_request, response) => response.writeHead(503).end(), {
      source: { retries: 5, timeoutMs: 400 },
      deadlineMs: 300,
    });
    expect(answer).toEqual({ failure: 'status' });
    expect(seen).toHaveLength(1);
  });

  it('gives up at the deadline, and lets go of the connection', async () => {
    let isGone = false;
    await using server = await serve((request) => {
      request.socket.on('close', () => {
        isGone = true;
      });
    });
    await using asking = open({ sources: { plan: { ...httpSource, timeoutMs: 5000 } } });
    const start = performance.now();
    expect(await asking.ask({ source: 'plan', url: server.url }, limits(100))).toEqual({
      failure: 'timeout',
    });
    expect(performance.now() - start).toBeLessThan(2000);
    await until(() => isGone);
  });

  it('uses a connection again, also after an answer that nobody read', async () => {
    const sockets = new Set<unknown>();
    await using server = await serve((request, response, nth) => {
      sockets.add(request.socket);
      if (nth === 2) response.writeHead(404).end('{"error":"no such user"}');
      else json(response, nth);
    });
    await using asking = open({ sources: { plan: httpSource } });
    for (let nth = 0; nth < 5; nth++) {
      await asking.ask({ source: 'plan', url: `${server.url}?${nth}` }, limits());
      await pause(5);
    }
    expect(server.seen).toHaveLength(5);
    expect(sockets.size).toBe(1);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['does not end', (response) => response.write('{')],
    ['is large', (response) => response.write('x'.repeat(100_000))],
  ])('lets go of a connection whose refusal %s', async (_what, write) => {
    let isGone = false;
    await using server = await serve((request, response) => {
      request.socket.on('close', () => {
        isGone = true;
      });
      write(response.writeHead(404));
    });
    await using asking = open({ sources: { plan: httpSource } });
    const start = performance.now();
    expect(await asking.ask({ source: 'plan', url: server.url }, limits())).toEqual({ failure: 'status' });
    // The source's own timeout.
    expect(performance.now() - start).toBeLessThan(1000);
    await until(() => isGone);
  });

  it('opens no more connections than its pool has', async () => {
    const sockets = new Set<unknown>();
    await using server = await serve((request, response) => {
      sockets.add(request.socket);
      setTimeout(() => json(response, 1), 5);
    });
    await using asking = open({ sources: { plan: httpSource } });
    const all = Array.from({ length: 300 }, (_, nth) =>
      asking.ask({ source: 'plan', url: `${server.url}?${nth}` }, limits()),
    );
    expect((await Promise.all(all)).every((answer) => 'value' in answer)).toBe(true);
    expect(sockets.size).toBeLessThanOrEqual(64);
  });
});

describe('the addresses of an HTTP source', () => {
  it('may be of this machine where the spec writes so, or where the source is private', async () => {
    await using server = await serve((_request, response) => json(response, 1));
    const { port } = new URL(server.url);
    const settings = { BASE: server.url, PORT: port };
    const outcomes: [string, boolean, unknown][] = [];
    for (const url of [server.url, `http://localhost:${port}/`, 'http://127.0.0.1:${PORT}/', '${BASE}']) {
      for (const isPrivate of [false, true]) {
        const answer = await ask(url, { settings, source: { private: isPrivate } });
        outcomes.push([url.replace(port, 'p'), isPrivate, 'value' in answer ? answer.value : answer.failure]);
      }
    }
    expect(outcomes).toEqual([
      ['http://127.0.0.1:p/', false, 1],
      ['http://127.0.0.1:p/', true, 1],
      ['http://localhost:p/', false, 1],
      ['http://localhost:p/', true, 1],
      ['http://127.0.0.1:${PORT}/', false, 1],
      ['http://127.0.0.1:${PORT}/', true, 1],
      ['${BASE}', false, 'address'],
      ['${BASE}', true, 1],
    ]);
  });

  it.each([
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:10.0.0.1]/',
    'https://[fe80::1]/',
    'https://2130706433/',
    'https://0x7f000001/',
    'http://entitlements.acme.example/',
    'https://user:password@acme.example/',
    'ftp://acme.example/',
    '//acme.example/',
    'not an address',
  ])('are refused before anything is sent: %s', async (url) => {
    expect(await ask(url)).toEqual({ failure: 'address' });
    expect(await ask('${URL}', { settings: { URL: url } })).toEqual({ failure: 'address' });
  });

  it('never are those of a cloud, not even of a private source', async () => {
    for (const url of ['https://169.254.169.254/', 'https://[fd00:ec2::254]/', 'https://100.100.100.200/']) {
      expect(await ask(url, { source: { private: true } })).toEqual({ failure: 'address' });
    }
  });

  it('of a name are checked as they are connected to', async () => {
    expect(await ask('${URL}', { settings: { URL: 'https://localhost:9/' } })).toEqual({
      failure: 'address',
    });
  });

  it('that do not resolve, and hosts that speak no TLS, are a broken network', async () => {
    await using server = await serve((_request, response) => json(response, 1));
    expect(await ask('https://nowhere.invalid/', { deadlineMs: 3000 })).toEqual({ failure: 'network' });
    expect(await ask(server.url.replace('http:', 'https:'))).toEqual({ failure: 'network' });
  });
});

describe('the settings of an HTTP source', () => {
  it.each([
    [{}, 'setting'],
    [{ TOKEN: '' }, 'setting'],
    [{ TOKEN: 'a\r\nx: y' }, 'setting'],
    [{ TOKEN: 7 }, 'setting'],
  ])('%j fail with %s, and getting ready says which', async (settings, failure) => {
    const source = { ...httpSource, headers: { authorization: 'Bearer ${TOKEN}' } };
    await using asking = open({ sources: { plan: source }, settings });
    await expect(asking.ready()).rejects.toThrow(SourceError);
    await expect(asking.ready()).rejects.toMatchObject({ code: 'setting', source: 'plan' });
    await expect(asking.ready()).rejects.toThrow(
      'plan: the setting `TOKEN` is not set, or is not printable ASCII',
    );
    expect(await asking.ask({ source: 'plan', url: 'https://acme.example/' }, limits())).toEqual({ failure });
  });
});

describe('a network in trouble', () => {
  const faults: readonly (readonly [FaultMode, string])[] = [
    ['down', 'network'],
    ['hang', 'timeout'],
    ['reset', 'network'],
    ['truncate', 'network'],
    ['garbage', 'network'],
    [{ kind: 'drip', everyMs: 50 }, 'timeout'],
    [{ kind: 'latency', ms: 600 }, 'timeout'],
  ];

  it.each(faults)('%j fails with %s inside its time, and passes', async (mode, failure) => {
    await using server = await serve((_request, response) => json(response, { plan: 'gold' }));
    const proxy = await startFaultProxy({ target: { port: Number(new URL(server.url).port) } });
    try {
      await using asking = open({ sources: { plan: { ...httpSource, timeoutMs: 300 } } });
      const question = { source: 'plan', url: `http://127.0.0.1:${proxy.port}/` };
      expect(await asking.ask(question, limits())).toMatchObject({ value: { plan: 'gold' } });
      await proxy.mode(mode);
      const start = performance.now();
      expect(await asking.ask(question, limits())).toEqual({ failure });
      expect(performance.now() - start).toBeLessThan(2000);
      await proxy.mode('pass');
      expect(await asking.ask(question, limits())).toMatchObject({ value: { plan: 'gold' } });
    } finally {
      await proxy.close();
    }
  });
});
