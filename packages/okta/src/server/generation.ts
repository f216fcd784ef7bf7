import type { Asking, Settings } from '@claimsmith/runtime';
import type { AskedReport, ServerAsking, SharedCacheOptions } from '@claimsmith/runtime/server';
import type { Authentication } from '../hook/authentication.ts';
import { createHook, type Hook } from '../hook/hook.ts';
import type { HookPolicy } from '../hook/policy.ts';
import type { IssuanceRecord } from '../hook/record.ts';
import type { ReplayGuard } from '../hook/replay.ts';
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
  /** One for all policies: an event that one has seen is known to the next. */
  readonly replay: ReplayGuard;
  /** Whether it is time again for a line of this kind. */
  readonly now: (kind: string) => boolean;
}

/**
 * Puts a policy to work. Its sources are not ready yet.
 *
 * @throws SourceError or RangeError where it can't work as it is set up
 */
export async function createGeneration(
  { authentication, sharedCache, log, metrics, audit, replay, now }: Surroundings,
  policy: HookPolicy,
  settings: Settings,
): Promise<Generation> {
  const { sources, program } = policy;
  const up = new Map<string, boolean>();
  const asking =
    Object.keys(sources).length === 0
      ? noSources
      : (await import('@claimsmith/runtime/server')).serverAsking({
          sources,
          revision: program.revision,
          settings,
          sharedCache,
          onAsked: asked,
          onReady: tellSource,
        });

  function asked(report: AskedReport) {
    metrics.asked(report);
    const isUp = upAfter(report);
    if (isUp !== undefined) tellSource(report.source, isUp);
  }

  function tellSource(name: string, isUp: boolean) {
    if (up.get(name) === isUp) return;
    const wasTold = up.has(name);
    up.set(name, isUp);
    metrics.sourceUp(name, isUp);
    if (!now(`${name} ${isUp}`)) return;
    if (!isUp) log.error('a source can not be reached, or refuses us: what needs it is denied', { name });
    else if (wasTold) log.info('a source is reached again', { name });
  }

  const recordIn = (audit: Audit) => (issuance: IssuanceRecord) =>
    audit.append(issuance).catch((err: unknown) => {
      metrics.auditFailed();
      if (now('audit')) {
        const { eventId } = issuance;
        log.error('an issuance could not be recorded', { eventId, detail: detailOf(err), err });
      }
      throw err;
    });

  const hook = createHook({
    policy,
    asking,
    authentication,
    replay,
    ...(audit === undefined ? {} : { record: recordIn(audit) }),
    onDecided: metrics.issuance,
    onMissing(part) {
      metrics.missing(part);
      if (now(`missing ${part}`)) log.error('what the policy needs is not set up at Okta', { name: part });
    },
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

/** What became of a question tells of whether its source can be asked; undefined where it says nothing. */
function upAfter({ outcome, isAlone }: AskedReport): boolean | undefined {
  if (isAlone) return undefined;
  switch (outcome) {
    case 'answered':
      return true;
    case 'timeout':
    case 'network':
    case 'open':
    case 'refused':
    case 'stale':
      return false;
    default:
      return undefined;
  }
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
