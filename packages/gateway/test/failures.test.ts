import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Running } from '../../../tools/servers/process.ts';
import { newKey, startProcess } from './process.ts';
import {
  exchange,
  gatewayNames,
  requestText,
  rulesText,
  startInFront,
  startService,
  startWorld,
  type World,
} from './setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-gateway-'));
let world: World;
let service: Awaited<ReturnType<typeof startService>>;
let bearer: string;

beforeAll(async () => {
  world = await startWorld();
  service = await startService();
  bearer = await world.bearer('auth0');
});

afterAll(async () => {
  await service.close();
  await world.close();
  rmSync(folder, { recursive: true });
});

const right = (address = '/payments/1') => requestText(address, { headers: [bearer] });

describe('the gateway server is killed under load', () => {
  let gateway: Awaited<ReturnType<typeof startProcess>>;
  const fronts = new Map<string, Running>();
  let port: number;

  beforeAll(async () => {
    const token =
      '\npass: token\ntoken: { issuer: https://gateway.acme.example }\nroutes:\n  - path: /payments\n';
    const files = { ...world.files, 'gateway.yaml': rulesText(world, token), 'key.pem': newKey() };
    gateway = await startProcess(folder, files, { SIGNING_KEY_FILE: 'key.pem' });
    port = await gateway.port();
    for (const name of gatewayNames) {
      const front = await startInFront(name, world.contract, port, service.port);
      if (front !== undefined) fronts.set(name, front);
    }
  });
  afterAll(async () => {
    await gateway.stop();
    for (const front of fronts.values()) await front.stop();
  });

  it.for(gatewayNames)('%s first gives services a signed token, and nothing else', async (name, { skip }) => {
    const front = fronts.get(name);
    if (front === undefined) return skip(`${name} is not there`);
    service.got.length = 0;
    const headers = [bearer, 'X-Claims-Roles: ["admin"]', 'x-claims-token: eyJ.eyJ.x'];
    expect(await exchange(front.port, requestText('/payments/1', { headers }))).toMatchObject({
      status: 200,
    });
    const claims = service.got[0]?.headers.filter(([header]) => /^x-claims/i.test(header)) ?? [];
    expect(claims).toEqual([[expect.stringMatching(/^x-claims-token$/i), expect.any(String)]]);
    const keys = await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`);
    const set = createLocalJWKSet((await keys.json()) as Parameters<typeof createLocalJWKSet>[0]);
    const { payload } = await jwtVerify(claims[0]?.[1] ?? '', set, {
      issuer: 'https://gateway.acme.example',
      audience: 'https://payments.acme.example/',
      typ: 'internal+jwt',
    });
    expect(payload).toMatchObject({ authority: { roles: ['approver'] }, kind: 'human', issuer: 'auth0' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
  });

  test('and then no request passes, at any of them', async ({ skip }) => {
    if (fronts.size === 0) return skip('no gateway is there');
    service.got.length = 0;
    let isOver = false;
    const statuses = new Set<number>();
    const load = [...fronts.values()].flatMap((front) =>
      [right(), right(), requestText('/payments/without-token')].map(async (bytes) => {
        while (!isOver) statuses.add((await exchange(front.port, bytes)).status);
      }),
    );
    while (service.got.length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    await gateway.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    isOver = true;
    await Promise.all(load);
    expect(service.got.filter(({ url }) => url !== '/payments/1')).toEqual([]);
    expect(statuses).toContain(200);
    for (const status of statuses) expect([200, 401, 502, 503]).toContain(status);
    service.got.length = 0;
    for (const front of fronts.values()) {
      const { status } = await exchange(front.port, right());
      expect([502, 503]).toContain(status);
    }
    expect(service.got).toEqual([]);
  });
});

/** A check that says the same to everybody, or nothing. */
async function brokenCheck(answer?: string) {
  const told = { answer };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (told.answer !== undefined) socket.end(told.answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, told, close: () => server.close() };
}

/** Gateways wait only a moment. */
const impatient = (content: string) =>
  content
    .replace('timeout: 3s', 'timeout: 0.2s')
    .replace(/timeout 3s/g, 'timeout 200ms')
    .replace('timeout = 3000', 'timeout = 200');

describe.each(gatewayNames)('%s, with a check that is broken,', (name) => {
  let check: Awaited<ReturnType<typeof brokenCheck>>;
  let front: Running | undefined;

  beforeAll(async () => {
    check = await brokenCheck();
    front = await startInFront(name, world.contract, check.port, service.port, impatient);
  });
  afterAll(async () => {
    await front?.stop();
    check.close();
  });

  it.for([
    ['never answers', undefined],
    ['ends the connection', ''],
    ['speaks nonsense', 'hello\r\n\r\n'],
    ['answers half', 'HTTP/1.1 200 OK\r\nContent-Len'],
    ['is another server', 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
    ['fails', 'HTTP/1.1 500 Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
    ['moves', 'HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
  ] as const)('that %s, lets no request through', async ([, answer], { skip }) => {
    if (front === undefined) return skip(`${name} is not there`);
    check.told.answer = answer;
    service.got.length = 0;
    const { status } = await exchange(front.port, right());
    expect(service.got).toEqual([]);
    expect(status).toBeGreaterThanOrEqual(300);
  });
});

describe('each trap of a gateway is one', () => {
  /** What a client gets with one part of the configuration changed. */
  async function changed(
    name: (typeof gatewayNames)[number],
    check: number,
    change: (content: string) => string,
    bytes = right(),
  ) {
    const front = await startInFront(name, world.contract, check, service.port, (content) =>
      change(impatient(content)),
    );
    if (front === undefined) return undefined;
    service.got.length = 0;
    const reply = await exchange(front.port, bytes);
    await front.stop();
    return { ...reply, got: [...service.got] };
  }

  it('Envoy answers 403 if a check is late, unless status_on_error says otherwise', async ({ skip }) => {
    const check = await brokenCheck(undefined);
    const without = (text: string) => text.replace(/^ *status_on_error:.*\n/m, '');
    const trapped = await changed('envoy', check.port, without);
    if (trapped === undefined) return skip('envoy is not there');
    expect(trapped).toMatchObject({ status: 403, got: [] });
    expect(await changed('envoy', check.port, (text) => text)).toMatchObject({ status: 503, got: [] });
    check.close();
  });

  const answer = (status: string) =>
    `HTTP/1.1 ${status}\r\nx-claims-roles: ["approver"]\r\nx-gateway-body: {"error":"access_denied"}\r\ncontent-length: 25\r\nconnection: close\r\n\r\n{"error":"access_denied"}`;
  const rolesOf = (got: readonly { headers: readonly (readonly [string, string])[] }[] = []) =>
    got.flatMap(({ headers }) => headers).filter(([name]) => name.toLowerCase() === 'x-claims-roles');

  it('Caddy takes the new headers away, unless route keeps the order', async ({ skip }) => {
    const check = await brokenCheck(answer('200 OK'));
    const without = (text: string) => text.replace('\troute {', '\t').replace(/\t\}\n\}\n$/, '}\n');
    const trapped = await changed('caddy', check.port, without);
    if (trapped === undefined) return skip('caddy is not there');
    expect(trapped.status).toBe(200);
    expect(rolesOf(trapped.got)).toEqual([]);
    expect(rolesOf((await changed('caddy', check.port, (text) => text))?.got)).toHaveLength(1);
    check.close();
  });

  it('nginx drops the body of a 403, unless a location writes it again', async ({ skip }) => {
    const check = await brokenCheck(answer('403 Forbidden'));
    const without = (text: string) => text.replace(/^ *error_page.*\n/gm, '');
    const trapped = await changed('nginx', check.port, without);
    if (trapped === undefined) return skip('nginx is not there');
    expect(trapped).toMatchObject({ status: 403, body: expect.stringContaining('<html>') });
    const kept = await changed('nginx', check.port, (text) => text);
    expect(kept).toMatchObject({ status: 403, body: '{"error":"access_denied"}', got: [] });
    check.close();
  });

  it('HAProxy goes on if the action fails, unless what it sets first refuses', async ({ skip }) => {
    const check = await brokenCheck('');
    const trapped = await changed('haproxy', check.port, (text) =>
      text.replace(/^ *http-request return status 503.*\n/m, ''),
    );
    if (trapped === undefined) return skip('haproxy is not there');
    expect(trapped.got).toHaveLength(1);
    expect(await changed('haproxy', check.port, (text) => text)).toMatchObject({ status: 503, got: [] });
    check.close();
  });
});
