import type { Authentication, HookPolicy } from '@claimsmith/okta/hook';
import { createReplayGuard } from '@claimsmith/okta/hook';
import type { Settings } from '@claimsmith/runtime';
import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import {
  createLog,
  defaultLimits,
  type FrontServer,
  type HttpLimits,
  type Log,
  type Ports,
  paced,
} from '@claimsmith/server';
import { openAudit } from './audit.ts';
import type { Surroundings } from './generation.ts';
import { hookServer } from './hook-server.ts';
import { createLogExport, type LogExportOptions } from './log-export.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { PolicyAtWork } from './policy-at-work.ts';

/** The options of a hook server: what it serves, and where. */
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
  /** Without it, issuances are not recorded. */
  readonly audit?: { readonly file: string; readonly isSynced?: boolean } | undefined;
  /** Also sends the records to a receiver of OpenTelemetry. It never delays or denies an issuance. Default: nowhere. */
  readonly logExport?: Pick<LogExportOptions, 'url' | 'headers'> | undefined;
  /** Default: standard output, from `info` on. */
  readonly log?: Log;
  readonly limits?: HttpLimits;
  /** A separate port for operators, on the same host. Default: the hook's port; 0 takes a free one. */
  readonly opsPort?: number | undefined;
}

/** A hook server that listens. */
export interface RunningServer {
  /**
   * `hook` is the full address of the hook; `operations` is the base address of `/healthz`, `/readyz` and `/metrics`.
   */
  readonly address: {
    readonly host: string;
    readonly port: number;
    readonly hook: string;
    readonly operations: string;
  };
  /**
   * Serves another policy from the next request on; open requests end with the old one. A source that cannot be reached
   * does not prevent it.
   *
   * @param changes other secrets than before; default: the same
   * @throws Error if the settings of the new policy are missing or make no sense; the old one stays
   */
  replace(
    policy: HookPolicy,
    settings?: Settings,
    changes?: Partial<Pick<ServerOptions, 'authentication' | 'sharedCache'>>,
  ): Promise<void>;
  /** Metrics about new policies: whether they were accepted. */
  readonly metrics: Pick<Metrics, 'reloaded' | 'render'>;
  /**
   * Continues in a new audit file if the old one was moved away.
   *
   * @throws ServerError `audit_unavailable`, and continues in the old one
   */
  reopenAudit(): Promise<void>;
  /**
   * Reports that it is not ready, answers for another `lingerMs` while load balancers notice, stops accepting, finishes
   * open requests, and closes everything.
   *
   * @param lingerMs default 0
   */
  close(lingerMs?: number): Promise<void>;
}

/**
 * Starts a server for Okta's token inline hook, with `/healthz`, `/readyz` and `/metrics`. It speaks plain HTTP; a
 * proxy in front of it must handle TLS.
 *
 * The server starts, and is ready, even if a source cannot be reached. The hook then denies issuances that need the
 * source; without a server, Okta would issue tokens without the policy's claims. The same holds if the audit cannot be
 * written. Ready means that it has a policy and is not about to end.
 *
 * @throws ServerError `listen` or `audit_unavailable`; SourceError if a source is set up wrongly
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8080, path = '/okta/token-hook', opsPort } = options;
  const doors = { host, port, path, opsPort, limits: options.limits ?? defaultLimits };
  const surroundings = await surroundingsOf(options);
  let atWork: PolicyAtWork | undefined;
  try {
    atWork = await PolicyAtWork.start(surroundings, options.policy, options.settings ?? {});
    const server = hookServer(doors, atWork, surroundings);
    const ports = await server.listen().catch(async (error) => {
      await server.close(0);
      throw error;
    });
    return running(options, surroundings, atWork, server, addressOf(host, path, ports));
  } catch (error) {
    await atWork?.end();
    await release(surroundings);
    throw error;
  }
}

function running(
  options: ServerOptions,
  surroundings: Surroundings,
  atWork: PolicyAtWork,
  server: FrontServer,
  address: RunningServer['address'],
): RunningServer {
  const { audit, log, metrics } = surroundings;
  let closed: Promise<void> | undefined;
  async function closeAll(lingerMs: number): Promise<void> {
    await server.close(lingerMs);
    await atWork.end();
    await release(surroundings);
    log.flush();
  }
  return {
    address,
    replace: (policy, settings = options.settings ?? {}, changes = {}) =>
      atWork.replace(policy, settings, changes),
    metrics,
    reopenAudit: async () => audit?.reopen(),
    close(lingerMs = 0) {
      closed ??= closeAll(lingerMs);
      return closed;
    },
  };
}

function addressOf(host: string, path: string, { port, opsPort = port }: Ports): RunningServer['address'] {
  const at = `http://${host.includes(':') ? `[${host}]` : host}`;
  return { host, port, hook: `${at}:${port}${path}`, operations: `${at}:${opsPort}` };
}

/** Opens the audit and what else all policies share. */
async function surroundingsOf(options: ServerOptions): Promise<Surroundings> {
  const { authentication, sharedCache, log = createLog('info') } = options;
  const metrics = createMetrics();
  const audit = options.audit && (await openAudit({ ...options.audit, source: 'urn:claimsmith:okta-hook' }));
  if (audit !== undefined && audit.tornBytes > 0) {
    log.warn('the audit file ended in a torn line, which was moved to another file', {
      bytes: audit.tornBytes,
    });
  }
  const lines = paced();
  const onDropped = (count: number) => {
    metrics.recordsDropped(count);
    lines.tell('export', (times) =>
      log.warn('records could not be sent to the receiver of OpenTelemetry', { count: times }),
    );
  };
  const logExport = options.logExport && createLogExport({ ...options.logExport, onDropped });
  return { authentication, sharedCache, log, metrics, audit, logExport, replay: createReplayGuard(), lines };
}

async function release({ audit, logExport, lines }: Surroundings): Promise<void> {
  await logExport?.close();
  lines.flush();
  await audit?.close();
}
