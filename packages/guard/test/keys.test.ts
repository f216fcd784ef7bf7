import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { guardOf, ofPerson } from './setup.ts';

let issuer: LocalIssuer;
let other: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer();
  other = await startLocalIssuer();
});
afterAll(() => {
  issuer.close();
  other.close();
});

const path = '.well-known/jwks.json';
const keysOf = async (one: LocalIssuer) => await (await fetch(one.address('auth0') + path)).text();

interface World {
  answer: () => Promise<Response> | Response;
  nowMs: number;
  asked: number;
  atOnce: number;
}

/** A guard whose clock and whose issuer's answers are ours. */
function guarded(world: World, settings: object = {}) {
  let underWay = 0;
  const send: typeof fetch = async () => {
    world.asked += 1;
    underWay += 1;
    world.atOnce = Math.max(world.atOnce, underWay);
    try {
      return await world.answer();
    } finally {
      underWay -= 1;
    }
  };
  const issuers = { auth0: { issuer: issuer.address('auth0'), fetch: send, ...settings } };
  return guardOf(issuer, { issuers, now: () => world.nowMs, maxLifetimeSeconds: 1e9, cacheSize: 100 });
}

const world = (answer: World['answer']): World => ({ answer, nowMs: Date.now(), asked: 0, atOnce: 0 });
const sign = (changes: object = {}) =>
  issuer.sign('auth0', ofPerson('auth0'), { lifetimeSeconds: 1e6, ...changes });
/** A machine's token has no claim that ages. */
const lasting = () => {
  const { access, ...rest } = ofPerson('auth0');
  const says = { ...rest, access: { tenant_id: access['tenant_id'], policy: access['policy'] } };
  return issuer.sign('auth0', says, { machine: true, lifetimeSeconds: 1e6 });
};
const codeOf = (result: { ok: boolean; problem?: { code: string } }) =>
  result.ok ? 'ok' : result.problem?.code;

describe('keys of an issuer', () => {
  test('many requests at once wait for one fetch', async () => {
    const keys = await keysOf(issuer);
    const it = world(() => new Response(keys));
    const guard = guarded(it);
    const token = await sign();
    const results = await Promise.all(Array.from({ length: 200 }, () => guard.checkToken(token)));
    expect([results.every(({ ok }) => ok), it.asked]).toEqual([true, 1]);
  });

  test("a flood of kids makes at most one fetch in 30 seconds, and the issuer's own tokens pass", async () => {
    const keys = await keysOf(issuer);
    const it = world(() => new Response(keys));
    const guard = guarded(it);
    for (let second = 0; second < 90; second += 1) {
      const flood = Array.from({ length: 20 }, (_, n) => sign({ header: { kid: `x${second}-${n}` } }));
      const results = await Promise.all((await Promise.all(flood)).map((token) => guard.checkToken(token)));
      expect(results.every((result) => codeOf(result) === 'key')).toBe(true);
      it.nowMs += 1_000;
    }
    expect(it.asked).toBeLessThanOrEqual(4);
    expect(it.atOnce).toBe(1);
    expect(codeOf(await guard.checkToken(await lasting()))).toBe('ok');
  });

  test('a new key is found, and one that is gone is refused, also for a remembered token', async () => {
    let keys = await keysOf(issuer);
    const it = world(() => new Response(keys));
    const guard = guarded(it);
    const token = await lasting();
    expect(codeOf(await guard.checkToken(token))).toBe('ok');
    // The same kid with another key, as after a compromise.
    keys = await keysOf(other);
    it.nowMs += 601_000;
    expect(codeOf(await guard.checkToken(token))).toBe('signature');
    keys = (await keysOf(issuer)).replace('key-1', 'key-2');
    it.nowMs += 31_000;
    expect(
      codeOf(
        await guard.checkToken(
          await issuer.sign(
            'auth0',
            { ...ofPerson('auth0') },
            { header: { kid: 'key-2' }, lifetimeSeconds: 1e6, payload: { iat: it.nowMs / 1_000 } },
          ),
        ),
      ),
    ).toBe('ok');
  });

  test('after the clock was set back, keys are fetched again, also for a remembered token', async () => {
    let keys = await keysOf(issuer);
    const it = world(() => new Response(keys));
    it.nowMs += 86_400_000;
    const guard = guarded(it);
    const token = await lasting();
    expect(codeOf(await guard.checkToken(token))).toBe('ok');
    keys = await keysOf(other);
    it.nowMs -= 86_400_000;
    expect(codeOf(await guard.checkToken(token))).toBe('signature');
  });

  test('during an outage, keys serve for an hour, and fetches become rare', async () => {
    const keys = await keysOf(issuer);
    const it = world(() => new Response(keys));
    const guard = guarded(it);
    const token = await lasting();
    await guard.checkToken(token);
    it.answer = () => Promise.reject(new Error('down'));
    for (let minute = 0; minute < 59; minute += 1) {
      it.nowMs += 60_000;
      expect(codeOf(await guard.checkToken(token))).toBe('ok');
      expect(codeOf(await guard.checkToken(await sign({ header: { kid: 'new' } })))).toMatch(/^key/);
    }
    it.nowMs += 120_000;
    const result = await guard.checkToken(token);
    expect(result).toMatchObject({ ok: false, status: 503, problem: { code: 'keys' } });
    expect(it.asked).toBeLessThan(130);
    it.answer = () => new Response(keys);
    it.nowMs += 61_000;
    expect(codeOf(await guard.checkToken(token))).toBe('ok');
  });

  test.each<[string, World['answer']]>([
    ['nothing', () => new Promise(() => {})],
    ['a status', () => new Response('{"keys":[]}', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['no keys', () => new Response('{}')],
    ['too much', () => new Response(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)],
    ['a slow body', () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))],
    ['101 keys', () => new Response(JSON.stringify({ keys: Array(101).fill({}) }))],
  ])('an issuer that answers %s makes requests wait no longer than allowed: 503', async (_what, answer) => {
    const guard = guarded(world(answer), { keysTimeoutMs: 100 });
    const started = performance.now();
    const results = await Promise.all([guard.checkToken(await sign()), guard.checkToken(await sign())]);
    expect(results).toMatchObject([{ status: 503 }, { status: 503 }]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test('a secret in the key set is not used as a key', async () => {
    const it = world(() => new Response(JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'key-1' }] })));
    expect(codeOf(await guarded(it).checkToken(await sign()))).toBe('key');
  });
});
