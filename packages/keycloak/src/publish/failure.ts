import { TargetError } from '@claimsmith/core';

/** What a request is about, to say what it lacks. */
export interface Need {
  readonly realm?: string;
  /** The role of realm-management that it takes. */
  readonly role?: string;
  readonly isLogin?: boolean;
  readonly isWrite?: boolean;
}

/** System errors of a connection that was never made, so that the request cannot have arrived. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Why a request failed, without the server's answer.
 *
 * @param status of the answer; undefined if none came
 */
export function failureOf(
  cause: unknown,
  status: number | undefined,
  retryAfter: string | undefined,
  { realm, role, isLogin = false, isWrite = false }: Need,
): TargetError {
  const ofRealm = realm === undefined ? '' : ` of the realm ${realm}`;
  if (status === undefined) {
    const isUncertain = isWrite && !neverArrived.has(systemCode(cause));
    return new TargetError('unreachable', 'the server cannot be reached, or broke the connection', {
      cause,
      isUncertain,
    });
  }
  if (status === 429) {
    const seconds = Number(retryAfter);
    const wait = Number.isFinite(seconds) && retryAfter !== undefined ? { retryAfterMs: seconds * 1000 } : {};
    return new TargetError('limited', 'the server is asked too often', { cause, ...wait });
  }
  if (status >= 500) {
    return new TargetError('unreachable', `the server fails with status ${status}`, {
      cause,
      isUncertain: isWrite,
    });
  }
  if (status === 404) {
    return new TargetError('not_found', `there is no realm ${realm ?? ''}, or something in it has gone`, {
      cause,
    });
  }
  if (isLogin || status === 401) {
    return new TargetError('unauthorized', `the server refuses the credential${ofRealm}`, { cause });
  }
  if (status === 403) {
    const what =
      role === undefined ? 'lacks a role' : `lacks the role ${role} of the client realm-management`;
    return new TargetError('forbidden', `the credential ${what}${ofRealm}`, { cause });
  }
  if (status === 409) return new TargetError('changed', 'it exists already', { cause });
  return new TargetError('refused', `the server refuses it with status ${status}`, { cause });
}

function systemCode(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  if (typeof inner !== 'object' || inner === null || !('code' in inner)) return '';
  return String(inner.code);
}
