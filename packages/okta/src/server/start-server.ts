import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Settings } from '@claimsmith/runtime';
import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import type { Authentication } from '../hook/authentication.ts';
import type { HookPolicy } from '../hook/policy.ts';
import { openAudit } from './audit.ts';
import { createGeneration, detailOf, type Generation, isSourceError } from './generation.ts';
import { closeServer, createHardened, isPath, listen } from './http-server.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { systemCode } from './server-error.ts';

export interface ServerOptions {
  readonly policy: HookPolicy;
  readonly authentication: Authentication;
  /** Values of the policy's `${NAME}`s. Default: none. */
  readonly settings?: Settings;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Where Okta calls. Default `/okta/token-hook`. */
  readonly path?: string;
  /** A cache that several servers share. Default: none. */
  readonly sharedCache?: SharedCacheOptions | undefined;
  /** Without it nothing is kept of issuances. */
  readonly audit?: { readonly file: string; readonly isSynced?: boolean } | undefined;
  /** Default: standard output, from `info` on. */
  readonly log?: Log;
  readonly limits?: HttpLimits;
}

export interface RunningServer {
  /** `hook` is the whole address that is called. */
  readonly address: { readonly host: string; readonly port: number; readonly hook: string };
  /**
   * Serves another policy from the next request on; requests that are under way end with the old one.
   *
   * @throws Error and keeps the old one, when the new one's settings are not given or its sources can't be asked
   */
  replace(policy: HookPolicy, settings?: Settings): Promise<void>;
  /** For what is told apart from serving: whether new policies were taken. */
  readonly metrics: Pick<Metrics, 'reloaded' | 'render'>;
  /**
   * Goes on in a new audit file where the old one was moved away.
   *
   * @throws ServerError `audit_unavailable`, and goes on in the old one
   */
  reopenAudit(): Promise<void>;
  /**
   * Says that it is not ready, goes on answering for `lingerMs` while whoever balances load learns of it, stops
   * accepting, answers what is under way, and closes everything.
   *
   * @param lingerMs default 0
   */
  close(lingerMs?: number): Promise<void>;
}

/** After which a source that could not be reached at the start is tried again, in milliseconds. */
const readyRetryMs = 2_000;

/** How long sources may take to get ready before requests are taken all the same, in milliseconds. */
const readyPatienceMs = 1_000;

/** How long past its deadline a policy that was replaced keeps its connections, in milliseconds. */
const retireMs = 1_000;

/**
 * Starts a server for Okta's token inline hook, with `/healthz`, `/readyz` and `/metrics` beside it. It speaks plain
 * HTTP: what stands in front of it ends TLS.
 *
 * A source that can't be reached does not keep it from starting: the hook then denies what needs the source, where no
 * server at all would mean tokens without their claims. It is not ready until the source is.
 *
 * @throws ServerError `listen` or `audit_unavailable`; SourceError where a source is set up wrongly
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', path = '/okta/token-hook', limits = defaultLimits, sharedCache } = options;
  const log = options.log ?? createLog('info');
  const metrics = createMetrics();
  const audit = options.audit && (await openAudit({ ...options.audit, source: 'urn:claimsmith:okta-hook' }));
  if (audit !== undefined && audit.tornBytes > 0) {
    log.warn('the audit file ended in a torn line, which was moved away', { bytes: audit.tornBytes });
  }
  const surroundings = { authentication: options.authentication, sharedCache, log, metrics, audit };
  let current: Generation;
  let isReady = false;
  let isClosing = false;
  let closed: Promise<void> | undefined;
  let operations: Promise<RequestListener> | undefined;

  /** Where a source can't be reached, it goes on trying. */
  async function makeReady(generation: Generation): Promise<void> {
    try {
      await generation.asking.ready();
      if (generation === current) isReady = true;
    } catch (error) {
      if (!isSourceError(error) || systemCode(error) !== 'connection') throw error;
      log.error('a source can not be reached: what needs it is denied', { detail: error.message });
      retry(generation).catch(notReady);
    }
  }

  async function retry(generation: Generation): Promise<void> {
    await later(readyRetryMs, undefined, { ref: false });
    if (generation === current && !isClosing) await makeReady(generation);
  }

  function notReady(err: unknown) {
    log.error('a source can not be asked', { detail: detailOf(err), err });
  }

  // One function for Express and the hook would cost the hook a quarter of its speed: Express has the rest alone.
  function handle(request: IncomingMessage, response: ServerResponse) {
    // Whoever comes next should go elsewhere.
    if (isClosing) response.shouldKeepAlive = false;
    if (isPath(request.url, path)) void current.hook.handle(request, response);
    else handleOther(request, response).catch(() => response.destroy());
  }

  async function handleOther(request: IncomingMessage, response: ServerResponse) {
    // It takes as long to load as all the rest.
    operations ??= import('./operations.ts').then(({ createOperations }) =>
      createOperations({ isReady: () => isReady && !isClosing, metrics }),
    );
    (await operations)(request, response);
  }

  async function closeAll(lingerMs: number) {
    isClosing = true;
    await later(lingerMs);
    await closeServer(server);
    await release();
    log.flush();
  }

  async function release() {
    metrics.close();
    await current?.asking.close();
    await audit?.close();
  }

  const server = createHardened(limits, handle);
  let port: number;
  try {
    current = await createGeneration(surroundings, options.policy, options.settings ?? {});
    const becomesReady = makeReady(current);
    becomesReady.catch(notReady);
    await Promise.race([becomesReady, later(readyPatienceMs)]);
    port = await listen(server, host, options.port ?? 8080);
  } catch (error) {
    isClosing = true;
    await release();
    throw error;
  }
  metrics.serves(options.policy.program.name, options.policy.program.revision);

  return {
    address: { host, port, hook: `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}` },
    async replace(policy, settings = options.settings ?? {}) {
      const next = await createGeneration(surroundings, policy, settings);
      try {
        await next.asking.ready();
      } catch (error) {
        await next.asking.close();
        throw error;
      }
      const old = current;
      current = next;
      isReady = true;
      // What began with the old one is over by then.
      void later(old.policy.deadlineMs + retireMs, undefined, { ref: false }).then(() => old.asking.close());
      metrics.serves(policy.program.name, policy.program.revision);
    },
    metrics,
    reopenAudit: async () => audit?.reopen(),
    close(lingerMs = 0) {
      closed ??= closeAll(lingerMs);
      return closed;
    },
  };
}
