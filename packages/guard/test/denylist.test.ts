import {
  anyOf,
  type Denylist,
  type DenylistStore,
  type Entry,
  memoryDenylist,
  redisDenylist,
  statusListDenylist,
} from '@claimsmith/guard';
import { createClient } from '@redis/client';
import { createHeaderAndPayload, StatusList } from '@sd-jwt/jwt-status-list';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startRedis } from '../../../tools/servers/redis.ts';
import { guardOf, ofPerson } from './setup.ts';

const redis = await serverForTests(startRedis);
const client = redis && createClient({ url: redis.url });
await client?.connect();
const send = (args: string[]) => client?.sendCommand(args) ?? Promise.reject(new Error('no Redis'));

let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer();
});
afterAll(async () => {
  issuer.close();
  await client?.close();
});

const now = () => Math.floor(Date.now() / 1_000);
const iss = 'https://idp.example/';
const candidate = { issuer: iss, id: 'a', subject: 'ada', session: 's', issuedAt: 1_000, status: undefined };

const stores: Readonly<Record<string, () => Promise<DenylistStore>>> = {
  memory: async () => memoryDenylist(),
  ...(client === undefined
    ? {}
    : {
        async Redis() {
          const store = redisDenylist({ send, prefix: `test-${Math.random()}` });
          await store.open();
          return store;
        },
      }),
};
test.skipIf(client === undefined)('Redis is there', () => {});

describe.each(Object.entries(stores))('a denylist in %s', (_name, create) => {
  const isRevoked = async (entries: readonly Entry[], changes: Partial<typeof candidate> = {}) => {
    const store = await create();
    for (const entry of entries) await store.add(entry);
    return await store.isRevoked({ ...candidate, ...changes });
  };
  const until = now() + 60;

  test('knows nothing at first', async () => expect(await isRevoked([])).toBe(false));
  test('revokes a token of an issuer by its id', async () => {
    const entry = { issuer: iss, id: 'a', until };
    expect(await isRevoked([entry])).toBe(true);
    expect(await isRevoked([entry], { issuer: 'https://other.example/' })).toBe(false);
    expect(await isRevoked([entry], { id: 'b' })).toBe(false);
    expect(await isRevoked([{ issuer: iss, id: 's', until }])).toBe(false);
  });
  test('revokes a session', async () => {
    expect(await isRevoked([{ issuer: iss, session: 's', until }])).toBe(true);
    expect(await isRevoked([{ issuer: iss, session: 's', until }], { session: 't' })).toBe(false);
  });
  test('revokes what a subject got until a time, in any order of entries', async () => {
    const at = (before: number) => ({ issuer: iss, subject: 'ada', before, until });
    expect(await isRevoked([at(1_000)])).toBe(true);
    expect(await isRevoked([at(999)])).toBe(false);
    expect(await isRevoked([at(1_000), at(5)])).toBe(true);
    expect(await isRevoked([at(5), at(1_000)])).toBe(true);
  });
  test('compares times exactly', async () => {
    const before = 1_000.0004;
    expect(await isRevoked([{ issuer: iss, subject: 'ada', before, until }], { issuedAt: before })).toBe(
      true,
    );
  });
  test.each([
    { issuer: iss, until },
    { issuer: iss, id: '', until },
    { issuer: '', id: 'a', until },
    { issuer: iss, id: 'a' },
    { issuer: iss, id: 'a', until: Number.NaN },
    { issuer: iss, subject: 'ada', until },
    { issuer: iss, subject: 'ada', before: Number.NaN, until },
    { issuer: iss, id: undefined, subject: 'ada', before: 1, until },
    null,
  ])('refuses %o, which would revoke nothing', async (entry) => {
    const store = await create();
    await expect(store.add(entry as Entry)).rejects.toThrow(/An entry of a denylist needs/);
  });
  test('forgets an entry when it may', async () => {
    const store = await create();
    const soon = Date.now() / 1_000 + 0.15;
    await store.add({ issuer: iss, id: 'a', until: soon });
    expect(await store.isRevoked(candidate)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await store.isRevoked(candidate)).toBe(false);
  });
  test('a guard refuses what it has, also a token that it remembers', async () => {
    const store = await create();
    const guard = guardOf(issuer, { denylist: store });
    const token = await issuer.sign('okta', ofPerson('okta'), { payload: { jti: 'AT.1' } });
    expect(await guard.checkToken(token)).toMatchObject({ ok: true });
    await store.add({ issuer: issuer.address('okta'), id: 'AT.1', until });
    expect(await guard.checkToken(token)).toMatchObject({ status: 401, problem: { code: 'revoked' } });
  });
});

describe.skipIf(client === undefined)('Redis', () => {
  test('a database that was not opened, or has lost its data, is closed', async () => {
    const store = redisDenylist({ send, prefix: `lost-${Math.random()}` });
    await expect(Promise.resolve(store.isRevoked(candidate))).rejects.toThrow(/not opened/);
    await store.open();
    expect(await store.isRevoked(candidate)).toBe(false);
    await client?.flushAll();
    await expect(Promise.resolve(store.isRevoked(candidate))).rejects.toThrow(/lost its data/);
  });

  test('a database that may evict revocations is not opened', async () => {
    const store = redisDenylist({ send, prefix: `evicting-${Math.random()}` });
    await send(['CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru']);
    await expect(store.open()).rejects.toThrow(/noeviction; it is volatile-lru/);
    await expect(Promise.resolve(store.isRevoked(candidate))).rejects.toThrow(/not opened/);
    await send(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
  });
});

test.each([
  ['text that is not a number', ['1', '']],
  ['a flag', ['1', false]],
  ['one value', ['1']],
  ['no list', 'OK'],
])('a Redis that answers %s is closed', async (_what, values) => {
  const store = redisDenylist({ send: async () => values });
  const answer = Promise.resolve(store.isRevoked({ ...candidate, id: undefined, session: undefined }));
  await expect(answer).rejects.toThrow();
});

test('an issuer with two addresses has the revocations of both', async () => {
  const [address = '', alias = ''] = [
    issuer.address('okta'),
    issuer.address('okta').replace('okta', 'alias'),
  ];
  const issuers = { okta: { issuer: address, aliases: [alias] } };
  const token = await issuer.sign('okta', ofPerson('okta'), { payload: { sub: 'ada' } });
  for (const named of [address, alias]) {
    const entries = [{ issuer: named, subject: 'ada', before: now() + 1, until: now() + 60 }];
    const guard = guardOf(issuer, { issuers, denylist: memoryDenylist({ entries }) });
    expect(await guard.checkToken(token)).toMatchObject({ status: 401, problem: { code: 'revoked' } });
  }
});

test.each([
  ['at the time of the revocation', 0, {}, 'revoked'],
  ['as far ahead as a clock may be', 5, {}, 'revoked'],
  ['later than that', 6, {}, undefined],
  ['as far ahead as this guard expects', 30, { clockSkewSeconds: 30 }, 'revoked'],
  ['later, and clocks agree', 1, { clockSkewSeconds: 0 }, undefined],
])('a token issued %s', async (_when, seconds, options, code) => {
  const before = now() - 60;
  const entries = [{ issuer: issuer.address('okta'), subject: 'ada', before, until: now() + 60 }];
  const guard = guardOf(issuer, { denylist: memoryDenylist({ entries }), ...options });
  const token = await issuer.sign('okta', ofPerson('okta'), {
    payload: { sub: 'ada', iat: before + seconds },
  });
  const result = await guard.checkToken(token);
  expect(result.ok ? undefined : result.problem.code).toBe(code);
});

describe('a denylist that cannot be asked is closed', () => {
  const garbage = (answer: unknown) => ({ isRevoked: () => answer }) as unknown as Denylist;
  test.each([
    [
      'throws',
      {
        isRevoked: () => {
          throw new Error('down');
        },
      },
    ],
    ['rejects', { isRevoked: () => Promise.reject(new Error('down')) }],
    ['hangs', { isRevoked: () => new Promise<boolean>(() => {}) }],
    ['answers nothing', garbage(undefined)],
    ['answers text', garbage('no')],
    ['answers text later', garbage(Promise.resolve('no'))],
    ['is one of several', anyOf(memoryDenylist(), { isRevoked: () => Promise.reject(new Error('down')) })],
    [
      'rejects beside one that throws',
      anyOf(
        { isRevoked: () => Promise.reject(new Error('down')) },
        {
          isRevoked: () => {
            throw new Error('down');
          },
        },
      ),
    ],
  ])('%s', async (_what, denylist) => {
    const guard = guardOf(issuer, { denylist, denylistTimeoutMs: 50 });
    const token = await issuer.sign('auth0', ofPerson('auth0'));
    for (let again = 0; again < 2; again += 1)
      expect(await guard.checkToken(token)).toMatchObject({
        ok: false,
        status: 503,
        problem: { code: 'denylist' },
      });
  });

  test('a full one refuses entries', async () => {
    const store = memoryDenylist({ maxEntries: 1 });
    await store.add({ issuer: iss, id: 'a', until: now() + 60 });
    await expect(store.add({ issuer: iss, id: 'b', until: now() + 60 })).rejects.toThrow(/full/);
  });
});

describe('a status list', () => {
  const uri = 'https://status.example/lists/1';
  const signing = { issuer: 'https://status.example' };

  async function listOf(
    statuses: number[],
    bits: 1 | 2 | 4 | 8,
    changes: Readonly<Record<string, unknown>> = {},
    typ = 'statuslist+jwt',
  ) {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const list = new StatusList(statuses, bits);
    const claims = { iss: signing.issuer, sub: uri, iat: now(), ttl: 60 };
    const { payload } = createHeaderAndPayload(list, claims, { alg: 'ES256', typ: 'statuslist+jwt' });
    const token = await new SignJWT({ ...payload, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ })
      .sign(privateKey);
    let asked = 0;
    const fetched: typeof fetch = async () => {
      asked += 1;
      return new Response(token);
    };
    const denylist = statusListDenylist({
      ...signing,
      under: 'https://status.example/',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] },
      fetch: fetched,
    });
    const at = async (index: number, from = uri) =>
      await denylist.isRevoked({ ...candidate, status: { uri: from, index } });
    return { at, denylist, asked: () => asked };
  }

  test.each([1, 2, 4, 8] as const)(
    'with %d bits says what another implementation has written',
    async (bits) => {
      const statuses = Array.from({ length: 50 }, (_, index) => (index * 7) % 2 ** bits);
      const { at, asked } = await listOf(statuses, bits);
      for (const [index, status] of statuses.entries()) expect(await at(index)).toBe(status !== 0);
      expect(asked()).toBe(1);
      await expect(at(100)).rejects.toThrow(/no place/);
    },
  );

  test.each([
    ['for another address', { sub: 'https://status.example/lists/2' }, undefined],
    ['of another issuer', { iss: 'https://evil.example' }, undefined],
    ['that has expired', { exp: now() - 1 }, undefined],
    ['that is not a list', { status_list: { bits: 3, lst: 'AA' } }, undefined],
    ['that is another token', {}, 'at+jwt'],
  ])('one %s fails', async (_what, changes, typ) => {
    const { at } = await listOf([0, 0], 1, changes, typ);
    await expect(at(0)).rejects.toThrow();
  });

  test('at an address of others is not asked', async () => {
    const { at, asked } = await listOf([0], 1);
    await expect(at(0, 'https://status.example.evil.example/')).rejects.toThrow(/somewhere else/);
    expect(asked()).toBe(0);
  });

  test('a guard asks for it, and refuses tokens whose status it cannot read', async () => {
    const { denylist } = await listOf([0, 1], 1);
    const tokenAt = (idx: number) =>
      issuer.sign('auth0', ofPerson('auth0'), { payload: { status: { status_list: { uri, idx } } } });
    const guard = guardOf(issuer, { denylist: anyOf(memoryDenylist(), denylist) });
    expect(await guard.checkToken(await tokenAt(0))).toMatchObject({ ok: true });
    expect(await guard.checkToken(await tokenAt(1))).toMatchObject({ problem: { code: 'revoked' } });
    expect(await guardOf(issuer).checkToken(await tokenAt(0))).toMatchObject({
      problem: { code: 'denylist' },
    });
    expect(await guard.checkToken(await tokenAt(-1))).toMatchObject({
      ok: false,
      problem: { code: 'format' },
    });
  });
});
