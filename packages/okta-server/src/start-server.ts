import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Authentication, HookPolicy } from '@claimsmith/okta/hook';
import { createReplayGuard, sendNode, unavailableReply } from '@claimsmith/okta/hook';
import type { Settings } from '@claimsmith/runtime';
import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import { openAudit } from './audit.ts';
import { createGeneration, detailOf, type Generation, isSourceError } from './generation.ts';
import { closeServer, createHardened, isPath, listen } from './http-server.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { paced } from './paced.ts';
import { systemCode } from './server-error.ts';

/** What a hook server serves, and where. */
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
  /** A port of its own, on the same host, for what operators ask. Default: the hook's; 0 takes a free one. */
  readonly opsPort?: number | undefined;
}

/** A hook server that listens. */
export interface RunningServer {
  /** `hook` is the whole address that is called, `operations` what `/healthz` and its like stand under. */
  readonly address: {
    readonly host: string;
    readonly port: number;
    readonly hook: string;
    readonly operations: string;
  };
  /**
   * Serves another policy from the next request on; requests that are under way end with the old one. A source that
   * cannot be reached is no obstacle, as at the start.
   *
   * @param changes other secrets than before; default: the same
   * @throws Error and keeps the old one, when the new one's settings are not given or make no sense
   */
  replace(
    policy: HookPolicy,
    settings?: Settings,
    changes?: Partial<Pick<ServerOptions, 'authentication' | 'sharedCache'>>,
  ): Promise<void>;
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

/** Whoever measures and probes. */
const opsConnections = 100;

/** How long past its deadline a policy that was replaced keeps its connections, in milliseconds. */
const retireMs = 1_000;

/**
 * Starts a server for Okta's token inline hook, with `/healthz`, `/readyz` and `/metrics` beside it. It speaks plain
 * HTTP: what stands in front of it ends TLS.
 *
 * A source that cannot be reached keeps it neither from starting nor from being ready: the hook then denies what needs
 * the source, where no server at all would mean tokens without their claims. So does an audit that cannot be written:
 * ready means that it has a policy, and is not about to end.
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
  let surroundings = {
    authentication: options.authentication,
    sharedCache,
    log,
    metrics,
    audit,
    replay: createReplayGuard(),
    lines: paced(),
  };
  const { lines } = surroundings;
  let current: Generation;
  const retired = new WeakSet<Generation>();
  let isClosing = false;
  let closed: Promise<void> | undefined;
  let operations: Promise<RequestListener> | undefined;

  /** Where a source cannot be reached, it goes on trying. */
  async function makeReady(generation: Generation): Promise<void> {
    try {
      await generation.asking.ready();
    } catch (error) {
      if (!isSourceError(error) || systemCode(error) !== 'connection') throw error;
      log.debug('sources are not ready', { detail: error.message });
      retry(generation).catch(notReady);
    }
  }

  async function retry(generation: Generation): Promise<void> {
    await later(readyRetryMs, undefined, { ref: false });
    if (!retired.has(generation) && !isClosing) await makeReady(generation);
  }

  function notReady(err: unknown) {
    log.error('a source cannot be asked', { detail: detailOf(err), err });
  }

  // One function for Express and the hook would cost the hook a quarter of its speed: Express has the rest alone.
  function handle(request: IncomingMessage, response: ServerResponse) {
    // Whoever comes next should go elsewhere.
    const isKept = response.shouldKeepAlive && !isClosing;
    // Nor does a stranger keep a connection.
    response.shouldKeepAlive = false;
    if (isPath(request.url, path)) {
      void current.hook.handle(request, response, () => {
        response.shouldKeepAlive = main.prove(request.socket) && isKept;
      });
      return;
    }
    // Okta takes any other answer to a faulty address of its hook as leave to issue.
    if (request.method === 'POST') sendNode(request, response, refuse('path'));
    else if (ops === undefined) handleOther(request, response).catch(() => response.destroy());
    else sendNothing(response);
  }

  function handleOps(request: IncomingMessage, response: ServerResponse) {
    response.shouldKeepAlive = false;
    handleOther(request, response).catch(() => response.destroy());
  }

  function refuse(cause: 'path' | 'malformed'): string {
    metrics.refused(cause);
    lines.tell(cause, (count) => log.warn('requests were refused', { reason: cause, count }));
    return unavailableReply.text;
  }

  async function handleOther(request: IncomingMessage, response: ServerResponse) {
    // It takes as long to load as all the rest.
    operations ??= import('./operations.ts').then(({ createOperations }) =>
      createOperations({ isReady: () => !isClosing, render: renderMetrics }),
    );
    (await operations)(request, response);
  }

  async function renderMetrics() {
    metrics.auditWritable(audit === undefined || (await audit.isWritable()));
    return metrics.render();
  }

  async function closeAll(lingerMs: number) {
    isClosing = true;
    await later(lingerMs);
    await closeServer(main.server);
    await release();
    log.flush();
  }

  async function release() {
    metrics.close();
    lines.flush();
    if (ops?.server.listening) await closeServer(ops.server);
    await current?.asking.close();
    await audit?.close();
  }

  const main = createHardened(limits, handle, () => refuse('malformed'));
  const ops =
    options.opsPort === undefined
      ? undefined
      : createHardened({ ...limits, connections: opsConnections }, handleOps, () => '');
  let port: number;
  let opsPort: number;
  try {
    current = await createGeneration(surroundings, options.policy, options.settings ?? {});
    const becomesReady = makeReady(current);
    becomesReady.catch(notReady);
    await Promise.race([becomesReady, later(readyPatienceMs)]);
    opsPort = ops === undefined ? 0 : await listen(ops.server, host, options.opsPort ?? 0);
    port = await listen(main.server, host, options.port ?? 8080);
  } catch (error) {
    isClosing = true;
    await release();
    throw error;
  }
  metrics.serves(options.policy.program.name, options.policy.program.revision);

  const at = `http://${host.includes(':') ? `[${host}]` : host}`;
  return {
    address: {
      host,
      port,
      hook: `${at}:${port}${path}`,
      operations: `${at}:${ops === undefined ? port : opsPort}`,
    },
    async replace(policy, settings = options.settings ?? {}, changes = {}) {
      const changed = { ...surroundings, ...changes };
      const next = await createGeneration(changed, policy, settings);
      try {
        await makeReady(next);
      } catch (error) {
        retired.add(next);
        await next.asking.close();
        throw error;
      }
      surroundings = changed;
      const old = current;
      current = next;
      retired.add(old);
      for (const name of Object.keys(old.policy.sources)) {
        if (!Object.hasOwn(policy.sources, name)) metrics.sourceUp(name, undefined);
      }
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

function sendNothing(response: ServerResponse) {
  response.writeHead(404, { 'content-type': 'text/plain', 'content-length': 0 }).end();
}
