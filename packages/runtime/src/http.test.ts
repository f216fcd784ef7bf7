import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { deferred, json, plain, programOf, question, serve } from '../test/fixtures.ts';
import { enrich, fill, type HttpSource, httpAsking, httpSource, longestMs, memoryCache } from './index.ts';

interface Options {
  readonly source?: Partial<HttpSource>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly deadlineMs?: number;
  readonly user?: string;
  readonly cache?: ReturnType<typeof memoryCache>;
  readonly revision?: string;
}

/** What the one source of a policy came to. */
async function ask(url: string, options: Options = {}): Promise<unknown> {
  const decision = await enrich({
    program: programOf({ plan: url }),
    context: options.user ?? 'u1',
    asking: httpAsking({
      sources: { plan: httpSource({ ...plain, ...options.source }) },
      revision: options.revision ?? 'r1',
      settings: options.settings ?? {},
      fetch,
      cache: options.cache ?? memoryCache(),
    }),
    deadlineMs: options.deadlineMs ?? 3000,
  });
  return decision.access['plan'];
}

const bearer = question((setting) => ({
  accept: 'application/json',
  authorization: fill('Bearer ${TOKEN}', setting),
}));

describe('an HTTP source', () => {
  it('is one with an address: what takes parameters is not asked', async () => {
    const asking = httpAsking({
      sources: { plan: httpSource(plain) },
      revision: 'r1',
      settings: {},
      fetch: () => Promise.reject(new Error('asked')),
      cache: memoryCache(),
    });
    const need = { source: 'plan', parameters: { id: 'u1' } };
    expect(asking.recall(need)).toBeUndefined();
    const limits = { signal: new AbortController().signal, endMs: Date.now() + 1000 };
    expect(await asking.ask(need, limits)).toMatchObject({ failure: 'address' });
  });

  it('gives the JSON it is answered, asking for JSON with the headers of the spec', async () => {
    await using server = await serve((_request, response) => json(response, { plan: 'gold' }));
    const source = { question: bearer };
    expect(await ask(server.url, { source, settings: { TOKEN: 's3cret' } })).toEqual({ plan: 'gold' });
    expect(server.seen[0]?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer s3cret',
    });
    expect(server.seen[0]?.url).toBe('/?user=u1');
  });

  it.each([
    ['404', 404, 1],
    ['202', 202, 1],
    ['203', 203, 1],
    ['204', 204, 1],
    ['206', 206, 1],
    ['401', 401, 1],
    ['429', 429, 3],
    ['500', 500, 3],
  ])('fails with status on %s, tried again only where that may help', async (_name, status, attempts) => {
    await using server = await serve((_request, response) => response.writeHead(status).end('{}'));
    expect(await ask(server.url, { source: { retries: 2 } })).toBe('status');
    expect(server.seen).toHaveLength(attempts);
  });

  it('recovers when a retry succeeds', async () => {
    await using server = await serve((_request, response, nth) =>
      nth === 1 ? response.writeHead(500).end() : json(response, { ok: true }),
    );
    expect(await ask(server.url, { source: { retries: 1 } })).toEqual({ ok: true });
  });

  it('does not follow a redirect', async () => {
    await using target = await serve((_request, response) => json(response, { stolen: true }));
    await using server = await serve((_request, response) =>
      response.writeHead(302, { location: target.url }).end(),
    );
    expect(await ask(server.url, { source: { retries: 2 } })).toBe('status');
    expect(target.seen).toHaveLength(0);
    expect(server.seen).toHaveLength(1);
  });

  it('fails with network where nothing listens, and where the connection is cut', async () => {
    let closed = '';
    {
      await using server = await serve(() => undefined);
      closed = server.url;
    }
    expect(await ask(closed)).toBe('network');
    await using cutting = await serve((request) => request.socket.destroy());
    expect(await ask(cutting.url, { source: { retries: 1 } })).toBe('network');
    expect(cutting.seen).toHaveLength(2);
  });

  it('fails with network where the body breaks off', async () => {
    await using server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"plan":');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await ask(server.url)).toBe('network');
  });

  it.each([
    ['before the headers', false],
    ['amid the body', true],
  ])('times out where the server hangs %s, and lets go of the connection', async (_name, begins) => {
    const closed = deferred<void>();
    await using server = await serve((request, response) => {
      if (begins) response.writeHead(200).write('{"plan":');
      request.socket.on('close', () => closed.resolve(undefined));
    });
    expect(await ask(server.url, { source: { timeoutMs: 60 } })).toBe('timeout');
    await closed.promise;
  });

  it('times out where fetch does not heed its signal', async () => {
    const started = Date.now();
    const decision = await enrich({
      program: programOf({ plan: 'https://plan.example/' }),
      context: 'u1',
      asking: httpAsking({
        sources: { plan: httpSource({ ...plain, timeoutMs: 30 }) },
        revision: 'r1',
        settings: {},
        fetch: () => new Promise(() => undefined),
        cache: memoryCache(),
      }),
      deadlineMs: 5000,
    });
    expect(decision.access['plan']).toBe('timeout');
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it.each([
    ['that says so', true],
    ['that does not say so', false],
  ])('refuses a body over the limit %s', async (_name, says) => {
    const body = JSON.stringify({ plan: 'x'.repeat(5000) });
    await using server = await serve((_request, response) => {
      if (says) response.setHeader('content-length', body.length);
      response.end(body);
    });
    expect(await ask(server.url, { source: { retries: 2 } })).toBe('too_large');
    expect(server.seen).toHaveLength(1);
  });

  it('stops reading a body without an end', async () => {
    const closed = deferred<void>();
    await using server = await serve((request, response) => {
      const more = setInterval(() => response.write('x'.repeat(400)), 1);
      request.socket.on('close', () => {
        clearInterval(more);
        closed.resolve(undefined);
      });
    });
    expect(await ask(server.url)).toBe('too_large');
    await closed.promise;
  });

  it('takes a body of exactly the limit', async () => {
    const body = JSON.stringify('x'.repeat(998));
    await using server = await serve((_request, response) => response.end(body));
    expect(await ask(server.url)).toBe('x'.repeat(998));
  });

  it.each([
    ['HTML', '<!doctype html>'],
    ['nothing', ''],
    ['half of a value', '{"plan":'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('fails with malformed on %s', async (_name, body) => {
    await using server = await serve((_request, response) => response.end(body));
    expect(await ask(server.url, { source: { retries: 2 } })).toBe('malformed');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['missing', {}],
    ['empty', { TOKEN: '' }],
    ['no text', { TOKEN: 7 }],
    ['of two lines', { TOKEN: 'a\r\nx-admin: 1' }],
    ['inherited', Object.create({ TOKEN: 'a' })],
  ])('is not asked while a setting is %s', async (_name, settings) => {
    await using server = await serve((_request, response) => json(response, {}));
    const source = { question: bearer };
    expect(await ask(server.url, { source, settings })).toBe('setting');
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['http://plan.example/'],
    ['ftp://127.0.0.1/'],
    ['https://user:password@plan.example/'],
    ['//plan.example/'],
    ['http://127.0.0.1.plan.example/'],
    ['http://localhost.plan.example/'],
  ])('is not asked at %s', async (url) => {
    expect(await ask('${BASE}', { settings: { BASE: url } })).toBe('address');
  });

  it('makes no further attempt where it does not fit before the deadline', async () => {
    await using server = await serve((_request, response) => response.writeHead(503).end());
    expect(await ask(server.url, { source: { retries: 5, timeoutMs: 300 }, deadlineMs: 310 })).toBe('status');
    expect(server.seen).toHaveLength(1);
  });

  it('is asked once while its answer may serve, for each user apart, and again under another revision', async () => {
    await using server = await serve((request, response) => json(response, { for: request.url }));
    const cache = memoryCache();
    const source = { cacheMs: 60_000 };
    const first = await ask(server.url, { source, cache, user: 'u1' });
    expect(await ask(server.url, { source, cache, user: 'u1' })).toEqual(first);
    expect(server.seen).toHaveLength(1);
    expect(await ask(server.url, { source, cache, user: 'u2' })).toEqual({ for: '/?user=u2' });
    await ask(server.url, { source, cache, user: 'u1', revision: 'r2' });
    expect(server.seen).toHaveLength(3);
  });

  it('is asked with a body, and again with another one', async () => {
    await using server = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => json(response, `${request.method} ${Buffer.concat(chunks)}`));
    });
    const cache = memoryCache();
    const sources = {
      plan: httpSource({ ...plain, question: question(() => ({}), 'POST'), cacheMs: 60_000 }),
    };
    const asking = httpAsking({ sources, revision: 'r1', settings: {}, fetch, cache });
    const limits = { signal: new AbortController().signal, endMs: Date.now() + 3000 };
    for (const body of ['{"a":1}', '{"a":2}']) {
      const need = { source: 'plan', url: server.url, body };
      expect(asking.recall(need)).toBeUndefined();
      expect(await asking.ask(need, limits)).toMatchObject({ value: `POST ${body}` });
      expect(asking.recall(need)).toMatchObject({ value: `POST ${body}` });
    }
  });

  it('keeps no failure', async () => {
    await using server = await serve((_request, response, nth) =>
      nth === 1 ? response.writeHead(404).end() : json(response, { ok: true }),
    );
    const cache = memoryCache();
    const source = { cacheMs: 60_000 };
    expect(await ask(server.url, { source, cache })).toBe('status');
    expect(await ask(server.url, { source, cache })).toEqual({ ok: true });
  });

  describe('with `stale`, where it fails after it has answered', () => {
    const source = { cacheMs: 1000, staleMs: 60_000, timeoutMs: 300 };
    /** What came first, then after the time of the cache, and then again. */
    async function afterwards(
      then: (response: ServerResponse) => void,
      more: { readonly source?: Partial<HttpSource>; readonly ageSeconds?: number } = {},
    ) {
      await using server = await serve((_request, response, nth) =>
        nth === 1 ? json(response, 'first') : then(response),
      );
      const kept = memoryCache();
      const ageMs = (more.ageSeconds ?? 30) * 1000;
      // Time passes by what the cache says of it.
      const cache = {
        get: (key: string) => {
          const text = kept.get(key);
          if (typeof text !== 'string' || text === '') return text;
          const [of, value, storedSeconds] = JSON.parse(text);
          return JSON.stringify([of, value, storedSeconds - ageMs / 1000]);
        },
        set: kept.set.bind(kept),
      };
      const options = { source: { ...source, ...more.source }, cache };
      await ask(server.url, options);
      const second = await ask(server.url, options);
      const third = await ask(server.url, options);
      return [second, third, server.seen.length];
    }

    it.each([500, 503, 429, 408, 401, 407])('with %s: the first answer stands in', async (status) => {
      const found = await afterwards((response) => response.writeHead(status).end());
      expect(found).toEqual(['first', 'first', 3]);
    });

    it('by hanging: the first answer stands in, before the deadline too', async () => {
      expect(await afterwards(() => undefined)).toEqual(['first', 'first', 3]);
      const slow = { source: { timeoutMs: 60_000 } };
      await using server = await serve((_request, response, nth) => {
        if (nth === 1) json(response, 'first');
      });
      const cache = memoryCache();
      const options = { source: { ...source, ...slow.source, cacheMs: 1 }, cache, deadlineMs: 300 };
      expect(await ask(server.url, options)).toBe('first');
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await ask(server.url, options)).toBe('first');
    });

    it.each([404, 403, 400, 206])(
      'with %s, an answer about the user: the first one serves no more',
      async (status) => {
        const found = await afterwards((response) => response.writeHead(status).end());
        expect(found).toEqual(['status', 'status', 3]);
      },
    );

    it('is not served past its time, nor without a cache', async () => {
      const down = (response: ServerResponse) => response.writeHead(500).end();
      expect((await afterwards(down, { ageSeconds: 62 }))[0]).toBe('status');
      expect((await afterwards(down, { source: { cacheMs: 0 } }))[0]).toBe('status');
      expect((await afterwards(down, { source: { staleMs: 0 } }))[0]).toBe('status');
    });
  });

  it('does not keep what a cache on the way has kept for too long', async () => {
    await using server = await serve((_request, response) => json(response, {}, { age: '60' }));
    const cache = memoryCache();
    await ask(server.url, { source: { cacheMs: 60_000 }, cache });
    await ask(server.url, { source: { cacheMs: 60_000 }, cache });
    expect(server.seen).toHaveLength(2);
  });

  /** What a cache would answer that mixes up times or keys; with the right ones, it serves. */
  const forged =
    (storedSeconds: number, user = 'u1') =>
    (key: string) =>
      JSON.stringify([key.replace('u1', user), 'forged', storedSeconds]);

  it('is not asked where the cache answers just now', async () => {
    await using server = await serve((_request, response) => json(response, 'true answer'));
    const cache = { get: forged(Date.now() / 1000 - 1), set: () => undefined };
    expect(await ask(server.url, { source: { cacheMs: 60_000 }, cache })).toBe('forged');
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['answers from the future', forged(Date.now() / 1000 + 3600)],
    ['answers just now, for another key', forged(Date.now() / 1000 - 1, 'u2')],
    ['answers without a time', forged(Number.NaN)],
    ['answers from long ago', forged(0)],
    ['answers no JSON', () => '{'],
    ['answers no text', () => 7],
  ])('is asked where the cache %s', async (_name, get) => {
    await using server = await serve((_request, response) => json(response, 'true answer'));
    const set = () => {
      throw new Error('full');
    };
    expect(await ask(server.url, { source: { cacheMs: 60_000 }, cache: { get, set } })).toBe('true answer');
  });
});

describe('the age of an answer', () => {
  async function ageOf(headers: Record<string, string>): Promise<unknown> {
    await using server = await serve((_request, response) => json(response, {}, headers));
    const sources = { plan: httpSource(plain) };
    const asking = httpAsking({ sources, revision: 'r1', settings: {}, fetch, cache: memoryCache() });
    const limits = { signal: new AbortController().signal, endMs: Date.now() + 3000 };
    const answer = await asking.ask({ source: 'plan', url: server.url }, limits);
    return answer.ageSeconds ?? answer.failure;
  }

  it('is what the server says it is, and nothing else makes it younger', async () => {
    expect(await ageOf({})).toBe(0);
    expect(await ageOf({ age: '30' })).toBe(30);
    expect(await ageOf({ age: '30, 7' })).toBe(30);
    for (const age of ['-30', 'soon', '', '30;', '30,', '1.5', '0x10', '9'.repeat(400)]) {
      expect(await ageOf({ age })).toBe(2 ** 31);
    }
    expect(await ageOf({ 'cache-control': 'no-store', expires: '0' })).toBe(0);
  });
});

describe('the longest time', () => {
  it('is all attempts and the back-off between them', () => {
    expect(longestMs({ timeoutMs: 400, retries: 0 })).toBe(400);
    expect(longestMs({ timeoutMs: 400, retries: 2 })).toBe(3 * 400 + 50 + 100);
    expect(longestMs({ timeoutMs: 1, retries: 5 })).toBe(6 + 50 + 100 + 200 + 400 + 400);
  });
});
