import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const need = { realm: 'acme', role: 'view-clients' };

describe('a failed request', () => {
  it.each([
    [undefined, 'unreachable', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [409, 'changed', false],
    [429, 'limited', false],
    [400, 'refused', false],
    [503, 'unreachable', false],
  ] as const)('that reads, with status %s, is %s', (status, code, isUncertain) => {
    expect(failureOf(new Error('x'), status, undefined, need)).toMatchObject({ code, isUncertain });
  });

  it.each([undefined, 500, 503, 504])('that writes may have happened with status %s', (status) => {
    const failure = failureOf(new TypeError('fetch failed'), status, undefined, { ...need, isWrite: true });
    expect(failure).toMatchObject({ code: 'unreachable', isUncertain: true });
  });

  it('that never arrived has not happened', () => {
    const cause = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    expect(failureOf(cause, undefined, undefined, { isWrite: true })).toMatchObject({ isUncertain: false });
    const broken = new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    expect(failureOf(broken, undefined, undefined, { isWrite: true })).toMatchObject({ isUncertain: true });
  });

  it('says how long to wait, and which role is missing', () => {
    expect(failureOf(undefined, 429, '7', need).retryAfterMs).toBe(7000);
    expect(failureOf(undefined, 429, 'soon', need).retryAfterMs).toBeUndefined();
    expect(failureOf(undefined, 403, undefined, need).message).toBe(
      'the credential lacks the role view-clients of the client realm-management of the realm acme',
    );
  });

  it.each([400, 401])('of a login is about the credential with status %s', (status) => {
    expect(failureOf(undefined, status, undefined, { isLogin: true })).toMatchObject({
      code: 'unauthorized',
    });
  });
});
