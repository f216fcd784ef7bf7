import { setTimeout as later } from 'node:timers/promises';
import { type Contract, createGuard, type Denylist, GuardError } from '@claimsmith/guard';
import { type BuiltLookups, createLookups } from '@claimsmith/guard/lookups';
import type { Settings } from '@claimsmith/runtime';
import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import {
  createLog,
  defaultLimits,
  type HttpLimits,
  type Log,
  paced,
  ServerError,
  type SourceTelling,
  sourceTeller,
  systemCode,
} from '@claimsmith/server';
import { type Api, Check, freshSecondsOf } from './check.ts';
import { type AtWork, gatewayServer } from './gateway.ts';
import { headerNames } from './headers.ts';
import { createSigner, type Signer } from './internal-token.ts';
import type { LoadedLookups } from './load.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Rules } from './rules.ts';

/** What a gateway goes by. */
export interface GatewayPolicy {
  readonly contract: Contract;
  /** Tells contracts apart. */
  readonly digest: string;
  readonly rules: Rules;
  /** Look-ups of the same build, with their settings. Default: nothing is looked up, and deny rules are not asked again. */
  readonly lookups?:
    | (Pick<LoadedLookups, 'policy' | 'digest'> & {
        readonly settings: Settings;
        readonly sharedCache?: SharedCacheOptions;
      })
    | undefined;
  /** Private keys in PEM, where services get tokens. */
  readonly signingKey?: string | undefined;
  readonly nextKey?: string | undefined;
}

export interface StartOptions {
  readonly policy: GatewayPolicy;
  /** Asked for each request. Default: none. */
  readonly denylist?: Denylist | undefined;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** A separate port for operators, on the same host. Default: the same port. */
  readonly opsPort?: number | undefined;
  readonly limits?: HttpLimits;
  /** Default: standard output, from `info` on. */
  readonly log?: Log;
}

/** A gateway's server that listens. */
export interface RunningGateway {
  /** Base addresses. */
  readonly address: { readonly gateway: string; readonly operations: string };
  /**
   * Goes by something else from the next request on.
   *
   * @throws ServerError `configuration`; the old policy stays
   */
  replace(policy: GatewayPolicy): Promise<void>;
  readonly metrics: Pick<Metrics, 'reloaded' | 'render'>;
  /**
   * Reports that it is not ready, answers for another `lingerMs`, and closes.
   *
   * @param lingerMs default 0
   */
  close(lingerMs?: number): Promise<void>;
}

/**
 * Starts the server that gateways ask.
 *
 * @throws ServerError `configuration` or `listen`
 */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const { denylist, host = '127.0.0.1', port = 8080, opsPort, limits = defaultLimits } = options;
  const { log = createLog('info') } = options;
  const metrics = createMetrics();
  const lines = paced();
  let current: AtWork & Made;

  async function take(policy: GatewayPolicy, before: Made) {
    const { contract, rules } = policy;
    const signer = await signerOf(policy);
    const lookups = await lookupsOf(policy, before.lookups, { lines, log, metrics });
    let apis: Made['apis'];
    try {
      apis = apisOf(policy, denylist, lookups, before.apis);
      assertRoutes(policy);
    } catch (error) {
      if (lookups !== before.lookups) await lookups?.built.close();
      throw error;
    }
    await Promise.all([...apis.values()].map(({ guard }) => guard.ready()));
    const check = new Check({ rules, apis, denies: lookups !== undefined, signer });
    current = { apis, lookups, check, keys: signer?.keys };
    metrics.serves(contract.policy.name, contract.policy.revision);
    if (before.lookups === undefined || before.lookups === lookups) return;
    // Requests that it serves have ended by then.
    void later(retireMs, undefined, { ref: false }).then(() => before.lookups?.built.close());
  }

  await take(options.policy, { apis: new Map(), lookups: undefined });
  const doors = { host, port, opsPort, limits };
  const server = gatewayServer({ ...doors, current: () => current, metrics, log, lines });
  const ports = await server.listen().catch(async (error) => {
    await server.close(0);
    throw error;
  });
  const at = `http://${host.includes(':') ? `[${host}]` : host}`;
  return {
    address: { gateway: `${at}:${ports.port}`, operations: `${at}:${ports.opsPort ?? ports.port}` },
    replace: (policy) => take(policy, current),
    metrics,
    async close(lingerMs = 0) {
      await server.close(lingerMs);
      await current.lookups?.built.close();
      lines.flush();
      log.flush();
    },
  };
}

/** What takes a while to make, and is kept as long as it would be made of the same. */
interface Made {
  /** By audience. */
  readonly apis: ReadonlyMap<string, Api & { readonly from: string }>;
  readonly lookups: { readonly built: BuiltLookups; readonly from: string } | undefined;
}

/** How long look-ups that were replaced keep their connections, in milliseconds; longer than any deadline. */
const retireMs = 4_000;

/** A source that cannot be reached now is asked again with each request. */
async function lookupsOf(
  { lookups, rules }: GatewayPolicy,
  before: Made['lookups'],
  telling: SourceTelling,
): Promise<Made['lookups']> {
  if (lookups === undefined) return undefined;
  const { policy, digest, settings, sharedCache } = lookups;
  const from = JSON.stringify([digest, settings, sharedCache, rules.deadlineMs]);
  if (before?.from === from) return before;
  const { onAsked } = sourceTeller(telling, 'requests that need it are refused');
  try {
    const built = createLookups({
      policy,
      settings,
      deadlineMs: rules.deadlineMs,
      onAsked,
      ...(sharedCache === undefined ? {} : { sharedCache }),
    });
    await built.ready().catch(async (error: unknown) => {
      if (systemCode(error) === 'connection') return;
      await built.close();
      throw error;
    });
    return { built, from };
  } catch (cause) {
    const isTold = cause instanceof Error && ['GuardError', 'SourceError'].includes(cause.name);
    throw isTold ? refuse(cause.message) : cause;
  }
}

/** The APIs of all routes. A guard that is kept has its keys, and the tokens that it remembers. */
function apisOf(
  { contract, digest, rules }: GatewayPolicy,
  denylist: Denylist | undefined,
  lookups: Made['lookups'],
  before: Made['apis'],
): Made['apis'] {
  const { issuers, revisions, routes } = rules;
  const from = JSON.stringify([digest, issuers, revisions, lookups?.from]);
  const unknown = Object.keys(issuers).find((id) => !Object.hasOwn(contract.issuers, id));
  if (unknown !== undefined) throw refuse(`issuers.${unknown} is not an issuer of the contract`);
  const audiences = new Set(routes.flatMap(({ audience }) => (audience === undefined ? [] : [audience])));
  return new Map(
    [...audiences].map((audience) => {
      const kept = before.get(audience);
      if (kept?.from === from) return [audience, kept];
      const { issuers: signing = Object.keys(issuers), lookups: looked = {} } =
        apiOf(contract, audience) ?? {};
      const ours = Object.entries(issuers).filter(([id]) => signing.includes(id));
      try {
        const guard = createGuard({
          contract,
          audience,
          issuers: Object.fromEntries(ours),
          revisions,
          ...(denylist === undefined ? {} : { denylist }),
          ...(lookups === undefined ? {} : { lookups: lookups.built }),
        });
        return [audience, { guard, lookups: looked, from }];
      } catch (cause) {
        throw cause instanceof GuardError ? refuse(`for ${audience}: ${cause.message}`) : cause;
      }
    }),
  );
}

function apiOf({ apis }: Contract, audience: string): Contract['apis'][string] | undefined {
  return Object.hasOwn(apis, audience) ? apis[audience] : apis['*'];
}

async function signerOf({ rules, signingKey, nextKey }: GatewayPolicy): Promise<Signer | undefined> {
  const { pass, tokenIssuer: issuer, tokenLifetimeSeconds: lifetimeSeconds } = rules;
  if (pass === 'headers') return undefined;
  if (signingKey === undefined || issuer === undefined)
    throw refuse('SIGNING_KEY is required, or SIGNING_KEY_FILE, because services get tokens');
  return await createSigner({ issuer, lifetimeSeconds, key: signingKey, nextKey });
}

/** @throws ServerError `configuration` if a route looks up what cannot be, or claims share a header */
function assertRoutes({ contract, rules, lookups }: GatewayPolicy): void {
  for (const { path, audience = '', resolve } of rules.routes) {
    const { lookups: known = {} } = apiOf(contract, audience) ?? {};
    const unknown = resolve.find((claim) => !Object.hasOwn(known, claim));
    if (unknown !== undefined)
      throw refuse(
        `the route ${path} resolves ${unknown}, which is not a claim with \`resolve: request\` of ${audience}`,
      );
    const old =
      rules.pass === 'token' ? resolve.find((claim) => freshSecondsOf(known[claim]) < 1) : undefined;
    if (old !== undefined)
      throw refuse(
        `the route ${path} resolves ${old}, which may be as old as its maxAge when it is looked up, so no token may carry it: use \`pass: headers\`, or give it a longer maxAge`,
      );
    if (resolve.length > 0 && lookups === undefined)
      throw refuse(`the route ${path} resolves claims: LOOKUPS is required`);
  }
  if (rules.pass === 'token') return;
  try {
    headerNames(contract);
  } catch (cause) {
    throw refuse(cause instanceof TypeError ? cause.message : 'the headers cannot be named');
  }
}

function refuse(why: string): ServerError {
  return new ServerError('configuration', why);
}
