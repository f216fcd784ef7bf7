import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Asking, Settings } from '@claimsmith/runtime';
import type { ServerAsking } from '@claimsmith/runtime/server';
import type { Authentication } from '../hook/authentication.ts';
import { createHook, type Hook } from '../hook/hook.ts';
import type { HookPolicy } from '../hook/policy.ts';
import type { IssuanceRecord } from '../hook/record.ts';
import { type Audit, openAudit } from './audit.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { ServerError, systemCode } from './server-error.ts';

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
  /** `redis://…`: a cache that several servers share. Default: none. */
  readonly sharedCache?: string | undefined;
  /** Without it nothing is kept of issuances. */
  readonly audit?: { readonly file: string; readonly isSynced?: boolean } | undefined;
  /** Default: standard output, from `info` on. */
  readonly log?: Log;
  readonly limits?: HttpLimits;
}

export interface RunningServer {
  readonly address: { readonly host: string; readonly port: number; readonly hook: string };
  /**
   * Serves another policy from the next request on; requests that are under way end with the old one.
   *
   * @throws Error and keeps the old one, when the new one's settings are not given or its sources can't be asked
   */
  replace(policy: HookPolicy, settings?: Settings): Promise<void>;
  /** For what is told apart from serving: whether new policies were taken. */
  readonly metrics: Pick<Metrics, 'reloaded' | 'render'>;
  /** Goes on in a new audit file where the old one was moved away. */
  reopenAudit(): Promise<void>;
  /**
   * Says that it is not ready, goes on answering for `lingerMs` while whoever balances load learns of it, stops
   * accepting, answers what is under way, and closes everything.
   *
   * @param lingerMs default 0
   */
  close(lingerMs?: number): Promise<void>;
}

/** One policy at work. */
interface Generation {
  readonly hook: Hook;
  readonly asking: Sources;
  readonly deadlineMs: number;
}

type Sources = Asking & Pick<ServerAsking, 'ready' | 'close'>;

/** After which a source that could not be reached at the start is tried again, in milliseconds. */
const readyRetryMs = 2_000;

/** How long sources may take to get ready before requests are taken all the same, in milliseconds. */
const readyPatienceMs = 1_000;

/** How long past its deadline a policy that was replaced keeps its connections, in milliseconds. */
const retireMs = 1_000;

/** For what is under way when a server closes, in milliseconds: longer than any answer takes. */
const closeLimitMs = 5_000;

/** How often connections that have become idle meanwhile are closed then, in milliseconds. */
const closeIdleMs = 100;

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
  const { host = '127.0.0.1', port = 8080, path = '/okta/token-hook', limits = defaultLimits } = options;
  const log = options.log ?? createLog('info');
  const metrics = createMetrics();
  const audit = options.audit && (await openAudit({ ...options.audit, source: 'urn:claimsmith:okta-hook' }));
  if (audit !== undefined && audit.tornBytes > 0) {
    log.warn('the audit file ended in a torn line, which was moved away', { bytes: audit.tornBytes });
  }
  let isReady = false;
  let isClosing = false;
  let operations: Promise<RequestListener> | undefined;
  const work = { ...options, log, metrics, audit };
  let current = await createGeneration(work, options.policy, options.settings ?? {});
  /** Resolves with false where a source can't be reached, and goes on trying. */
  async function makeReady(generation: Generation): Promise<boolean> {
    try {
      await generation.asking.ready();
      if (generation === current) isReady = true;
      return true;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      log.error('a source can not be reached: what needs it is denied', { detail: error.message });
      const retry = () => {
        if (generation === current && !isClosing) void makeReady(generation).catch(() => undefined);
      };
      void later(readyRetryMs, undefined, { ref: false }).then(retry);
      return false;
    }
  }

  function handle(request: IncomingMessage, response: ServerResponse) {
    // Whoever comes next should go elsewhere.
    if (isClosing) response.shouldKeepAlive = false;
    if (isPath(request.url, path)) void current.hook.handle(request, response);
    else handleOther(request, response).catch(() => response.destroy());
  }

  async function handleOther(request: IncomingMessage, response: ServerResponse) {
    operations ??= import('./operations.ts').then(({ createOperations }) =>
      createOperations({ isReady: () => isReady && !isClosing, metrics }),
    );
    (await operations)(request, response);
  }

  const server = createHardened(limits, handle);
  let address: { readonly host: string; readonly port: number };
  try {
    await Promise.race([makeReady(current), later(readyPatienceMs)]);
    address = await listen(server, host, port);
  } catch (error) {
    isClosing = true;
    await current.asking.close();
    await audit?.close();
    metrics.close();
    throw error;
  }
  metrics.serves(options.policy.program.name, options.policy.program.revision);

  return {
    address: { ...address, hook: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}${path}` },
    async replace(policy, settings = options.settings ?? {}) {
      const next = await createGeneration(work, policy, settings);
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
      void later(old.deadlineMs + retireMs, undefined, { ref: false }).then(() => old.asking.close());
      metrics.serves(policy.program.name, policy.program.revision);
    },
    metrics,
    reopenAudit: async () => audit?.reopen(),
    async close(lingerMs = 0) {
      if (isClosing) return;
      isClosing = true;
      await later(lingerMs);
      await closeServer(server);
      await current.asking.close();
      await audit?.close();
      metrics.close();
      log.flush();
    },
  };
}

interface Work extends Omit<ServerOptions, 'audit' | 'log'> {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: Audit | undefined;
}

async function createGeneration(work: Work, policy: HookPolicy, settings: Settings): Promise<Generation> {
  const { log, metrics, audit, authentication, sharedCache } = work;
  const { sources, program } = policy;
  const asking: Sources =
    Object.keys(sources).length === 0
      ? noSources
      : (await import('@claimsmith/runtime/server')).serverAsking({
          sources,
          revision: program.revision,
          settings,
          ...(sharedCache === undefined ? {} : { sharedCache }),
          onAsked: metrics.asked,
        });

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
      log.warn('a request was refused', { reason: cause });
    },
  });
  return { hook, asking, deadlineMs: policy.deadlineMs };
}

const noSources: Sources = {
  ask: () => Promise.resolve({ failure: 'address' }),
  ready: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The message of an error of our own; others may quote anything. */
export function detailOf(error: unknown): string {
  const isOurs = error instanceof ServerError || (error instanceof Error && error.name === 'SourceError');
  return isOurs ? error.message : 'unexpected';
}

function isUnreachable(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SourceError' && systemCode(error) === 'connection';
}

function isPath(url: string | undefined, path: string): boolean {
  if (url === undefined || !url.startsWith(path)) return false;
  return url.length === path.length || url[path.length] === '?';
}

function createHardened(limits: HttpLimits, handle: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkingIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.headerBytes,
    },
    handle,
  );
  server.maxConnections = limits.connections;
  return server;
}

function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new ServerError('listen', `Can't listen on ${host}:${port}: ${systemCode(cause)}`, { cause }));
    });
    server.listen({ host, port, backlog: 1_024 }, () => {
      const address = server.address();
      resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleMs);
  const timer = setTimeout(() => server.closeAllConnections(), closeLimitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
