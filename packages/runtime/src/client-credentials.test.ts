import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { json, plain, serve } from '../test/fixtures.ts';
import { httpSource, limits, open } from '../test/server.ts';
import {
  type Answer,
  type Asking,
  httpSource as askedByAction,
  authorizedRequest,
  type ClientCredentials,
  httpAsking,
  memoryCache,
} from './index.ts';

const settings = { ID: 'the client', SECRET: 's3cret:%' };
const client = (origin: string): ClientCredentials => ({
  tokenUrl: `${origin}token`,
  clientId: '${ID}',
  clientSecret: '${SECRET}',
});
const limitBytes = 10_000;

type Extra = Partial<ClientCredentials>;

/** Asks as an Action does. */
function inAction(origin: string, extra: Extra, timeoutMs = 3_000): Asking {
  const authorize = authorizedRequest({ ...client(origin), ...extra });
  const sources = { s: askedByAction({ ...plain, timeoutMs, limitBytes, send: authorize }) };
  return httpAsking({ sources, revision: 'r', settings, fetch, cache: memoryCache() });
}

/** Asks as a server does. */
function inServer(origin: string, extra: Extra, timeoutMs = 3_000): Asking {
  const oauth2 = { ...client(origin), ...extra };
  return open({ sources: { s: { ...httpSource, timeoutMs, limitBytes, oauth2 } }, settings });
}

type Answering = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** A source and its token endpoint; `tokens` and `asked` count the requests. */
async function start(token: Answering, source: Answering = (_request, response) => json(response, 'answer')) {
  const counts = { tokens: 0, asked: 0 };
  const seen: string[] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isToken = request.url === '/token';
      seen.push(`${request.headers.authorization} ${Buffer.concat(chunks)}`);
      if (isToken) token(request, response, ++counts.tokens);
      else source(request, response, ++counts.asked);
    });
  });
  return { ...server, counts, told: seen };
}

const granting =
  (more: object = { expires_in: 3600 }): Answering =>
  (_request, response, nth) =>
    json(response, { access_token: `t${nth}`, token_type: 'Bearer', ...more });

describe.each([
  ['an Action', inAction],
  ['a server', inServer],
])('an access token for a source of %s', (_where, asking) => {
  const once = async (server: { url: string }, extra: Extra = {}, timeoutMs?: number): Promise<Answer> =>
    await asking(server.url, extra, timeoutMs).ask({ source: 's', url: server.url }, limits());

  it('is got with the client’s credentials, and sent with the question', async () => {
    await using server = await start(granting());
    expect(await once(server, { scope: 'read users' })).toMatchObject({ value: 'answer' });
    const basic = Buffer.from('the%20client:s3cret%3A%25').toString('base64');
    expect(server.told).toEqual([
      `Basic ${basic} grant_type=client_credentials&scope=read%20users`,
      'Bearer t1 ',
    ]);
    await once(server, { inBody: true });
    expect(server.told[2]).toBe(
      'undefined grant_type=client_credentials&client_id=the%20client&client_secret=s3cret%3A%25',
    );
  });

  it('serves until shortly before it expires, for questions at the same time too', async () => {
    await using server = await start(granting({ expires_in: 4 }));
    const one = asking(server.url, {});
    const ask = () => one.ask({ source: 's', url: `${server.url}?${Math.random()}` }, limits());
    await Promise.all(Array.from({ length: 20 }, ask));
    await ask();
    expect(server.counts).toEqual({ tokens: 1, asked: 21 });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await ask();
    expect(server.counts.tokens).toBe(2);
  });

  it('is replaced once if the source refuses a kept one', async () => {
    const only =
      (good: string): Answering =>
      (request, response) =>
        request.headers.authorization === `Bearer ${good}`
          ? json(response, 1)
          : response.writeHead(401).end();
    await using server = await start(granting(), (request, response, nth) =>
      only(nth === 1 ? 't1' : 't2')(request, response, nth),
    );
    const one = asking(server.url, {});
    const ask = () => one.ask({ source: 's', url: server.url }, limits());
    expect([await ask(), await ask(), await ask()]).toMatchObject([{ value: 1 }, { value: 1 }, { value: 1 }]);
    expect(server.counts).toEqual({ tokens: 2, asked: 4 });
  });

  it('is not got again and again if the source refuses each', async () => {
    await using server = await start(granting(), (_request, response) => response.writeHead(401).end());
    const one = asking(server.url, {});
    const ask = () => one.ask({ source: 's', url: server.url }, limits());
    expect([await ask(), await ask()]).toMatchObject([{ failure: 'status' }, { failure: 'status' }]);
    expect(server.counts).toEqual({ tokens: 2, asked: 3 });
  });

  it.each([0, -1, '3600', null, {}, undefined, Number.NaN])(
    'is used once if it expires in %j',
    async (expires_in) => {
      await using server = await start(granting({ expires_in }));
      const one = asking(server.url, {});
      for (const nth of [1, 2]) {
        expect(await one.ask({ source: 's', url: server.url }, limits())).toMatchObject({ value: 'answer' });
        expect(server.counts.tokens).toBe(nth);
      }
    },
  );

  const whole =
    (text: string): Answering =>
    (_request, response) =>
      response.writeHead(200).end(text);
  it.each<[string, Answering]>([
    ['no JSON', whole('<html>')],
    ['null', whole('null')],
    ['a list', whole('[]')],
    ['no token', whole('{}')],
    ['a token of another type', whole('{"access_token":7}')],
    ['an empty token', whole('{"access_token":""}')],
    ['a token with a line break', whole('{"access_token":"t\\r\\nx-admin: true","token_type":"Bearer"}')],
    ['a token with a space', whole('{"access_token":"t, Basic x"}')],
    ['a token with a zero', whole('{"access_token":"t\\u0000"}')],
    ['a token beyond ASCII', whole('{"access_token":"té"}')],
    ['a huge token', whole(`{"access_token":"${'x'.repeat(20_000)}"}`)],
    ['a token of another kind', whole('{"access_token":"t","token_type":"mac"}')],
    ['a hostile kind of token', whole('{"access_token":"t","token_type":{"toString":1}}')],
    ['10 MB', whole(`{"access_token":"t","more":"${'x'.repeat(10_000_000)}"}`)],
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/' }).end()],
    ['invalid_client', (_request, response) => response.writeHead(401).end('{"error":"invalid_client"}')],
    ['an error', (_request, response) => response.writeHead(503).end()],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('that is %s leaves the source not asked', async (_what, token) => {
    await using server = await start(token);
    expect(await once(server)).toMatchObject({ failure: 'token' });
    expect(server.counts.asked).toBe(0);
  });

  it('that does not come leaves no time for more', async () => {
    await using server = await start(() => undefined);
    const startMs = Date.now();
    expect(await once(server, {}, 400)).toMatchObject({ failure: 'timeout' });
    expect(Date.now() - startMs).toBeLessThan(2_000);
    expect(server.counts).toEqual({ tokens: 1, asked: 0 });
  });

  it('that does not come for an earlier question is asked for again by a later one', async () => {
    await using server = await start((request, response, nth) => {
      if (nth > 1) granting()(request, response, nth);
    });
    const one = asking(server.url, {}, 400);
    const ask = () => one.ask({ source: 's', url: `${server.url}?${Math.random()}` }, limits());
    const first = ask();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await Promise.all([first, ask(), ask()])).toMatchObject([
      { failure: 'timeout' },
      { value: 'answer' },
      { value: 'answer' },
    ]);
    expect(server.counts).toEqual({ tokens: 2, asked: 2 });
  });

  it('that comes late leaves only the rest of the time', async () => {
    await using server = await start(
      (request, response, nth) => setTimeout(() => granting()(request, response, nth), 300),
      (_request, response) => setTimeout(() => json(response, 1), 300),
    );
    expect(await once(server, {}, 400)).toMatchObject({ failure: 'timeout' });
  });

  it('is not asked for over http, at another host, or without its settings', async () => {
    await using server = await start(granting());
    expect(await once(server, { tokenUrl: 'http://192.0.2.1/token' })).toMatchObject({ failure: 'address' });
    expect(await once(server, { tokenUrl: 'https://a:b@login.example/token' })).toMatchObject({
      failure: 'address',
    });
    expect(await once(server, { clientSecret: '${NONE}' })).toMatchObject({ failure: 'setting' });
    expect(server.counts).toEqual({ tokens: 0, asked: 0 });
  });

  it('is told to nobody, and neither is the secret', async () => {
    const written = vi.spyOn(console, 'log');
    await using server = await start((_request, response, nth) =>
      nth === 1 ? json(response, { access_token: 't0ken' }) : response.writeHead(400).end('s3cret t0ken'),
    );
    const one = asking(server.url, {});
    const ask = () => one.ask({ source: 's', url: server.url }, limits());
    const text = JSON.stringify([await ask(), await ask(), written.mock.calls]);
    expect(text).not.toMatch(/s3cret|t0ken|c2VjcmV0/);
    written.mockRestore();
  });
});
