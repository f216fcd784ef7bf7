import { createClient, type RedisClientType } from '@redis/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FaultMode, startFaultProxy } from '../../../../tools/fault-proxy.ts';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { startRedis } from '../../../../tools/servers/redis.ts';
import { json, serve } from '../../test/fixtures.ts';
import { httpSource, limits, open, pause, until } from '../../test/server.ts';
import { type HttpServerSource, SourceError } from './index.ts';

const redis = await serverForTests(startRedis);

/** What is in Redis, for a look and for tampering. */
async function inRedis<Result>(use: (client: RedisClientType) => Promise<Result>): Promise<Result> {
  const client: RedisClientType = createClient({ url: redis?.url ?? '' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const keysIn = () => inRedis((client) => client.keys('*'));
const untilKept = async (count = 1) => {
  for (let nth = 0; nth < 100 && (await keysIn()).length !== count; nth++) await pause(5);
  expect(await keysIn()).toHaveLength(count);
};

const secret = 'a secret of these servers alone, 32+';

const cached: HttpServerSource = {
  ...httpSource,
  cacheMs: 60_000,
  headers: { authorization: 'Bearer ${TOKEN}' },
};

/** One of several servers that ask the same. */
const server = (source: Partial<HttpServerSource> = {}, options: Partial<Parameters<typeof open>[0]> = {}) =>
  open({
    sources: { plan: { ...cached, ...source } },
    settings: { TOKEN: 's3cret', REDIS: redis?.url ?? 'redis://127.0.0.1:1' },
    sharedCache: { url: '${REDIS}', secret },
    ...options,
  });

describe.skipIf(redis === undefined)('the cache that servers share', () => {
  beforeEach(() => inRedis((client) => client.flushAll()));

  it('gives one server what another was answered, with its age', async () => {
    await using plan = await serve((_request, response, nth) => json(response, { nth }, { age: '10' }));
    const question = { source: 'plan', url: `${plan.url}u1` };
    await using first = server();
    await using second = server();
    await Promise.all([first.ready(), second.ready()]);
    await first.ask(question, limits());
    await untilKept();
    await pause(200);
    const answer = await second.ask(question, limits());
    expect(answer).toMatchObject({ value: { nth: 1 } });
    if ('failure' in answer) throw new Error(answer.failure);
    expect(answer.ageSeconds).toBeGreaterThan(10.19);
    expect(answer.ageSeconds).toBeLessThan(11);
    expect(second.outcomes()).toEqual(['shared']);
    expect(second.recall(question)).toMatchObject({ value: { nth: 1 } });
    expect(plan.seen).toHaveLength(1);
  });

  it('tells who reads it neither questions nor answers, and keeps nothing for ever', async () => {
    await using plan = await serve((_request, response) => json(response, { tier: 'platinum' }));
    await using first = server({ cacheMs: 60_000, staleMs: 30_000 });
    await first.ready();
    await first.ask({ source: 'plan', url: `${plan.url}alice` }, limits());
    await untilKept();
    await inRedis(async (client) => {
      const [name = ''] = await client.keys('*');
      const text = await client.get(name);
      const all = `${name} ${text} ${Buffer.from(text ?? '', 'base64')}`;
      for (const word of ['alice', 'platinum', 'tier', 's3cret', 'plan']) expect(all).not.toContain(word);
      const ttl = await client.ttl(name);
      expect(ttl).toBeGreaterThan(80);
      expect(ttl).toBeLessThanOrEqual(90);
    });
  });

  it.each<[string, (text: string) => string]>([
    ['garbage', () => 'garbage'],
    ['nothing', () => ''],
    ['a changed byte', (text) => `${text.slice(0, 50)}${text[50] === 'A' ? 'B' : 'A'}${text.slice(51)}`],
    ['half of it', (text) => text.slice(0, text.length / 2)],
    ['an answer in clear', () => JSON.stringify(['k', { plan: 'admin' }, 0])],
  ])('takes no entry that is %s', async (_what, change) => {
    await using plan = await serve((_request, response, nth) => json(response, { nth }));
    const question = { source: 'plan', url: `${plan.url}u1` };
    await using first = server();
    await using second = server();
    await Promise.all([first.ready(), second.ready()]);
    await first.ask(question, limits());
    await untilKept();
    await inRedis(async (client) => {
      const [name = ''] = await client.keys('*');
      await client.set(name, change((await client.get(name)) ?? ''));
    });
    expect(await second.ask(question, limits())).toMatchObject({ value: { nth: 2 } });
    expect(second.outcomes()).toEqual(['answered']);
  });

  it('takes no entry that stands under another name', async () => {
    await using plan = await serve((request, response) => json(response, request.url));
    await using first = server();
    await using second = server();
    await Promise.all([first.ready(), second.ready()]);
    await first.ask({ source: 'plan', url: `${plan.url}alice` }, limits());
    await untilKept();
    const [alice = ''] = await keysIn();
    await first.ask({ source: 'plan', url: `${plan.url}bob` }, limits());
    await untilKept(2);
    await inRedis(async (client) => {
      const bob = (await client.keys('*')).find((name) => name !== alice) ?? '';
      await client.set(bob, (await client.get(alice)) ?? '');
    });
    const answer = await second.ask({ source: 'plan', url: `${plan.url}bob` }, limits());
    expect(answer).toMatchObject({ value: '/bob' });
    expect(second.outcomes()).toEqual(['answered']);
  });

  it.each<[string, Partial<HttpServerSource>, Partial<Parameters<typeof open>[0]>]>([
    ['another secret', {}, { settings: { TOKEN: 'other', REDIS: redis?.url } }],
    ['another secret of the cache', {}, { sharedCache: { url: '${REDIS}', secret: secret.toUpperCase() } }],
    ['another revision', {}, { revision: 'r2' }],
    ['another shape of the source', { limitBytes: 9000 }, {}],
  ])('does not give %s the answer', async (_what, source, options) => {
    await using plan = await serve((_request, response, nth) => json(response, { nth }));
    const question = { source: 'plan', url: `${plan.url}u1` };
    await using first = server();
    await using second = server(source, options);
    await Promise.all([first.ready(), second.ready()]);
    await first.ask(question, limits());
    await untilKept();
    expect(await second.ask(question, limits())).toMatchObject({ value: { nth: 2 } });
  });

  it('tells servers apart whose setting stands in the address', async () => {
    await using production = await serve((_request, response) => json(response, 'production'));
    await using staging = await serve((_request, response) => json(response, 'staging'));
    const question = { source: 'plan', url: '${BASE}u1' };
    const settings = { TOKEN: 's3cret', REDIS: redis?.url };
    const at = (url: string) => server({ private: true }, { settings: { ...settings, BASE: url } });
    await using first = at(production.url);
    await using second = at(staging.url);
    await Promise.all([first.ready(), second.ready()]);
    expect(await first.ask(question, limits())).toMatchObject({ value: 'production' });
    await untilKept();
    expect(await second.ask(question, limits())).toMatchObject({ value: 'staging' });
  });

  it('forgets what the source takes back', async () => {
    let status = 200;
    await using plan = await serve((_request, response) => response.writeHead(status).end('1'));
    const question = { source: 'plan', url: `${plan.url}u1` };
    await using first = server({ cacheMs: 1000, staleMs: 60_000 });
    await first.ready();
    await first.ask(question, limits());
    await untilKept();
    status = 404;
    await pause(1100);
    expect(await first.ask(question, limits())).toEqual({ failure: 'status' });
    await untilKept(0);
  });

  it('lets an entry of another server stand in where the source fails, within its time alone', async () => {
    let status = 200;
    await using plan = await serve((_request, response) => response.writeHead(status).end('1'));
    const question = { source: 'plan', url: `${plan.url}u1` };
    await using first = server({ cacheMs: 1000, staleMs: 1000 });
    await using second = server({ cacheMs: 1000, staleMs: 1000 });
    await Promise.all([first.ready(), second.ready()]);
    await first.ask(question, limits());
    await untilKept();
    status = 500;
    await pause(1100);
    const answer = await second.ask(question, limits());
    expect(answer).toMatchObject({ value: 1 });
    expect(second.outcomes()).toEqual(['stale']);
    await pause(1000);
    expect(await second.ask(question, limits())).toEqual({ failure: 'status' });
  });

  it.each<FaultMode>([
    'down',
    'hang',
    'reset',
    'garbage',
    'truncate',
    { kind: 'drip', everyMs: 20 },
    { kind: 'latency', ms: 500 },
  ])('in trouble (%j) harms nobody, and comes back', async (mode) => {
    const proxy = await startFaultProxy({ target: { port: redis?.port ?? 0 } });
    try {
      await using plan = await serve((_request, response, nth) => json(response, { nth }));
      const settings = { TOKEN: 's3cret', REDIS: `redis://127.0.0.1:${proxy.port}` };
      await using asking = server({}, { settings });
      await asking.ready();
      expect(await asking.ask({ source: 'plan', url: `${plan.url}before` }, limits())).toHaveProperty(
        'value',
      );
      await proxy.mode(mode);
      const times: number[] = [];
      for (let nth = 0; nth < 20; nth++) {
        const start = performance.now();
        const answer = await asking.ask({ source: 'plan', url: `${plan.url}${nth}` }, limits());
        times.push(performance.now() - start);
        expect(answer).toHaveProperty('value');
      }
      expect(Math.max(...times)).toBeLessThan(500);
      // After the first ones nobody waits for it any more; a busy machine may still be slow now and then.
      expect(times.slice(10).sort((a, b) => a - b)[4]).toBeLessThan(30);
      await proxy.mode('pass');
      await inRedis((client) => client.flushAll());
      await until(() => proxy.open > 0 || proxy.accepted > 1);
      let nth = 0;
      for (; nth < 100 && (await keysIn()).length === 0; nth++) {
        await asking.ask({ source: 'plan', url: `${plan.url}after${nth}` }, limits());
        await pause(50);
      }
      expect(nth).toBeLessThan(100);
    } finally {
      await proxy.close();
    }
  });
});

describe('a shared cache', () => {
  it('that is down lets a server get ready, and answer', async () => {
    await using plan = await serve((_request, response) => json(response, 1));
    await using asking = server({}, { settings: { TOKEN: 'a', REDIS: 'redis://127.0.0.1:1' } });
    await asking.ready();
    expect(await asking.ask({ source: 'plan', url: plan.url }, limits())).toMatchObject({ value: 1 });
  });

  it.each([undefined, 'nonsense', 'http://127.0.0.1/'])('whose address is %s is told', async (url) => {
    await using asking = server({}, { settings: { TOKEN: 'a', REDIS: url } });
    await expect(asking.ready()).rejects.toThrow(SourceError);
    await expect(asking.ready()).rejects.toThrow('sharedCache: ');
  });

  it('needs a secret that nobody guesses', () => {
    expect(() => server({}, { sharedCache: { url: 'redis://127.0.0.1:1', secret: 'x'.repeat(31) } })).toThrow(
      expect.objectContaining({ code: 'secret', source: 'sharedCache' }),
    );
  });

  it('is not needed for a source that is not cached', async () => {
    await using plan = await serve((_request, response, nth) => json(response, nth));
    await using asking = server({ cacheMs: 0 });
    await asking.ready();
    await asking.ask({ source: 'plan', url: plan.url }, limits());
    await asking.ask({ source: 'plan', url: plan.url }, limits());
    expect(asking.outcomes()).toEqual(['answered', 'answered']);
  });
});
