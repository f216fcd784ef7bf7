import type { SourceRequest, Surroundings } from '@claimsmith/core';
import type { VirtualClock } from './virtual-clock.ts';

/** A `fetch` for an Action, and what was asked through it. */
export interface Asked {
  readonly fetch: (url: unknown, init?: unknown) => Promise<Response>;
  /** The databases among them are added by who answers them. */
  readonly requests: SourceRequest[];
}

/** A fetch that respects its signal, as Node's does, and notes each request. */
export function askedThrough({ fetch }: Surroundings, clock: VirtualClock): Asked {
  const requests: SourceRequest[] = [];
  return {
    requests,
    fetch: (url, given) => {
      const init = typeof given === 'object' && given !== null ? given : {};
      const signal = 'signal' in init && init.signal instanceof AbortSignal ? init.signal : undefined;
      const said = saidBy(url, init);
      const startMs = clock.now();
      const index = requests.push({ said, waitedMs: undefined }) - 1;
      return new Promise((resolve, reject) => {
        const give = () => {
          requests[index] = { said, waitedMs: clock.now() - startMs };
          reject(signal?.reason);
        };
        if (signal?.aborted) return give();
        signal?.addEventListener('abort', give);
        const answered = () => signal?.removeEventListener('abort', give);
        fetch(String(url), signal ? { ...init, signal } : init)
          .finally(answered)
          .then(resolve, reject);
      });
    },
  };
}

function saidBy(url: unknown, init: object): SourceRequest['said'] {
  const method = 'method' in init && init.method !== undefined ? String(init.method) : 'GET';
  const headers = new Headers(
    'headers' in init && typeof init.headers === 'object' ? { ...init.headers } : {},
  );
  const named = [...headers].map(([name, value]) => [`header ${name}`, value] as const);
  const body = 'body' in init && typeof init.body === 'string' ? { body: init.body } : {};
  return { method, url: String(url), ...Object.fromEntries(named), ...body };
}
