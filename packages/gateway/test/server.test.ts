import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningGateway } from '../src/index.ts';
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
