/* The errors of the SDK, of Okta and of the network, as people should read them. */
import { TargetError } from '@claimsmith/core';

/** A request, as far as an error may name it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
}

/** What each part of the API asks of a credential. */
const permissions: readonly (readonly [start: string, scope: string, role: string])[] = [
  ['/api/v1/inlineHooks', 'okta.inlineHooks', 'an administrator role that may manage inline hooks'],
  [
    '/api/v1/authorizationServers',
    'okta.authorizationServers',
    'the API Access Management administrator role',
  ],
  ['/api/v1/meta/schemas', 'okta.schemas', 'an administrator role that may manage the schema of users'],
];

/** The scope that a request needs, and the role: `okta.inlineHooks.manage`. */
export function permissionFor({ method, path }: Asked): { readonly scope: string; readonly role: string } {
  const [, scope = 'okta', role = 'an administrator role'] =
    permissions.find(([start]) => path.startsWith(start)) ?? [];
  return { scope: `${scope}.${method === 'GET' ? 'read' : 'manage'}`, role };
}

/** Any failure of a request as an error of the contract. It holds nothing that Okta has answered. */
export function targetErrorOf(failure: unknown, asked: Asked): TargetError {
  if (failure instanceof TargetError) return failure;
  const status = numberOf(failure, 'status');
  if (status !== undefined) return statusError(status, failure, asked);
  const isWrite = asked.method !== 'GET';
  const code = textOf(failure, 'code');
  const isUnsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(code);
  const why = isUnsent ? `there is no connection to the org (${code})` : 'the connection to the org broke';
  return new TargetError('unreachable', why, { isUncertain: isWrite && !isUnsent });
}

function statusError(status: number, failure: unknown, asked: Asked): TargetError {
  const errorCode = /^E\d{7}$/.exec(textOf(failure, 'errorCode'))?.[0];
  if (status === 401 && errorCode === 'E0000015') {
    const message =
      'the org has no API Access Management, so it has no custom authorization servers, and tokens of its own server cannot be enriched';
    return new TargetError('forbidden', message);
  }
  if (status === 401) {
    return new TargetError(
      'unauthorized',
      'Okta refuses the credential. It may have expired or been revoked',
    );
  }
  if (status === 403) {
    const { scope, role } = permissionFor(asked);
    return new TargetError('forbidden', `the credential lacks the scope ${scope}, or its owner ${role}`);
  }
  if (status === 404) return new TargetError('not_found', 'it is not there');
  if (status === 429) {
    const retryAfterMs = waitMs(failure);
    return new TargetError(
      'limited',
      'the rate limit of the org is reached',
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
  if (status >= 500) {
    const isUncertain = asked.method !== 'GET';
    return new TargetError('unreachable', `Okta is out of order (status ${status})`, { isUncertain });
  }
  if (status >= 300 && status < 400) {
    return new TargetError(
      'not_found',
      'the address sends elsewhere. orgUrl must be the address of the org itself',
    );
  }
  return new TargetError('refused', `Okta refuses the request (${errorCode ?? `status ${status}`})`);
}

/** Until the limit's window ends, by Okta's clock, and a second more, since it counts in seconds. */
function waitMs(failure: unknown): number | undefined {
  const headers = part(failure, 'headers');
  const get = (name: string): string => {
    const read = part(headers, 'get');
    const value: unknown = typeof read === 'function' ? read.call(headers, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const [resetSeconds, now] = [Number(get('x-rate-limit-reset')), Date.parse(get('date'))];
  if (!(resetSeconds > 0)) return undefined;
  return Math.max(0, resetSeconds * 1_000 - (Number.isNaN(now) ? Date.now() : now)) + 1_000;
}

/** Okta's answer to a request for an access token for its API. */
export function tokenError(status: number, error: unknown, scopes: readonly string[]): TargetError {
  if (status === 429) return new TargetError('limited', 'the rate limit of the org is reached');
  if (status >= 500) return new TargetError('unreachable', `Okta is out of order (status ${status})`);
  if (error === 'invalid_scope' || error === 'consent_required') {
    const message = `an administrator must grant the app these scopes: ${scopes.join(', ')}`;
    return new TargetError('forbidden', message);
  }
  if (status === 404) return new TargetError('not_found', 'there is no org at orgUrl');
  return new TargetError(
    'unauthorized',
    'Okta refuses the app: its clientId, privateKey and keyId must fit together',
  );
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function numberOf(value: unknown, name: string): number | undefined {
  const found = part(value, name);
  return typeof found === 'number' ? found : undefined;
}

function textOf(value: unknown, name: string): string {
  const found = part(value, name);
  return typeof found === 'string' ? found : '';
}
