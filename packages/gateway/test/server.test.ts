import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningGateway } from '../src/index.ts';
import { newKey } from './process.ts';
import { exchange, portOf, requestText, rulesText, started, startWorld, type World } from './setup.ts';

let world: World;
let gateway: RunningGateway;
let port: number;
let bearer: string;

beforeAll(async () => {
  world = await startWorld();
  const rules =
    'preflight: true\nroutes:\n  - path: /payments\n  - { path: /any, audience: "https://payments.acme.example/" }\n';
  gateway = await started(world.policyOf(rulesText(world, rules)), { opsPort: 0 });
  port = portOf(gateway.address.gateway);
  bearer = await world.bearer('keycloak');
});

afterAll(async () => {
  await gateway.close();
  await world.close();
});

const forwarded = (...headers: readonly string[]) =>
  exchange(port, requestText('/check/forwarded', { headers }));
const right = ['X-Forwarded-Method: GET', 'X-Forwarded-Uri: /payments/1'];

test('a gateway that tells the address and the method gets an answer', async () => {
  expect(await forwarded(...right, bearer)).toMatchObject({ status: 200, body: '' });
  expect(await forwarded(...right)).toMatchObject({ status: 401 });
});

test.each([
  ['nothing', []],
  ['no address', ['X-Forwarded-Method: GET']],
  ['no method', ['X-Forwarded-Uri: /payments/1']],
  ['two addresses', [...right, 'X-Forwarded-Uri: /any']],
  ['two methods', [...right, 'X-Forwarded-Method: OPTIONS']],
  ['a strange method', ['X-Forwarded-Method: get', 'X-Forwarded-Uri: /payments/1']],
])('a gateway that tells %s lets nobody pass', async (_what, headers) => {
  expect(await forwarded(...headers, bearer)).toMatchObject({
    status: 400,
    body: '{"error":"invalid_request"}',
  });
});

test('a preflight passes without claims where the rules say so, and only on a route', async () => {
  const options = (address: string) =>
    forwarded('X-Forwarded-Method: OPTIONS', `X-Forwarded-Uri: ${address}`);
  const { status, headers } = await options('/payments/1');
  expect(status).toBe(200);
  expect(Object.keys(headers).filter((name) => name.startsWith('x-claims'))).toEqual([]);
  expect((await options('/other')).status).toBe(403);
});

test.each([
  '/',
  '/check',
  '/check/',
  '/check/appended',
  '/check/forwarded/',
  '/check/other/payments',
  '/healthz',
  '/metrics',
])('%s is not a question, and never answers 200', async (path) => {
  expect((await exchange(port, requestText(path, { headers: [...right, bearer] }))).status).toBe(404);
});

test.each(['hello\r\n\r\n', 'GET /check/appended/payments HTTP/1.1\r\nx y: z\r\n\r\n'])(
  'what is not HTTP is refused: %j',
  async (bytes) => {
    expect((await exchange(port, bytes)).status).toBe(400);
  },
);

test('operators ask at their own port; without a key there are no keys', async () => {
  for (const path of ['healthz', 'readyz', 'metrics'])
    expect((await fetch(`${gateway.address.operations}/${path}`)).status).toBe(200);
  expect((await fetch(`${gateway.address.gateway}/.well-known/jwks.json`)).status).toBe(404);
});

test('a policy that cannot be used is refused, and the old one goes on', async () => {
  const change = (rest: string) => gateway.replace(world.policyOf(rulesText(world, rest)));
  await expect(change('routes: [{ path: /a, audience: other }]\n')).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('for other: '),
  });
  await expect(change('pass: token\ntoken: { issuer: a }\nroutes: [{ path: /a }]\n')).rejects.toThrow(
    'SIGNING_KEY is required',
  );
  expect((await forwarded(...right, bearer)).status).toBe(200);
});

test('a deny rule that the token cannot decide is counted, and told once', async () => {
  const lines: unknown[] = [];
  const silent = () => undefined;
  const log = {
    error: silent,
    info: silent,
    debug: silent,
    flush: silent,
    warn: (text: string, fields?: object) => void lines.push([text, fields]),
  };
  const own = await started(world.policyOf(rulesText(world, 'routes: [{ path: /payments }]\n')), { log });
  const at = portOf(own.address.gateway);
  for (let count = 0; count < 3; count++)
    expect(
      (await exchange(at, requestText('/check/forwarded', { headers: [...right, bearer] }))).status,
    ).toBe(200);
  const metrics = await (await fetch(`${own.address.operations}/metrics`)).text();
  await own.close();
  expect(metrics).toContain('claimsmith_undecided_rules_total{reason="closed_mailbox",issuer="keycloak"} 3');
  expect(lines).toEqual([
    [expect.stringContaining('deny rule'), { reason: 'closed_mailbox', name: 'keycloak' }],
  ]);
});

test('a token lives no longer than what was looked up is fresh', async () => {
  const text = (claim: string) =>
    rulesText(
      world,
      `pass: token\ntoken: { issuer: https://gateway.acme.example }\nroutes: [{ path: /payments, resolve: [${claim}] }]\n`,
    );
  const signingKey = newKey();
  const own = await started(world.policyOf(text('daily_limit_left'), { signingKey }));
  const asked = await exchange(
    portOf(own.address.gateway),
    requestText('/check/forwarded', { headers: [...right, bearer] }),
  );
  const [, payload = ''] = String(asked.headers['x-claims-token']).split('.');
  const { exp, iat, authority } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect([exp - iat, authority.daily_limit_left]).toEqual([5, 12.5]);
  await expect(own.replace(world.policyOf(text('old_limit'), { signingKey }))).rejects.toThrow(
    'the route /payments resolves old_limit, which may be as old as its maxAge',
  );
  await own.close();
});
