import { type Cache, enrich, httpAsking, httpSource, memoryCache, request } from '@claimsmith/runtime';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { compileSpec, policyOf } from '../test/kit.ts';
import { createPolicy } from './create-policy.ts';
import { ageSum, ageVerdict, freshnessOf, leewayMs } from './freshness.ts';
import { evaluateProgram, generateProgram } from './program/index.ts';
import { readSpec } from './spec/read.ts';
import { formatAge } from './spec/units.ts';

const minute = 60_000;

function ageIn(body: string, name = 'v') {
  const { spec, source } = readSpec({ file: 's.yaml', text: `version: 1\nname: s\n${body}` }, {});
  const draft = spec && createPolicy(spec, source).draft;
  const claim = draft?.claims.find((one) => one.name === name);
  return draft && claim && freshnessOf(draft, claim);
}

describe('the age of a claim', () => {
  const source = (times: string) =>
    `sources: { s: { http: { url: "https://s.example/" }, returns: { v: string }, ${times} } }\n`;

  test('is a sentence with the numbers of the spec', () => {
    const age = ageIn(`lifetime: { access: 10m }
${source('cache: 1d, lag: 30s')}claims: { v: { value: s.v, kind: descriptive } }`);
    expect(age && ageSum(age)).toBe(
      'lag 30s + cache 1d of `s` + token lifetime 10m + 1m for clocks = 24h 11m 30s',
    );
  });

  test('is that of the token if everything is read while it is made', () => {
    const age = ageIn(`lifetime: { access: 1h }
claims: { v: { value: user.roles, kind: authoritative } }`);
    expect(age && [ageSum(age), ageVerdict(age)]).toEqual([
      'token lifetime 1h + 1m for clocks = 1h 1m',
      'unlimited',
    ]);
  });

  test('goes through claims, conditions, and sources that are asked with the answers of others', () => {
    const age = ageIn(
      `lifetime: { access: 10m }
sources:
  old: { http: { url: "https://old.example/" }, returns: { id: string }, cache: 1h, stale: 30m }
  new: { http: { url: "https://new.example/{old.id}" }, returns: { ok: bool } }
claims:
  when: { const: true, when: new.ok, kind: descriptive }
  v: { value: claims.when, kind: descriptive, maxAge: 1h }`,
      'when',
    );
    expect(age).toMatchObject({ source: 'old', totalMs: 101 * minute });
  });

  test('a constant has none', () => {
    expect(ageIn('claims: { v: { const: 1, kind: descriptive, maxAge: 1s } }')).toBeUndefined();
  });

  test('an unknown lifetime proves nothing, and only access tokens have a known one', () => {
    const of = (claim: string, life: string) => {
      const age = ageIn(`${life}claims: { v: { value: user.id, kind: descriptive, ${claim} } }`);
      return age && ageVerdict(age);
    };
    const life = 'lifetime: { access: 5m }\n';
    expect(of('maxAge: 15m', '')).toBe('unproven');
    expect(of('maxAge: 15m', life)).toBe('fits');
    expect(of('maxAge: 15m, tokens: [id]', life)).toBe('unproven');
    expect(of('maxAge: 5m', life)).toBe('exceeded');
    expect(of('maxAge: 30s', '')).toBe('exceeded');
  });

  test.each([
    [0, '0s'],
    [400, '400ms'],
    [90_000, '1m 30s'],
    [1450 * minute, '24h 10m'],
    [48 * 60 * minute, '2d'],
    [51 * 60 * minute + 4_005, '2d 3h 4s 5ms'],
  ])('%d ms are %s', (ms, text) => expect(formatAge(ms)).toBe(text));

  test('the help is a way out that works', () => {
    const body = `lifetime: { access: 1h }
sources: { s: { http: { url: "https://s.example/" }, returns: { v: string }, cache: 3m } }
claims: { v: { value: s.v, kind: descriptive, maxAge: 10m } }`;
    const [finding] = compileSpec(body).findings;
    expect(finding).toMatchObject({ rule: 'TE502', severity: 'error' });
    const [, lifetime = ''] = /lifetime: \{ access: (\w+) \}/.exec(finding?.help ?? '') ?? [];
    expect(compileSpec(body.replace('access: 1h', `access: ${lifetime}`)).findings).toEqual([]);
  });
});

/**
 * A world with a clock: a directory whose value is the time at which it was read, a copy that lags behind, a cache that may
 * forget, times in which the copy is down, and a service that takes a token until its own clock says it has expired.
 */
describe('no service sees an older value than the proof says', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  const seconds = (most: number) => fc.integer({ min: 0, max: most });
  const world = fc.record({
    lag: seconds(300),
    cache: seconds(600),
    stale: seconds(600),
    lifetime: fc.integer({ min: 1, max: 1200 }),
    slow: fc.integer({ min: 0, max: 900 }),
    behind: seconds(50),
    steps: fc.array(fc.record({ wait: seconds(700), isDown: fc.boolean(), forgets: fc.boolean() }), {
      minLength: 2,
      maxLength: 12,
    }),
  });

  test('at any time, in any order', { timeout: 60_000 }, async () => {
    let oldest = 0;
    await fc.assert(
      fc.asyncProperty(world, async ({ steps, ...given }) => {
        const { ages, totalMs } = await agesIn(given, steps);
        for (const age of ages) expect(age).toBeLessThanOrEqual(totalMs);
        oldest = Math.max(oldest, ...ages.map((age) => age / totalMs));
      }),
      { numRuns: 300 },
    );
    // The search comes near the bound, so it would find one that is too small.
    expect(oldest).toBeGreaterThan(0.9);
  });

  test('the bound is reached, but for the leeway', async () => {
    const given = { lag: 60, cache: 120, stale: 300, lifetime: 600, slow: 0, behind: 0 };
    const { ages, totalMs } = await agesIn(given, [
      { wait: 0, isDown: false, forgets: false },
      { wait: 419, isDown: true, forgets: false },
    ]);
    expect(totalMs - Math.max(...ages)).toBeLessThanOrEqual(leewayMs + 1000);
  });

  interface Given {
    readonly lag: number;
    readonly cache: number;
    readonly stale: number;
    readonly lifetime: number;
    /** Milliseconds that the source takes to answer, after it has read the value. */
    readonly slow: number;
    /** Seconds by which the service's clock is behind, or by which it takes expired tokens. */
    readonly behind: number;
  }

  async function agesIn(
    { lag, cache, stale, lifetime, slow, behind }: Given,
    steps: readonly { readonly wait: number; readonly isDown: boolean; readonly forgets: boolean }[],
  ) {
    const policy = policyOf(`lifetime: { access: ${lifetime}s }
sources: { s: { http: { url: "https://s.example/" }, returns: { at: int }, cache: ${cache}s, stale: ${stale}s, lag: ${lag}s } }
claims:
  inner: { value: s.at, kind: descriptive }
  v: { value: claims.inner, kind: descriptive }`);
    const claim = policy.claims.find(({ name }) => name === 'v');
    const { totalMs = 0 } = (claim && freshnessOf(policy, claim)) ?? {};
    let kept = memoryCache();
    const proxied: Cache = { get: (key) => kept.get(key), set: (...entry) => kept.set(...entry) };
    let isDown = false;
    const asking = httpAsking({
      sources: {
        s: httpSource({
          question: ({ url }) => ({ url, headers: {} }),
          send: request,
          timeoutMs: 1000,
          retries: 0,
          cacheMs: cache * 1000,
          staleMs: stale * 1000,
          limitBytes: 1000,
        }),
      },
      revision: 'r',
      settings: {},
      cache: proxied,
      fetch: async () => {
        const at = Date.now() - lag * 1000;
        await vi.advanceTimersByTimeAsync(slow);
        return new Response(JSON.stringify({ at }), { status: isDown ? 503 : 200 });
      },
    });
    const program = evaluateProgram(generateProgram(policy, {}));
    const ages: number[] = [];
    for (const step of steps) {
      vi.setSystemTime(Date.now() + step.wait * 1000);
      isDown = step.isDown;
      if (step.forgets) kept = memoryCache();
      const context = { subject_type: 'human' };
      const { access, lifetimeSeconds = 0 } = await enrich({ program, context, asking, deadlineMs: 2000 });
      const { v } = access;
      if (typeof v !== 'number') continue;
      const lastUse = Date.now() + (lifetimeSeconds + behind) * 1000;
      ages.push(lastUse - v);
    }
    return { ages, totalMs };
  }
});
