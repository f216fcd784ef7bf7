import { isMapping, TargetError } from '@claimsmith/core';

/** What a request was for, to say what went wrong. */
export interface Purpose {
  readonly kind: 'read' | 'write';
  /** The permission of the Management API that it needs. */
  readonly scope: string;
  readonly host: string;
}

/** Failures of a connection after which the request was certainly not sent. */
const neverSent: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/**
 * What a failed request means. The error of Auth0's SDK holds the whole answer, also in its message, so nothing of it is
 * passed on, and it does not become the cause.
 */
export function targetError(error: unknown, purpose: Purpose): TargetError {
  if (error instanceof TargetError) return error;
  const status = isMapping(error) || error instanceof Error ? numberIn(error, 'statusCode') : undefined;
  if (status === undefined) return disconnected(error, purpose);
  return refusedBy(status, bodyOf(error), headersOf(error), purpose);
}

/** @param body the parsed answer; only constants of it are looked at */
export function refusedBy(
  status: number,
  body: unknown,
  headers: Headers | undefined,
  { kind, scope, host }: Purpose,
): TargetError {
  const isUncertain = kind === 'write';
  if (status === 401) return new TargetError('unauthorized', `${host} refuses the token`);
  if (status === 403) return new TargetError('forbidden', forbidden(codeIn(body), scope));
  if (status === 404) return new TargetError('not_found', `${host} does not have it`);
  if (status === 429) {
    const retryAfterMs = pauseOf(headers);
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new TargetError('limited', `${host} limits requests`, options);
  }
  if (status === 408 || status >= 500) {
    return new TargetError('unreachable', `${host} is out of order (${status})`, { isUncertain });
  }
  if (status < 400) {
    return new TargetError('unreachable', `${host} answers with something that is not JSON`, { isUncertain });
  }
  const why = status === 409 ? 'it conflicts with something that is there' : 'the request is not valid there';
  return new TargetError('refused', `${host} refuses it: ${why} (${status})`);
}

function forbidden(code: string | undefined, scope: string): string {
  if (code === 'feature_not_enabled' || code === 'insufficient_entitlement') {
    return "the tenant's plan at Auth0 does not include it";
  }
  return `the credential lacks the permission ${scope}`;
}

function disconnected(error: unknown, { kind, host }: Purpose): TargetError {
  const codes = codesIn(error);
  const isUncertain = kind === 'write' && !codes.some((code) => neverSent.includes(code));
  const isUnknown = codes.includes('ENOTFOUND');
  const message = isUnknown
    ? `no host has the name ${host}; check the domain, and its region`
    : `${host} cannot be reached`;
  return new TargetError('unreachable', message, { isUncertain });
}

/** The codes of an error and its causes. */
function codesIn(error: unknown): readonly unknown[] {
  const codes: unknown[] = [];
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at) codes.push(at.code);
    at = at.cause;
  }
  return codes;
}

function numberIn(holder: object, name: string): number | undefined {
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'number' ? value : undefined;
}

function bodyOf(error: unknown): unknown {
  return error instanceof Error && 'body' in error ? error.body : undefined;
}

function codeIn(body: unknown): string | undefined {
  const code = isMapping(body) ? body['errorCode'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

function headersOf(error: unknown): Headers | undefined {
  const raw: unknown = error instanceof Error && 'rawResponse' in error ? error.rawResponse : undefined;
  const headers: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'headers') : undefined;
  return headers instanceof Headers ? headers : undefined;
}

/** How long to wait: `Retry-After` in seconds, or the moment in `X-RateLimit-Reset`. */
function pauseOf(headers: Headers | undefined): number | undefined {
  const after = Number(headers?.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(after)) return after * 1000;
  const reset = Number(headers?.get('x-ratelimit-reset') ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - Date.now()) : undefined;
}
