import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Changes } from '../../../examples/payments/service/local-issuer.ts';
import type { Running } from '../../../tools/servers/process.ts';
import { memoryDenylist } from '../../guard/src/index.ts';
import type { RunningGateway } from '../src/index.ts';
import {
  exchange,
  gatewayNames,
  portOf,
  requestText,
  rulesText,
  started,
  startInFront,
  startService,
  startWorld,
  type World,
} from './setup.ts';

let world: World;
let service: Awaited<ReturnType<typeof startService>>;
let gateway: RunningGateway;
let bearer: string;
const denylist = memoryDenylist();

beforeAll(async () => {
  world = await startWorld();
  service = await startService();
  gateway = await started(world.policyOf(rulesText(world)), { denylist });
  bearer = await world.bearer('auth0');
});

afterAll(async () => {
  await gateway.close();
  await service.close();
  await world.close();
});

/** Names that a client may send in the hope that the service takes them for ours. */
const spoofs = [
  'X-Claims-Roles',
  'x-claims-roles',
  'X-CLAIMS-ROLES',
  'X_Claims_Roles',
  'x-claims_roles',
  'X_CLAIMS-ROLES',
  'X.Claims.Roles',
  'X--Claims--Roles',
  'X-Claims-Admin',
  'X_Claims_Admin',
  'X~Claims~Admin',
  'X-Claims',
  'X-Claims-Token',
  'X-Claims-Token-Subject',
];

describe.each(gatewayNames)('%s', (name) => {
  let front: Running | undefined;

  beforeAll(async () => {
    front = await startInFront(name, world.contract, portOf(gateway.address.gateway), service.port);
  });
  afterAll(() => front?.stop());

  /** Sends a request; gives the answer, and what the service got of it. */
  async function ask(bytes: string) {
    if (front === undefined) throw new Error('not started');
    service.got.length = 0;
    const reply = await exchange(front.port, bytes);
    return { ...reply, got: [...service.got] };
  }

  /** Headers that any service might take for ours, by name in lower case. */
  function claimsOf(got: Awaited<ReturnType<typeof ask>>['got']) {
    const all = got
      .flatMap(({ headers }) => headers)
      .filter(([header]) => /^x[^a-z0-9]*claims/i.test(header));
    const names = all.map(([header]) => header.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    return Object.fromEntries(all.map(([header, value]) => [header.toLowerCase(), JSON.parse(value)]));
  }

  const wanted = (what: string, work: () => Promise<void>) =>
    it(what, async ({ skip }) => (front === undefined ? skip(`${name} is not there`) : await work()));

  wanted('a right token passes, and the service learns what it says', async () => {
    const { status, got } = await ask(requestText('/payments/1?q=1', { headers: [bearer] }));
    expect(status).toBe(200);
    expect(got).toMatchObject([{ method: 'GET', url: '/payments/1?q=1' }]);
    expect(claimsOf(got)).toEqual({
      'x-claims-tenant-id': 'org_acme',
      'x-claims-roles': ['approver'],
      'x-claims-descriptive-plan': 'gold',
      'x-claims-token-issuer': 'auth0',
      'x-claims-token-subject': 'auth0|usr_berlin',
      'x-claims-token-kind': 'human',
      'x-claims-token-client': 'shop-web',
      'x-claims-token-scopes': ['openid', 'payments.approve'],
      'x-claims-token-expires-at': expect.any(Number),
      'x-claims-token-authenticated-at': expect.any(Number),
    });
  });

  wanted('every issuer passes, and a claim that is not there has no header', async () => {
    for (const id of ['cognito', 'keycloak', 'okta'] as const) {
      const { got } = await ask(
        requestText('/payments/1', { headers: [await world.bearer(id, { plan: undefined })] }),
      );
      const claims = claimsOf(got);
      expect(claims).toMatchObject({ 'x-claims-token-issuer': id, 'x-claims-roles': ['approver'] });
      expect(claims).not.toHaveProperty('x-claims-descriptive-plan');
    }
  });

  wanted('what no token carries is looked up', async () => {
    const { status, got } = await ask(requestText('/limits', { headers: [bearer] }));
    expect(status).toBe(200);
    expect(claimsOf(got)).toMatchObject({
      'x-claims-daily-limit-left': 12.5,
      'x-claims-roles': ['approver'],
    });
  });

  wanted('an open route passes without a token, and without claims', async () => {
    const { status, got } = await ask(requestText('/status'));
    expect(status).toBe(200);
    expect(claimsOf(got)).toEqual({});
  });

  const changed = (changes: Changes) => world.bearer('auth0', {}, changes);
  const refusals: readonly (readonly [
    what: string,
    request: () => Promise<string> | string,
    answer: { status: number; error: string; error_description?: string; challenge?: string | RegExp },
  ])[] = [
    ['no token', () => requestText('/payments/1'), { status: 401, error: 'no_token', challenge: 'Bearer' }],
    [
      'garbage',
      () => requestText('/payments/1', { headers: ['Authorization: Bearer garbage'] }),
      { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    ],
    [
      'a password',
      () => requestText('/payments/1', { headers: ['Authorization: Basic YTpi'] }),
      { status: 401, error: 'no_token', challenge: 'Bearer' },
    ],
    [
      'a token that the policy has not seen',
      async () =>
        requestText('/payments/1', { headers: [await changed({ payload: { policy: 'unenriched' } })] }),
      { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    ],
    [
      'an expired token',
      async () => requestText('/payments/1', { headers: [await changed({ ageSeconds: 700 })] }),
      { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    ],
    [
      'another audience',
      async () =>
        requestText('/payments/1', {
          headers: [await changed({ payload: { aud: 'https://other.example/' } })],
        }),
      { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    ],
    [
      'a revoked token',
      async () => {
        const until = Date.now() / 1_000 + 600;
        await denylist.add({ issuer: world.issuer.address('auth0'), id: 'revoked', until });
        return requestText('/payments/1', { headers: [await changed({ payload: { jti: 'revoked' } })] });
      },
      { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    ],
    [
      'a tenant that a deny rule names',
      async () =>
        requestText('/payments/1', { headers: [await world.bearer('auth0', { tenant_id: 'org_closed' })] }),
      { status: 403, error: 'access_denied', error_description: 'wrong_tenant' },
    ],
    [
      'a deny rule with a message',
      async () =>
        requestText('/payments/1', { headers: [await world.bearer('okta', { tenant_id: 'org_late' })] }),
      {
        status: 403,
        error: 'access_denied',
        error_description: 'Pay 100% of $bill {host} %[path] first, please',
      },
    ],
    [
      'a source that fails',
      () => requestText('/broken', { headers: [bearer] }),
      { status: 503, error: 'temporarily_unavailable' },
    ],
    [
      'a source that does not answer in time',
      () => requestText('/slow', { headers: [bearer] }),
      { status: 503, error: 'temporarily_unavailable' },
    ],
    [
      'a missing scope',
      () => requestText('/refunds/1', { headers: [bearer] }),
      {
        status: 403,
        error: 'insufficient_scope',
        challenge: 'Bearer error="insufficient_scope", scope="payments.refund"',
      },
    ],
    [
      'a login that is too weak',
      () => requestText('/payments/large', { method: 'POST', headers: [bearer] }),
      { status: 401, error: 'insufficient_user_authentication', challenge: /acr_values="phr", max_age="60"/ },
    ],
    [
      'a method without a route',
      () => requestText('/payments/large', { method: 'DELETE', headers: [bearer] }),
      { status: 403, error: 'access_denied' },
    ],
    [
      'a path without a route',
      () => requestText('/other', { headers: [bearer] }),
      { status: 403, error: 'access_denied' },
    ],
  ];

  describe('refuses', () => {
    it.for(refusals)('%s', async ([, request, { status, challenge, ...body }], { skip }) => {
      if (front === undefined) return skip(`${name} is not there`);
      const reply = await ask(await request());
      expect(reply.got).toEqual([]);
      expect(reply.status).toBe(status);
      // Envoy takes a 503 for a check that has failed, and answers in its own words.
      if (status === 503 && name === 'envoy') return expect(reply.body).toBe('');
      expect(JSON.parse(reply.body)).toEqual(body);
      expect(reply.headers['cache-control']).toBe('no-store');
      if (challenge !== undefined) expect(reply.headers['www-authenticate']).toMatch(challenge);
    });

    wanted('two headers with a token', async () => {
      const { status, got } = await ask(requestText('/payments/1', { headers: [bearer, bearer] }));
      expect({ status, got }).toEqual({ status: 400, got: [] });
    });

    wanted('a token of any size', async () => {
      for (const length of [5_000, 14_000, 17_000, 40_000, 200_000]) {
        const { status, got } = await ask(
          requestText('/payments/1', { headers: [`Authorization: Bearer ${'a'.repeat(length)}`] }),
        );
        expect(got).toEqual([]);
        expect([400, 401, 413, 431]).toContain(status);
      }
    });
  });

  wanted('what the service answers itself comes through', async () => {
    for (const answer of [401, 403, 404, 500, 503]) {
      const reply = await ask(requestText(`/payments/1?answer=${answer}`, { headers: [bearer] }));
      expect(reply).toMatchObject({ status: answer, body: expect.stringContaining(`served ${answer}`) });
    }
  });

  wanted('headers of clients that look like ours never reach the service', async () => {
    for (const spoof of spoofs) {
      for (const [address, headers] of [
        ['/payments/1', [bearer]],
        ['/status', []],
      ] as const) {
        const { status, got } = await ask(
          requestText(address, { headers: [`${spoof}: ["admin"]`, ...headers] }),
        );
        // Those that a gateway cannot take out are refused.
        expect([200, 400], spoof).toContain(status);
        const claims = claimsOf(got);
        expect(JSON.stringify(claims), spoof).not.toContain('admin');
        if (address === '/status' || status === 400) expect(claims, spoof).toEqual({});
        else expect(claims['x-claims-roles'], spoof).toEqual(['approver']);
      }
    }
  });

  wanted('a known header is taken out in every case, also twice', async () => {
    const headers = [
      'X-Claims-Roles: ["admin"]',
      'x-claims-ROLES: ["root"]',
      'X_Claims_Roles: ["su"]',
      bearer,
    ];
    const { status, got } = await ask(requestText('/payments/1', { headers }));
    expect(status).toBe(200);
    expect(claimsOf(got)['x-claims-roles']).toEqual(['approver']);
  });

  wanted('headers that stand for another path or method do not reach the service', async () => {
    const headers = [
      'X-Original-URL: /admin',
      'X-Rewrite-Url: /admin',
      'x-http-method-override: DELETE',
      bearer,
    ];
    const { got } = await ask(requestText('/payments/1', { headers }));
    expect(got).toHaveLength(1);
    expect(JSON.stringify(got)).not.toMatch(/admin|DELETE/);
    for (const odd of ['X_Original_URL: /admin', 'X.HTTP_Method.Override: DELETE', 'x_rewrite-url: /admin']) {
      const one = await ask(requestText('/payments/1', { headers: [odd, bearer] }));
      expect([200, 400], odd).toContain(one.status);
      expect(JSON.stringify(one.got), odd).not.toMatch(/admin|DELETE/);
    }
  });

  wanted('no header of a client chooses its route', async () => {
    const told = ['X-Forwarded-Uri: /status', 'X-Forwarded-Method: GET', 'X-Original-URI: /status'];
    expect(await ask(requestText('/payments/1', { headers: told }))).toMatchObject({ status: 401, got: [] });
    expect(await ask(requestText('/refunds/1', { headers: [...told, bearer] }))).toMatchObject({
      status: 403,
      got: [],
    });
    const query = await ask(requestText('/payments/1?path=/status&scope=', {}));
    expect(query).toMatchObject({ status: 401, got: [] });
  });

  wanted('a client cannot take a claim out of a request', async () => {
    const connection = (list: string) => (text: string) =>
      text.replace('Connection: close', `Connection: close, ${list}`);
    for (const list of ['X-Claims-Tenant-Id', 'x-claims-roles, Keep-Alive', 'X-Claims-Token']) {
      const { status, got } = await ask(connection(list)(requestText('/payments/1', { headers: [bearer] })));
      if (status === 400) expect(got).toEqual([]);
      else
        expect(claimsOf(got)).toMatchObject({
          'x-claims-tenant-id': 'org_acme',
          'x-claims-roles': ['approver'],
        });
    }
  });

  wanted('no spelling of a path reaches a route that was not checked', async () => {
    const spellings = [
      '/status/../payments/1',
      '/status/%2e%2e/payments/1',
      '/status/.%2E/payments/1',
      '/status/..%2fpayments/1',
      '/status/%252e%252e/payments/1',
      '/status/..;/payments/1',
      '/status;/../payments/1',
      '/status\\..\\payments\\1',
      '/status/..\\payments/1',
      '//payments/1',
      '/./payments/1',
      '/%70ayments/1',
      '/PAYMENTS/1',
      '/payments%20/1',
      '/status./1',
      '/status%2f..%2fpayments',
      '/status/..%c0%afpayments',
      '/status#/../payments/1',
      'http://status/payments/1',
      '/status/%00/../../payments/1',
      '*',
    ];
    for (const address of spellings) {
      const { status, got } = await ask(requestText(address));
      expect(got, address).toEqual([]);
      expect([400, 401, 403, 404], address).toContain(status);
    }
  });

  wanted('what is checked is what the service gets', async () => {
    // Where a gateway puts a path right, it does so before the check.
    const { status, got } = await ask(requestText('/refunds/../status'));
    if (status === 200) expect(got).toMatchObject([{ url: '/status' }]);
    else expect({ status, got }).toEqual({ status: 400, got: [] });
  });

  wanted('bodies come through, whole or in chunks, and are not taken for a second request', async () => {
    const whole = await ask(requestText('/payments/1', { method: 'POST', headers: [bearer], body: 'hello' }));
    expect(whole.got).toMatchObject([{ method: 'POST', body: 'hello' }]);
    const head = `POST /payments/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${bearer}\r\nTransfer-Encoding: chunked\r\n`;
    const chunked = await ask(`${head}\r\n5\r\nhello\r\n0\r\n\r\n`);
    expect(chunked.got).toMatchObject([{ method: 'POST', body: 'hello' }]);
    const hidden = 'GET /payments/hidden HTTP/1.1\r\nHost: a\r\n\r\n';
    const smuggled = await ask(`${head}Content-Length: 5\r\n\r\n0\r\n\r\n${hidden}`);
    expect(smuggled.got.filter(({ url }) => url.includes('hidden'))).toEqual([]);
    const refused = await ask(`${head.replace(bearer, 'X: y')}\r\n5\r\nhello\r\n0\r\n\r\n`);
    expect(refused).toMatchObject({ status: 401, got: [] });
  });

  wanted('HEAD, HTTP/1.0 and a preflight are checked, too', async () => {
    expect(await ask(requestText('/payments/1', { method: 'HEAD', headers: [bearer] }))).toMatchObject({
      status: 200,
    });
    expect(await ask(requestText('/payments/1', { method: 'HEAD' }))).toMatchObject({ status: 401, got: [] });
    const old = await ask(requestText('/payments/1', { version: '1.0' }));
    expect([401, 426]).toContain(old.status);
    expect(old.got).toEqual([]);
    const headers = ['Origin: https://shop.acme.example', 'Access-Control-Request-Method: POST'];
    const preflight = await ask(requestText('/payments/1', { method: 'OPTIONS', headers }));
    expect(preflight).toMatchObject({ status: 401, got: [] });
    const trace = await ask(requestText('/payments/1', { method: 'TRACE', headers: [bearer] }));
    expect(trace.got).toEqual([]);
  });

  wanted(
    'a connection changes to another protocol only after the check, and never to one with requests',
    async () => {
      const upgrade = (to: string, headers: readonly string[]) =>
        requestText('/payments/1', {
          headers: [
            `Upgrade: ${to}`,
            'Sec-WebSocket-Version: 13',
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
            ...headers,
          ],
        }).replace('Connection: close', 'Connection: Upgrade');
      expect((await ask(upgrade('websocket', []))).got).toEqual([]);
      const right = await ask(upgrade('websocket', [bearer]));
      // Envoy and nginx let no connection change as they are configured here.
      if (name === 'caddy' || name === 'haproxy') expect(right.status).toBe(101);
      for (const to of [
        'h2c',
        'TLS/1.0',
        'websocket, h2c',
        'websocket\r\nUpgrade: h2c',
        'h2c\r\nUpgrade: websocket',
      ]) {
        const { got } = await ask(upgrade(to, [bearer]));
        const protocols = got.filter(({ method }) => method === 'UPGRADE').map(({ url }) => url);
        expect(['', 'websocket'], to).toContain(protocols.join());
      }
    },
  );

  wanted('values come through unchanged: line breaks, commas, quotes, other scripts', async () => {
    const hostile = 'a\r\nX-Evil: 1, "b" \\ \u0000 \u007f é 漢 😀 $host %[path] {env.HOME} ${x} {{y}}';
    const token = await world.bearer('auth0', { tenant_id: hostile });
    const { status, got } = await ask(requestText('/payments/1', { headers: [token] }));
    expect(status).toBe(200);
    expect(claimsOf(got)['x-claims-tenant-id']).toBe(hostile);
    expect(got[0]?.headers.filter(([header]) => header.toLowerCase() === 'x-evil')).toEqual([]);
  });

  wanted('HTTP/2 is checked like HTTP/1', async () => {
    // As it is configured here, nginx speaks it only with TLS.
    if (front === undefined || name === 'nginx') return;
    const session = connect(`http://127.0.0.1:${front.port}`);
    const asked = async (path: string, headers: Readonly<Record<string, string>>) => {
      service.got.length = 0;
      const stream = session.request({ ':path': path, ...headers }).resume();
      const [{ ':status': status }] = await once(stream, 'response');
      return { status, got: [...service.got] };
    };
    const spoofed = {
      'x-claims-roles': '["admin"]',
      x_claims_roles: '["root"]',
      'x-forwarded-uri': '/status',
    };
    expect(await asked('/payments/1', spoofed)).toEqual({ status: 401, got: [] });
    const right = await asked('/payments/1', { ...spoofed, authorization: bearer.replace(/^\w+: /, '') });
    expect(right.status).toBe(200);
    expect(claimsOf(right.got)['x-claims-roles']).toEqual(['approver']);
    expect((await asked('/status/../payments/1', {})).got).toEqual([]);
    session.destroy();
  });

  wanted('very many headers neither stop the check nor pass it by', async () => {
    const many = Array.from({ length: 80 }, (_, nth) => `X-Header-${nth}: ${nth}`);
    expect(await ask(requestText('/payments/1', { headers: [...many, bearer] }))).toMatchObject({
      status: 200,
    });
    const more = Array.from({ length: 2_000 }, (_, nth) => `X-Claims-${nth}: ${nth}`);
    const { got } = await ask(requestText('/payments/1', { headers: [...more, bearer] }));
    expect(got).toEqual([]);
  });
});
