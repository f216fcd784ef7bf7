import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expressGuard } from '@claimsmith/guard/express';
import { fastifyGuard } from '@claimsmith/guard/fastify';
import { protectFetch } from '@claimsmith/guard/fetch';
import { honoGuard } from '@claimsmith/guard/hono';
import { lambdaAuthorizer, lambdaPolicyAuthorizer } from '@claimsmith/guard/lambda';
import { protect } from '@claimsmith/guard/node';
import { serve } from '@hono/node-server';
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { guardOf, ofPerson } from './setup.ts';

let issuer: LocalIssuer;
let right: string;
let poor: string;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  issuer = await startLocalIssuer();
  right = await issuer.sign('auth0', ofPerson('auth0'));
  poor = await issuer.sign('auth0', { ...ofPerson('auth0'), scopes: [] });
});
afterAll(async () => {
  for (const end of ends) await end();
  issuer.close();
});

const needs = { scopes: ['payments.approve'] } as const;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const place = server.address();
  return `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`;
}

/** Each framework with one protected route, `/`. */
const frameworks: Readonly<Record<string, () => Promise<string>>> = {
  'node:http': () =>
    listen(
      protect(guardOf(issuer), needs, (_request, response, token) => response.end(token.authority.tenant_id)),
    ),
  express: () => {
    const guarded = expressGuard(guardOf(issuer));
    const app = express();
    app.get('/', guarded.require(needs), (request, response) => {
      response.send(guarded.token(request).authority.tenant_id);
    });
    return listen(app);
  },
  async fastify() {
    const guarded = fastifyGuard(guardOf(issuer));
    const app = fastify();
    app.get(
      '/',
      { onRequest: guarded.require(needs) },
      (request) => guarded.token(request).authority.tenant_id,
    );
    ends.push(() => app.close());
    return await app.listen({ port: 0, host: '127.0.0.1' });
  },
  async hono() {
    const guarded = honoGuard(guardOf(issuer));
    const app = new Hono();
    app.get('/', guarded.require(needs), (context) =>
      context.text(String(guarded.token(context).authority.tenant_id)),
    );
    return await new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      );
      ends.push(() => server.close());
    });
  },
};

describe.each(Object.keys(frameworks))('%s', (name) => {
  let address: string;
  beforeAll(async () => {
    address = (await frameworks[name]?.()) ?? '';
  });
  const ask = (authorization?: string) =>
    fetch(address, { headers: authorization === undefined ? {} : { authorization } });

  test('lets a right token pass, with its claims', async () => {
    const answer = await ask(`Bearer ${right}`);
    expect([answer.status, await answer.text()]).toEqual([200, 'org_acme']);
  });

  test.each([
    ['no token', undefined, 401, 'Bearer', ''],
    ['another scheme', 'Basic YTpi', 401, 'Bearer', ''],
    [
      'a malformed header',
      'Bearer a b',
      400,
      'Bearer error="invalid_request"',
      '{"error":"invalid_request"}',
    ],
    ['a wrong token', 'Bearer a.b.c', 401, 'Bearer error="invalid_token"', '{"error":"invalid_token"}'],
  ])('%s', async (_what, header, status, challenge, body) => {
    const answer = await ask(header);
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual([
      status,
      challenge,
      body,
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a scope that is missing', async () => {
    const answer = await ask(`Bearer ${poor}`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="payments.approve"',
    ]);
  });
});

test('a handler of Fetch', async () => {
  const handler = protectFetch(guardOf(issuer), needs, (_request, token, more: string) =>
    Response.json([token.authority.tenant_id, more]),
  );
  const ask = (token: string) =>
    new Request('https://x.example/', { headers: { authorization: `Bearer ${token}` } });
  expect(await (await handler(ask(right), 'more')).json()).toEqual(['org_acme', 'more']);
  expect((await handler(ask('x'), '')).status).toBe(401);
});

describe('Lambda authorizers', () => {
  const ofHttp = (token: string) =>
    ({
      version: '2.0',
      headers: { Authorization: `Bearer ${token}` },
    }) as unknown as APIGatewayRequestAuthorizerEventV2;
  const ofRest = (token: string): APIGatewayTokenAuthorizerEvent => ({
    type: 'TOKEN',
    methodArn: 'arn:aws:execute-api:eu-central-1:1:api/prod/GET/payments',
    authorizationToken: `Bearer ${token}`,
  });

  test('of an HTTP API', async () => {
    const authorize = lambdaAuthorizer(guardOf(issuer), needs);
    const answer: APIGatewaySimpleAuthorizerWithContextResult<Readonly<Record<string, string>>> =
      await authorize(ofHttp(right));
    expect(answer.isAuthorized).toBe(true);
    expect(JSON.parse(answer.context['token'] ?? '')).toMatchObject({ authority: { tenant_id: 'org_acme' } });
    expect(await authorize(ofHttp('x'))).toEqual({ isAuthorized: false, context: {} });
    expect(await authorize({})).toEqual({ isAuthorized: false, context: {} });
    const twice = { headers: { authorization: `Bearer ${right}`, Authorization: `Bearer ${right}` } };
    expect(await authorize(twice)).toMatchObject({ isAuthorized: false });
  });

  test('of a REST API', async () => {
    const authorize = lambdaPolicyAuthorizer(guardOf(issuer), needs);
    const answer: APIGatewayAuthorizerResult = await authorize(ofRest(right));
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: ofRest('').methodArn },
    ]);
    await expect(authorize(ofRest('x'))).rejects.toThrow(/^Unauthorized$/);
    expect((await authorize(ofRest(poor))).policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
  });
});

test('a route that nobody protects has no token', () => {
  expect(() => expressGuard(guardOf(issuer)).token({})).toThrow(/not protected/);
});
