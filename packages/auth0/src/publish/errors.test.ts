import { TargetError } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { targetError } from './errors.ts';

const planted = 'planted-in-an-answer';

/** An error as Auth0's SDK throws it: the message has the whole answer. */
function sdkError(statusCode: number, body: object = {}, headers: Readonly<Record<string, string>> = {}) {
  const text = `Status code: ${statusCode}\nBody: ${JSON.stringify(body)}`;
  return Object.assign(new Error(text), { statusCode, body, rawResponse: { headers: new Headers(headers) } });
}

const write = { kind: 'write', scope: 'update:actions', host: 'acme.eu.auth0.com' } as const;
const read = { ...write, kind: 'read' } as const;

describe('what a failed request means', () => {
  it.each([
    [400, 'refused', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [408, 'unreachable', true],
    [409, 'refused', false],
    [429, 'limited', false],
    [500, 'unreachable', true],
    [503, 'unreachable', true],
    // Not JSON.
    [200, 'unreachable', true],
  ])('%i is %s', (status, code, isUncertain) => {
    const error = sdkError(status, { message: planted, errorCode: planted });
    expect(targetError(error, write)).toMatchObject({ code, isUncertain });
    expect(targetError(error, read)).toMatchObject({ code, isUncertain: false });
    const shown = targetError(error, write);
    expect(`${shown.message} ${shown.stack} ${String(shown.cause)}`).not.toContain(planted);
  });

  it('names the permission, or the plan of the tenant', () => {
    expect(targetError(sdkError(403, { errorCode: 'insufficient_scope' }), write).message).toContain(
      'update:actions',
    );
    expect(targetError(sdkError(403, { errorCode: 'feature_not_enabled' }), write).message).toContain(
      "tenant's plan",
    );
  });

  it('waits as long as the vendor asks for', () => {
    expect(targetError(sdkError(429, {}, { 'retry-after': '7' }), write).retryAfterMs).toBe(7000);
    const reset = String(Math.ceil(Date.now() / 1000) + 10);
    const { retryAfterMs = 0 } = targetError(sdkError(429, {}, { 'x-ratelimit-reset': reset }), write);
    expect(retryAfterMs).toBeGreaterThan(8000);
    expect(targetError(sdkError(429), write).retryAfterMs).toBeUndefined();
  });

  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('%s: uncertain is %s', (code, isUncertain) => {
    const cause = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error(planted), { code }),
    });
    const error = targetError(Object.assign(new Error(planted), { cause }), write);
    expect(error).toMatchObject({ code: 'unreachable', isUncertain });
    expect(error.message).not.toContain(planted);
  });

  it('keeps what is clear already', () => {
    const error = new TargetError('settings', 'AUTH0_SECRET is not set');
    expect(targetError(error, write)).toBe(error);
  });
});
