import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import type { Problem } from '@claimsmith/guard';
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

/** Needs of each request that cannot be said. */
const broken = (_request: object): typeof needs => {
  throw new Error('a secret of the service');
};
const problems: Problem[] = [];
const logged = () => guardOf(issuer, { onRefused: (problem) => problems.push(problem) });

/** Each framework with one protected route, `/`, and one with {@link broken} needs. */
const frameworks: Readonly<Record<string, () => Promise<string>>> = {
  'node:http': () => {
    const guard = logged();
    const right = protect(guard, needs, (_, response, token) => response.end(token.authority.tenant_id));
    const wrong = protect(guard, broken, (_, response) => response.end('passed'));
    return listen((request, response) => (request.url === '/' ? right : wrong)(request, response));
  },
  express: () => {
    const guarded = expressGuard(logged());
    const app = express();
    app.get('/broken', guarded.require(broken), (_, response) => void response.send('passed'));
    app.get('/', guarded.require(needs), (request, response) => {
      response.send(guarded.token(request).authority.tenant_id);
    });
    return listen(app);
  },
  async fastify() {
    const guarded = fastifyGuard(logged());
    const app = fastify();
    app.get('/broken', { onRequest: guarded.require(broken) }, () => 'passed');
    app.get(
      '/',
      { onRequest: guarded.require(needs) },
      (request) => guarded.token(request).authority.tenant_id,
    );
    ends.push(() => app.close());
    return await app.listen({ port: 0, host: '127.0.0.1' });
  },
  async hono() {
    const guarded = honoGuard(logged());
    const app = new Hono();
    app.get('/broken', guarded.require(broken), (context) => context.text('passed'));
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

  test('two tokens: something else might read the other one', async () => {
    const headers = ['authorization', `Bearer ${right}`, 'authorization', `Bearer ${poor}`, 'host', 'x'];
    const [answer] = await once(request(address, { headers }).end(), 'response');
    expect(answer.resume().statusCode).toBe(400);
  });

  test('needs that cannot be said are refused without details, and told to the log', async () => {
    problems.length = 0;
    const answer = await fetch(new URL('/broken', address), {
      headers: { authorization: `Bearer ${right}` },
    });
    expect([answer.status, await answer.text()]).toEqual([503, '{"error":"temporarily_unavailable"}']);
    expect(problems).toEqual([{ code: 'internal', cause: new Error('a secret of the service') }]);
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
  const unsaid = protectFetch(logged(), broken, () => new Response('passed'));
  expect((await unsaid(ask(right))).status).toBe(503);
});

test('needs that are a promise, or no object, let nobody pass', async () => {
  const guard = guardOf(issuer);
  const request = { headers: { authorization: `Bearer ${right}` } };
  class Own {
    get scopes() {
      return ['payments.approve'];
    }
  }
  const wrong: readonly unknown[] = [Promise.resolve(needs), undefined, null, new Own(), new Map(), 'a', []];
  for (const one of wrong) {
    // @ts-expect-error: these are not needs
    expect(await guard.check(request, () => one)).toMatchObject({ ok: false, status: 503 });
  }
  expect(await guard.check(request, () => needs)).toMatchObject({ ok: true });
});

describe('Lambda authorizers', () => {
  /** As AWS documents it, payload 2.0. */
  const ofHttp = (headers: Record<string, string>): APIGatewayRequestAuthorizerEventV2 => ({
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request',
    identitySource: ['user1', '123'],
    routeKey: '$default',
    rawPath: '/my/path',
    rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
    cookies: ['cookie1', 'cookie2'],
    headers: { header1: 'value1', ...headers },
    queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'id',
      http: { method: 'POST', path: '/my/path', protocol: 'HTTP/1.1', sourceIp: 'IP', userAgent: 'agent' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1_583_348_638_390,
    },
    pathParameters: { parameter1: 'value1' },
    stageVariables: { stageVariable1: 'value1', stageVariable2: 'value2' },
  });
  const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request';
  const ofToken = (authorizationToken: string): APIGatewayTokenAuthorizerEvent => ({
    type: 'TOKEN',
    methodArn,
    authorizationToken,
  });
  /** As AWS documents it: of a REST API, and with `identitySource` of an HTTP API with payload 1.0. */
  const ofRequest = (headers: Record<string, readonly string[]>, more: object = {}) => ({
    type: 'REQUEST',
    methodArn,
    resource: '/request',
    path: '/request',
    httpMethod: 'GET',
    headers: Object.fromEntries(
      Object.entries({ Accept: ['*/*'], ...headers }).map(([name, values]) => [name, values.at(-1)]),
    ),
    multiValueHeaders: { Accept: ['*/*'], ...headers },
    queryStringParameters: { QueryString1: 'queryValue1' },
    multiValueQueryStringParameters: { QueryString1: ['queryValue1'] },
    pathParameters: {},
    stageVariables: { StageVar1: 'stageValue1' },
    requestContext: { path: '/request', accountId: '123456789012', httpMethod: 'GET', apiId: 'abcdef123' },
    ...more,
  });

  test('of an HTTP API', async () => {
    const authorize = lambdaAuthorizer(guardOf(issuer), needs);
    const answer: APIGatewaySimpleAuthorizerWithContextResult<Readonly<Record<string, string>>> =
      await authorize(ofHttp({ authorization: `Bearer ${right}` }));
    expect(answer.isAuthorized).toBe(true);
    expect(JSON.parse(answer.context['token'] ?? '')).toMatchObject({ authority: { tenant_id: 'org_acme' } });
    const refused = { isAuthorized: false, context: {} };
    expect(await authorize(ofHttp({ authorization: 'Bearer x' }))).toEqual(refused);
    // It joins two headers with a comma.
    expect(await authorize(ofHttp({ authorization: `Bearer ${right},Bearer ${right}` }))).toEqual(refused);
    for (const event of [ofHttp({}), {}, { headers: null }]) expect(await authorize(event)).toEqual(refused);
    const twice = { headers: { authorization: `Bearer ${right}`, Authorization: `Bearer ${right}` } };
    expect(await authorize(twice)).toEqual(refused);
  });

  test('of a REST API, by the token', async () => {
    const authorize = lambdaPolicyAuthorizer(guardOf(issuer), needs);
    const answer: APIGatewayAuthorizerResult = await authorize(ofToken(`Bearer ${right}`));
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn },
    ]);
    for (const token of ['Bearer x', right, '', 'Basic YTpi'])
      await expect(authorize(ofToken(token))).rejects.toThrow(/^Unauthorized$/);
    const lacking = await authorize(ofToken(`Bearer ${poor}`));
    expect(lacking.policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
  });

  test.each([
    ['of a REST API', {}],
    // Of two identity sources.
    ['of an HTTP API with payload 1.0', { version: '1.0', authorizationToken: 'a,b', identitySource: 'a,b' }],
    ['without the values of each header', { multiValueHeaders: null }],
  ])('by the request: %s', async (_what, more) => {
    const authorize = lambdaPolicyAuthorizer(guardOf(issuer), needs);
    for (const name of ['Authorization', 'authorization', 'AUTHORIZATION']) {
      const { policyDocument, principalId } = await authorize(
        ofRequest({ [name]: [`Bearer ${right}`] }, more),
      );
      expect([policyDocument.Statement[0]?.Effect, principalId]).toEqual(['Allow', expect.any(String)]);
    }
    for (const event of [
      ofRequest({}, more),
      ofRequest({ Authorization: ['Bearer x'] }, more),
      ofRequest({ Authorization: [`Bearer ${right}`], authorization: [`Bearer ${right}`] }, more),
    ])
      await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  });

  test('two headers are refused, though one of them is right', async () => {
    const authorize = lambdaPolicyAuthorizer(guardOf(issuer), needs);
    const twice = ofRequest({ Authorization: ['Bearer x', `Bearer ${right}`] });
    await expect(authorize(twice)).rejects.toThrow(/^Unauthorized$/);
  });
});

test('a route that nobody protects has no token', () => {
  expect(() => expressGuard(guardOf(issuer)).token({})).toThrow(/not protected/);
});
