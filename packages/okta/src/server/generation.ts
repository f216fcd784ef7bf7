import type { Asking, Settings } from '@claimsmith/runtime';
import type { ServerAsking, SharedCacheOptions } from '@claimsmith/runtime/server';
import type { Authentication } from '../hook/authentication.ts';
import { createHook, type Hook } from '../hook/hook.ts';
import type { HookPolicy } from '../hook/policy.ts';
import type { IssuanceRecord } from '../hook/record.ts';
import type { Audit } from './audit.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { ServerError } from './server-error.ts';

/** One policy at work, with the connections to its sources. */
export interface Generation {
  readonly policy: HookPolicy;
  readonly hook: Hook;
  readonly asking: Asking & Pick<ServerAsking, 'ready' | 'close'>;
}

export interface Surroundings {
  readonly authentication: Authentication;
  readonly sharedCache?: SharedCacheOptions | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: Audit | undefined;
}

/** The same line is written once in so many milliseconds, whoever makes it come about. */
const lineIntervalMs = 1_000;

/**
 * Puts a policy to work. Its sources are not ready yet.
 *
 * @throws SourceError or RangeError where it can't work as it is set up
 */
export async function createGeneration(
  { authentication, sharedCache, log, metrics, audit }: Surroundings,
  policy: HookPolicy,
  settings: Settings,
): Promise<Generation> {
  const { sources, program } = policy;
  const asking =
    Object.keys(sources).length === 0
      ? noSources
      : (await import('@claimsmith/runtime/server')).serverAsking({
          sources,
          revision: program.revision,
          settings,
          sharedCache,
          onAsked: metrics.asked,
        });
  const now = atTimes(lineIntervalMs);

  function record(issuance: IssuanceRecord): Promise<void> | undefined {
    const { decision, reason, ms, eventId } = issuance;
    if (audit === undefined) {
      metrics.issuance(decision, reason, ms);
      return undefined;
    }
    return audit.append(issuance).then(
      () => metrics.issuance(decision, reason, ms),
      (err: unknown) => {
        metrics.auditFailed();
        if (now('audit'))
          log.error('an issuance could not be recorded', { eventId, detail: detailOf(err), err });
        throw err;
      },
    );
  }

  const hook = createHook({
    policy,
    asking,
    authentication,
    record,
    onRefused(cause) {
      metrics.refused(cause);
      if (now(cause)) log.warn('a request was refused', { reason: cause });
    },
  });
  return { policy, hook, asking };
}

const noSources: Generation['asking'] = {
  ask: () => Promise.resolve({ failure: 'address' }),
  ready: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Whether it is time again for a line of this kind. */
function atTimes(intervalMs: number): (kind: string) => boolean {
  const lastMs = new Map<string, number>();
  return (kind) => {
    const nowMs = performance.now();
    if (nowMs - (lastMs.get(kind) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    lastMs.set(kind, nowMs);
    return true;
  };
}

/** The message of an error of our own; others may quote anything. */
export function detailOf(error: unknown): string {
  const isOurs = error instanceof ServerError || isSourceError(error);
  return isOurs ? error.message : 'unexpected';
}

/** Told by its name: the module that makes it is loaded on demand. */
export function isSourceError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SourceError';
}
