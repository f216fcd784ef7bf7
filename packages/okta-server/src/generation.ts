import type { Authentication, HookOptions, HookPolicy, ReplayGuard } from '@claimsmith/okta/hook';
import { createHook, type Hook, OktaError } from '@claimsmith/okta/hook';
import { type Asking, type AuditRecord, auditKeyLeastCharacters, type Settings } from '@claimsmith/runtime';
import type { ServerAsking, SharedCacheOptions } from '@claimsmith/runtime/server';
import { type Log, type Paced, ServerError, sourceTeller } from '@claimsmith/server';
import type { Audit } from './audit.ts';
import type { LogExport } from './log-export.ts';
import type { Metrics } from './metrics.ts';

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
  readonly logExport: LogExport | undefined;
  /** Shared by all policies, so that a new policy knows the events that an earlier one has seen. */
  readonly replay: ReplayGuard;
  /** The pace of lines that requests cause. */
  readonly lines: Paced;
}

/**
 * Activates a policy. Its sources are not ready yet.
 *
 * @throws SourceError, OktaError `authentication` or ServerError `configuration`, if its settings do not work
 */
export async function createGeneration(
  surroundings: Surroundings,
  policy: HookPolicy,
  settings: Settings,
): Promise<Generation> {
  const { authentication, replay, audit, logExport } = surroundings;
  const auditKey = auditKeyOf(policy, settings);
  const asking = await askingOf(surroundings, policy, settings);
  const hook = createHook({
    policy,
    asking,
    authentication,
    settings,
    replay,
    ...(audit === undefined && logExport === undefined ? {} : { record: recordIn(surroundings), auditKey }),
    ...tellingOf(surroundings),
  });
  return { policy, hook, asking };
}

/** @throws ServerError `configuration` if the key is so short that users could be found by trying keys */
function auditKeyOf({ auditKey }: HookPolicy, settings: Settings): string | undefined {
  const key = auditKey === undefined ? undefined : settings[auditKey];
  if (auditKey === undefined || (typeof key === 'string' && key.length >= auditKeyLeastCharacters))
    return typeof key === 'string' ? key : undefined;
  throw new ServerError(
    'configuration',
    `${auditKey} must have ${auditKeyLeastCharacters} or more characters`,
  );
}

async function askingOf(
  surroundings: Surroundings,
  { sources, program: { revision } }: HookPolicy,
  settings: Settings,
): Promise<Generation['asking']> {
  if (Object.keys(sources).length === 0) return noSources;
  const { serverAsking } = await import('@claimsmith/runtime/server');
  const told = sourceTeller(surroundings, "each claim's onMissing decides");
  return serverAsking({
    sources,
    revision,
    settings,
    sharedCache: surroundings.sharedCache,
    ...told,
  });
}

/** The export takes only what the audit has. */
function recordIn({ audit, logExport, lines, log, metrics }: Surroundings) {
  return (issuance: AuditRecord) => {
    if (audit === undefined) return logExport?.add(issuance);
    return audit.append(issuance).then(
      () => logExport?.add(issuance),
      (err: unknown) => {
        metrics.auditFailed();
        const { request } = issuance;
        lines.tell('audit', (count) =>
          log.error('issuances were denied because the audit could not record them', {
            ...(request === undefined ? {} : { eventId: request }),
            count,
            detail: detailOf(err),
            err,
          }),
        );
        throw err;
      },
    );
  };
}

/** Sends the hook's reports to metrics and log. */
function tellingOf({ lines, log, metrics }: Surroundings) {
  return {
    onDecided(decision, reason, ms) {
      metrics.issuance(decision, reason, ms);
      if (decision === 'denied')
        lines.tell(`denied ${reason}`, (count) =>
          log.info('issuances were denied', { ...(reason === undefined ? {} : { reason }), count }),
        );
    },
    onObserved(what) {
      lines.tell(`observed ${what}`, (count) =>
        log.info('the policy only observes: tokens stayed as they were', { detail: what, count }),
      );
    },
    onMissing(part) {
      metrics.missing(part);
      lines.tell(`missing ${part}`, (count) =>
        log.error('Okta is not set up as the manifest says', { name: part, count }),
      );
    },
    onRefused(cause) {
      metrics.refused(cause);
      lines.tell(cause, (count) => log.warn('requests were refused', { reason: cause, count }));
    },
  } satisfies Pick<HookOptions, 'onDecided' | 'onObserved' | 'onMissing' | 'onRefused'>;
}

const noSources: Generation['asking'] = {
  ask: () => Promise.resolve({ failure: 'address' }),
  ready: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The message of one of our errors; other errors may quote anything. */
export function detailOf(error: unknown): string {
  return isOurs(error) ? error.message : 'unexpected';
}

/** Whether an error's message is for people: a setting is wrong, or something cannot be reached. */
export function isOurs(error: unknown): error is Error {
  return error instanceof ServerError || error instanceof OktaError || isSourceError(error);
}

/** Told by its name: the module that makes it is loaded on demand. */
export function isSourceError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SourceError';
}
