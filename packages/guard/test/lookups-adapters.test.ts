import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { LookupError, type Lookups } from '@claimsmith/guard';
import { expressGuard } from '@claimsmith/guard/express';
import { fastifyGuard } from '@claimsmith/guard/fastify';
import { protectFetch } from '@claimsmith/guard/fetch';
import { honoGuard } from '@claimsmith/guard/hono';
import { protectLambda } from '@claimsmith/guard/lambda';
import { protect } from '@claimsmith/guard/node';
import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { guardOf, ofPerson, revision } from './setup.ts';

let issuer: LocalIssuer;
let headers: { readonly authorization: string };
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  issuer = await startLocalIssuer();
  headers = { authorization: `Bearer ${await issuer.sign('auth0', ofPerson('auth0'))}` };
});
afterAll(async () => {
  for (const end of ends) await end();
  issuer.close();
});

/** Look-ups whose sources fail, or have no value. */
function failing(code: LookupError['code']): Lookups {
  const fail = (claim?: string) => {
    throw new LookupError(code, { issuer: 'auth0', claim, why: 'timeout' });
  };
  return {
    revision,
    resolve: async (_token, claim) => fail(claim),
    fresh: async (_token, claim) => fail(claim),
    deny: async () => fail(),
  };
}

const guarded = (code: LookupError['code']) => guardOf(issuer, { lookups: failing(code) });
type Code = LookupError['code'];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const place = server.address();
  return `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`;
}

/** Each framework with one route that looks a value up, and one that fails in another way. */
const frameworks: Readonly<Record<string, (code: Code) => Promise<string>>> = {
  'node:http': (code) =>
    listen(
      protect(guarded(code), {}, async (_request, response, token) => {
        if (token.kind === 'human') response.end(String(await token.fresh('features')));
      }),
    ),
  express: (code) => {
    const guard = expressGuard(guarded(code));
    const app = express();
    app.get('/', guard.require(), async (request, response) => {
      const token = guard.token(request);
      if (token.kind === 'human') response.send(await token.fresh('features'));
    });
    app.get('/broken', () => {
      throw new RangeError('broken');
    });
    app.use(guard.onError);
    app.use((error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).send(error instanceof RangeError ? 'seen' : 'lost');
    });
    return listen(app);
  },
  async fastify(code) {
    const guard = fastifyGuard(guarded(code));
    const app = fastify();
    app.get('/', { onRequest: guard.require() }, async (request) => {
      const token = guard.token(request);
      return token.kind === 'human' ? await token.fresh('features') : [];
    });
    ends.push(() => app.close());
    return await app.listen({ port: 0, host: '127.0.0.1' });
  },
  async hono(code) {
    const guard = honoGuard(guarded(code));
    const app = new Hono();
    app.onError(() => new Response('broken', { status: 500 }));
    app.get('/', guard.require(), async (context) => {
      const token = guard.token(context);
      return context.json(token.kind === 'human' ? [...(await token.fresh('features'))] : []);
    });
    return await new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      );
      ends.push(() => server.close());
    });
  },
};

describe.each(Object.entries(frameworks))('%s', (name, start) => {
  test.each([
    ['unavailable', 503, 'temporarily_unavailable', 'Temporarily unavailable'],
    ['missing', 403, 'access_denied', 'Access denied'],
  ] as const)('answers where a value is %s', async (code, status, word, message) => {
    const answer = await fetch(await start(code), { headers });
    const body: unknown = await answer.json();
    expect(answer.status).toBe(status);
    // Fastify writes errors in its own way.
    if (name === 'fastify') expect(body).toMatchObject({ statusCode: status, message });
    else expect([body, answer.headers.get('cache-control')]).toEqual([{ error: word }, 'no-store']);
    expect(JSON.stringify(body)).not.toMatch(/features|timeout/);
  });
});

test('Express passes other errors on', async () => {
  const address = await frameworks['express']?.('missing');
  const answer = await fetch(`${address}/broken`, { headers });
  expect([answer.status, await answer.text()]).toEqual([500, 'seen']);
});

test('a handler of Fetch', async () => {
  const handler = protectFetch(guarded('unavailable'), {}, async (_request, token) =>
    Response.json(token.kind === 'human' ? await token.fresh('plan') : ''),
  );
  const answer = await handler(new Request('https://x.example/', { headers }));
  expect([answer.status, await answer.json()]).toEqual([503, { error: 'temporarily_unavailable' }]);
  const broken = protectFetch(guarded('unavailable'), {}, () => Promise.reject(new RangeError('broken')));
  await expect(broken(new Request('https://x.example/', { headers }))).rejects.toThrow(RangeError);
});

test('a Lambda function', async () => {
  const handler = protectLambda(
    guarded('unavailable'),
    {},
    async (event: { headers: typeof headers }, token) => {
      if (event.headers.authorization === '') return { statusCode: 500 };
      return { statusCode: 200, body: token.kind === 'human' ? String(await token.fresh('plan')) : '' };
    },
  );
  expect(await handler({ headers })).toMatchObject({
    statusCode: 503,
    body: '{"error":"temporarily_unavailable"}',
  });
  expect(await handler({ headers: { authorization: 'Bearer x' } })).toMatchObject({
    statusCode: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
  const right = protectLambda(
    guardOf(issuer),
    {},
    async (_event: { headers: typeof headers }, token, more: number) => [token.kind, more],
  );
  expect(await right({ headers }, 7)).toEqual(['human', 7]);
});
