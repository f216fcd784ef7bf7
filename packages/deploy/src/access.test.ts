import { TargetError } from '@claimsmith/core';
import { expect, test } from 'vitest';
import { type AccessParts, accessOf } from './access.ts';

/** An access whose waits take no time, and are noted. */
function hurried(more: Partial<AccessParts> = {}) {
  let now = 0;
  const waits: number[] = [];
  const access = accessOf({
    secret: () => Promise.reject(new Error('no secrets')),
    setting: () => Promise.reject(new Error('no settings')),
    known: () => undefined,
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
      },
    },
    timeoutMs: 50,
    ...more,
  });
  return { access, waits };
}

/** Fails so often, then succeeds. */
function failing(times: number, error: () => TargetError) {
  let calls = 0;
  return {
    calls: () => calls,
    request: async () => {
      if (calls++ < times) throw error();
      return 'fine';
    },
  };
}

const busy = () => new TargetError('unreachable', 'it answers 503', { isUncertain: true });
const limited = (retryAfterMs: number) => () =>
  new TargetError('limited', 'too many requests', { retryAfterMs });

test('a read is tried again while the vendor is busy, five times in all', async () => {
  const { access, waits } = hurried();
  const twice = failing(2, busy);
  expect(await access.read('it', twice.request)).toBe('fine');
  expect(waits).toEqual([500, 1_000]);
  const always = failing(99, busy);
  await expect(access.read('the Actions', always.request)).rejects.toThrow(
    'Cannot read the Actions: it answers 503',
  );
  expect(always.calls()).toBe(5);
});

test('a write is not tried again, because it may have happened', async () => {
  const { access } = hurried();
  const once = failing(1, busy);
  const error = await access.write('deploy it', once.request).catch((each: unknown) => each);
  expect(error).toMatchObject({
    code: 'unreachable',
    isUncertain: true,
    message: 'Cannot deploy it: it answers 503',
  });
  expect(once.calls()).toBe(1);
});

test('a write that the rate limit refused waits as long as the vendor says, and so do the others', async () => {
  const { access, waits } = hurried();
  const once = failing(1, limited(3_000));
  expect(await access.write('deploy it', once.request)).toBe('fine');
  expect(waits).toEqual([3_000]);
});

test('a limit for a long time is an error', async () => {
  const { access } = hurried();
  await expect(access.read('it', failing(1, limited(3_600_000)).request)).rejects.toMatchObject({
    code: 'limited',
  });
});

test.each([Number.NaN, -5, Number.NEGATIVE_INFINITY])(
  'a limit for %d ms leaves later waits as they are',
  async (ms) => {
    const { access, waits } = hurried();
    await access.read('it', failing(1, limited(ms)).request);
    await access.read('it', failing(1, limited(3_000)).request);
    expect(waits.at(-1)).toBe(3_000);
  },
);

test('a request without an answer ends, its signal is set, and a write may have happened', async () => {
  const { access } = hurried();
  let signal: AbortSignal | undefined;
  const never = (given: AbortSignal) => {
    signal = given;
    return new Promise<never>(() => {});
  };
  await expect(access.write('deploy it', never)).rejects.toMatchObject({
    code: 'unreachable',
    isUncertain: true,
  });
  expect(signal?.aborted).toBe(true);
});

test('other errors are defects, and pass unchanged', async () => {
  const { access } = hurried();
  const defect = new RangeError('a defect');
  await expect(access.read('it', () => Promise.reject(defect))).rejects.toBe(defect);
});
