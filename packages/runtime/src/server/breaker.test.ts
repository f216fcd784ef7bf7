import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { json, serve } from '../../test/fixtures.ts';
import { httpSource, limits, open, pause } from '../../test/server.ts';
import type { HttpServerSource } from './index.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A source that fails for some users as long as it is told to, and for all while it is down. */
async function directory(source: Partial<HttpServerSource> = {}) {
  const bad = new Map<string, 'status' | 'hang' | 'reset'>();
  const seen: string[] = [];
  let isDown = false;
  const server = await serve((request, response) => {
    const user = request.url?.slice(1) ?? '';
    seen.push(user);
    const fault = isDown ? 'status' : bad.get(user);
    if (fault === 'status') response.writeHead(500).end();
    else if (fault === 'reset') request.socket.resetAndDestroy();
    else if (fault === undefined) json(response, user);
  });
  const asking = open({ sources: { plan: { ...httpSource, timeoutMs: 200, ...source } } });
  return {
    bad,
    seen,
    reports: asking.reports,
    down(is: boolean) {
      isDown = is;
    },
    ask: (user: string) => asking.ask({ source: 'plan', url: `${server.url}${user}` }, limits()),
    async [Symbol.asyncDispose]() {
      await asking.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const failing = { failure: expect.any(String) };
const answered = { value: expect.any(String) };
const spared = { failure: 'open' };

describe('one user whose request fails', () => {
  it.each(['status', 'hang', 'reset'] as const)("is nobody else's matter (%s)", async (fault) => {
    await using users = await directory({ retries: 2, timeoutMs: 50 });
    users.bad.set('mallory', fault);
    for (let nth = 0; nth < 4; nth++) {
      expect(await users.ask('mallory')).toEqual(failing);
      expect(await users.ask('mallory')).toEqual(failing);
      expect(await users.ask(`ada${nth}`)).toMatchObject(answered);
    }
  });

  it('is not asked about for a while', async () => {
    await using users = await directory();
    users.bad.set('mallory', 'status');
    for (let nth = 0; nth < 5; nth++) expect(await users.ask('mallory')).toEqual({ failure: 'status' });
    expect(await users.ask('mallory')).toEqual(spared);
    expect(await users.ask('ada')).toMatchObject(answered);
    expect(users.seen.filter((user) => user === 'mallory')).toHaveLength(5);
    users.bad.clear();
    await pause(1050);
    expect(await users.ask('mallory')).toMatchObject(answered);
  });

  it('tells nothing of the source once others have been answered', async () => {
    await using users = await directory();
    users.bad.set('mallory', 'status');
    for (const user of ['mallory', 'ada', 'mallory', 'mallory', 'mallory', 'mallory', 'mallory']) {
      await users.ask(user);
    }
    expect(users.reports.map(({ outcome, isAlone }) => `${outcome} ${isAlone}`)).toEqual([
      'status false',
      'answered false',
      'status true',
      'status true',
      'status true',
      'status true',
      'open true',
    ]);
  });

  it("is nobody else's matter with a few friends, whatever the order", async () => {
    const bad = ['m1', 'm2', 'm3', 'm4'];
    const user = fc.constantFrom(...bad, 'a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    await fc.assert(
      fc.asyncProperty(fc.array(user, { maxLength: 60 }), async (asked) => {
        await using users = await directory();
        for (const name of bad) users.bad.set(name, 'status');
        for (const name of asked) {
          expect(await users.ask(name)).toMatchObject(bad.includes(name) ? failing : answered);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a source that fails for several users in a row', () => {
  const several = ['u1', 'u2', 'u3', 'u4', 'u5'];

  it('is asked for nobody, and tried again by a user whose request has not failed', async () => {
    await using users = await directory();
    for (const user of several) users.bad.set(user, 'status');
    for (const user of several) expect(await users.ask(user)).toEqual({ failure: 'status' });
    expect(await users.ask('ada')).toEqual(spared);
    await pause(1050);
    // They fail again, which is nothing new.
    for (const user of several) expect(await users.ask(user)).toEqual({ failure: 'status' });
    expect(await users.ask('ada')).toMatchObject(answered);
    expect(await users.ask('bob')).toMatchObject(answered);
  });

  it('each of them counts once until answered again', async () => {
    await using users = await directory();
    for (const user of several) users.bad.set(user, 'status');
    for (const user of several) await users.ask(user);
    await pause(1050);
    expect(await users.ask('ada')).toMatchObject(answered);
    for (const user of several) expect(await users.ask(user)).toEqual({ failure: 'status' });
    expect(await users.ask('ada')).toMatchObject(answered);

    users.bad.clear();
    for (const user of several) expect(await users.ask(user)).toMatchObject(answered);
    users.down(true);
    for (const user of several) expect(await users.ask(user)).toEqual({ failure: 'status' });
    expect(await users.ask('ada')).toEqual(spared);
  });

  it('each of them counts again after a while', async () => {
    await using users = await directory();
    users.down(true);
    for (const user of several) await users.ask(user);
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(11 * 60_000);
    users.down(false);
    expect(await users.ask('ada')).toMatchObject(answered);
    users.down(true);
    for (const user of several) expect(await users.ask(user)).toEqual({ failure: 'status' });
    expect(users.reports.at(-1)).toMatchObject({ isAlone: false });
    expect(await users.ask('ada')).toEqual(spared);
  });

  it('is found out about by one of them where nobody else asks', async () => {
    await using users = await directory();
    users.down(true);
    for (const user of several) await users.ask(user);
    users.down(false);
    expect(await users.ask('u1')).toEqual(spared);
    await pause(1050);
    expect(await users.ask('u1')).toMatchObject(answered);
    expect(await users.ask('ada')).toMatchObject(answered);
  });
});
