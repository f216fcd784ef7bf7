import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deferred, issued, json, plain, programOf, serve } from '../test/fixtures.ts';
import { type Answer, type Ask, enrich, httpAsking, httpSource, memoryCache, type Program } from './index.ts';

const none: Program = {
  name: 'none',
  revision: '00000000',
  context: () => ({}),
  needs: () => [],
  decide: () => issued({ tenant: 'acme' }),
};

const silent: Ask = () => new Promise(() => undefined);

describe('a decision', () => {
  it('needs no answer where nothing is asked', async () => {
    const refuse: Ask = () => Promise.reject(new Error('asked'));
    const decision = await enrich({ program: none, context: {}, asking: { ask: refuse }, deadlineMs: 1000 });
    expect(decision.access).toEqual({ tenant: 'acme' });
  });

  const broken = () => {
    throw new Error('a secret');
  };
  it.each<[string, Partial<Program>]>([
    ['context', { context: broken }],
    ['needs', { needs: broken }],
    ['decide', { decide: broken }],
  ])('denies where %s throws, and says nothing else', async (_name, part) => {
    const program = { ...none, ...part };
    const decision = await enrich({ program, context: {}, asking: { ask: silent }, deadlineMs: 1000 });
    expect(decision).toEqual({ ...issued({}), denied: 'enrichment_unavailable' });
  });

  it('denies where asking rejects or throws', async () => {
    const program = programOf({ plan: 'https://plan.example/' });
    const asks: Ask[] = [() => Promise.reject(new Error('no')), broken];
    for (const ask of asks) {
      const decision = await enrich({ program, context: 'u', asking: { ask }, deadlineMs: 1000 });
      expect(decision.denied).toBe('enrichment_unavailable');
    }
  });

  it('comes by the deadline: what has not answered timed out, what has answered counts', async () => {
    const program = programOf({ fast: 'https://fast.example/', slow: 'https://slow.example/' });
    const ask: Ask = (need, limits) =>
      need.source === 'fast' ? Promise.resolve({ value: 1, ageSeconds: 0 }) : silent(need, limits);
    const decision = await enrich({ program, context: 'u', asking: { ask }, deadlineMs: 40 });
    expect(decision.access).toEqual({ fast: 1, slow: 'timeout' });
  });

  it('denies where the machine was too busy to decide in time', async () => {
    const program = programOf({ plan: '' });
    const ask: Ask = () => {
      // What others do meanwhile.
      for (const endMs = Date.now() + 130; Date.now() < endMs; );
      return Promise.resolve({ value: 1, ageSeconds: 0 });
    };
    const decision = await enrich({ program, context: 'u', asking: { ask }, deadlineMs: 10 });
    expect(decision).toEqual({ ...issued({}), denied: 'enrichment_unavailable' });
  });

  it('asks nobody after the deadline', async () => {
    const asked: string[] = [];
    const program: Program = {
      ...programOf({ first: '', second: '' }),
      needs: (_context, answers) =>
        ['first', 'second']
          .filter((source) => !answers[source])
          .slice(0, 1)
          .map((source) => ({ source, url: '' })),
    };
    const ask: Ask = (need, limits) => {
      asked.push(need.source);
      // A timer may fire a millisecond early; this is past the deadline on any clock.
      while (Date.now() <= limits.endMs) void 0;
      return silent(need, limits);
    };
    const decision = await enrich({ program, context: 'u', asking: { ask }, deadlineMs: 30 });
    expect(decision.access).toEqual({ first: 'timeout', second: 'timeout' });
    expect(asked).toEqual(['first']);
  });

  it('does not change when an answer comes late, and aborts what is open', async () => {
    const late = deferred<Answer>();
    let signal: AbortSignal | undefined;
    const ask: Ask = (_need, limits) => {
      signal = limits.signal;
      return late.promise;
    };
    const program = programOf({ plan: '' });
    const decision = await enrich({ program, context: 'u', asking: { ask }, deadlineMs: 20 });
    late.resolve({ value: 'late', ageSeconds: 0 });
    await late.promise;
    expect(decision.access).toEqual({ plan: 'timeout' });
    expect(signal?.aborted).toBe(true);
  });

  it('waits for independent sources at the same time', async () => {
    let open = 0;
    let most = 0;
    await using server = await serve((_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        json(response, 1);
      }, 50);
    });
    const sources = { a: httpSource(plain), b: httpSource(plain), c: httpSource(plain) };
    const asking = httpAsking({ sources, revision: 'r', settings: {}, fetch, cache: memoryCache() });
    const program = programOf({ a: server.url, b: server.url, c: server.url });
    const decision = await enrich({ program, context: 'u', asking, deadlineMs: 3000 });
    expect(decision.access).toEqual({ a: 1, b: 1, c: 1 });
    expect(most).toBe(3);
  });

  it('asks a source once, even where a program keeps on needing it', async () => {
    let asked = 0;
    const program: Program = { ...none, needs: () => [{ source: 'plan', url: '' }] };
    const ask: Ask = async () => {
      asked++;
      return { failure: 'network' };
    };
    expect(
      (await enrich({ program, context: {}, asking: { ask }, deadlineMs: 1000 })).denied,
    ).toBeUndefined();
    expect(asked).toBe(1);
  });
});

describe('users whose issuances run at the same time', () => {
  it('never see what is answered for another, cached or not', async () => {
    await using server = await serve((request, response) => {
      const user = new URL(request.url ?? '', 'http://x').searchParams.get('user');
      setTimeout(() => json(response, user), Math.random() * 5);
    });
    const cache = memoryCache({ entries: 3 });
    const sources = { a: httpSource({ ...plain, cacheMs: 60_000 }), b: httpSource(plain) };
    const asking = httpAsking({ sources, revision: 'r', settings: {}, fetch, cache });
    const program = programOf({ a: `${server.url}a`, b: `${server.url}b` });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 12 }),
        async (users) => {
          const decisions = await Promise.all(
            users.map((user) => enrich({ program, context: user, asking, deadlineMs: 5000 })),
          );
          expect(decisions.map(({ access }) => access)).toEqual(
            users.map((user) => ({ a: String(user), b: String(user) })),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});
