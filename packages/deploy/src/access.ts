import { type Access, type Known, type Secret, type SecretReference, TargetError } from '@claimsmith/core';

/** Where secrets come from, and what the journal knows. */
export interface AccessParts {
  secret(reference: SecretReference): Promise<Secret>;
  setting(name: string): Promise<Secret>;
  known(place: string, key: string): Known | undefined;
  /** Called with each request that is sent, retries included. */
  readonly onRequest?: (kind: 'read' | 'write') => void;
  /** Time, for tests. Default: that of this machine. */
  readonly clock?: AccessClock;
  /** For one request. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface AccessClock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

const defaultTimeoutMs = 30_000;
/** Waits before the second attempt to the last. */
const pausesMs = [500, 1_000, 2_000, 4_000];
/** A vendor that wants a longer pause is left alone. */
const longestPauseMs = 90_000;

const realClock: AccessClock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * What a target sends its requests through. Reads are tried again, and so is a write that the vendor's rate limit refused.
 * When one request meets the limit, the others of the same access wait, too.
 */
export function accessOf(parts: AccessParts): Access {
  const { clock = realClock, timeoutMs = defaultTimeoutMs, onRequest } = parts;
  let freeAt = 0;
  const send = async <T>(
    kind: 'read' | 'write',
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      while (clock.now() < freeAt) await clock.sleep(freeAt - clock.now());
      onRequest?.(kind);
      try {
        return await withTimeLimit(request, timeoutMs, kind);
      } catch (error) {
        const pauseMs = pauseAfter(error, kind, attempt);
        if (pauseMs === undefined) throw error;
        if (error instanceof TargetError && error.code === 'limited') {
          freeAt = Math.max(freeAt, clock.now() + pauseMs);
        } else await clock.sleep(pauseMs);
      }
    }
  };
  const { secret, setting, known } = parts;
  return {
    secret,
    setting,
    known,
    read: (what, request) => told(`Cannot read ${what}`, () => send('read', request)),
    write: (what, request) => told(`Cannot ${what}`, () => send('write', request)),
    wait: (milliseconds) => clock.sleep(milliseconds),
  };
}

/** Undefined: no further attempt. */
function pauseAfter(error: unknown, kind: 'read' | 'write', attempt: number): number | undefined {
  const pauseMs = pausesMs[attempt];
  if (!(error instanceof TargetError) || pauseMs === undefined) return undefined;
  if (error.code === 'limited') {
    const { retryAfterMs } = error;
    // A vendor may answer anything. Values that are not a time are ignored.
    const askedMs = retryAfterMs === undefined || Number.isNaN(retryAfterMs) ? pauseMs : retryAfterMs;
    return askedMs > longestPauseMs ? undefined : Math.max(askedMs, 0);
  }
  return kind === 'read' && error.code === 'unreachable' ? pauseMs : undefined;
}

async function withTimeLimit<T>(
  request: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  kind: 'read' | 'write',
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new TargetError('unreachable', `no answer in ${timeoutMs / 1000} seconds`, {
          isUncertain: kind === 'write',
        }),
      );
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([request(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Says what could not be done before why. */
async function told<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const { code, message, isUncertain, retryAfterMs } = error;
    const options = { cause: error, isUncertain, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    throw new TargetError(code, `${what}: ${message}`, options);
  }
}
