import { type Contract, createGuard, type Denylist, type Guard, GuardError } from '@claimsmith/guard';
import { createLog, defaultLimits, type HttpLimits, type Log, paced, ServerError } from '@claimsmith/server';
import { Check } from './check.ts';
import { type AtWork, gatewayServer } from './gateway.ts';
import { headerNames } from './headers.ts';
import { createSigner, type Signer } from './internal-token.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Rules } from './rules.ts';

/** What a gateway goes by. */
export interface GatewayPolicy {
  readonly contract: Contract;
  /** Tells contracts apart. */
  readonly digest: string;
  readonly rules: Rules;
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
  let current: AtWork & { readonly guards: Guards };

  async function take(policy: GatewayPolicy, before: Guards) {
    const guards = guardsOf(policy, denylist, before);
    const signer = await signerOf(policy);
    assertHeaders(policy);
    await Promise.all([...guards.values()].map(({ guard }) => guard.ready()));
    const byAudience = new Map([...guards].map(([audience, { guard }]) => [audience, guard]));
    const check = new Check({ rules: policy.rules, guards: byAudience, signer });
    current = { guards, check, keys: signer?.keys };
    const { name, revision } = policy.contract.policy;
    metrics.serves(name, revision);
  }

  await take(options.policy, new Map());
  const doors = { host, port, opsPort, limits };
  const server = gatewayServer({ ...doors, current: () => current, metrics, log, lines });
  const ports = await server.listen().catch(async (error) => {
    await server.close(0);
    throw error;
  });
  const at = `http://${host.includes(':') ? `[${host}]` : host}`;
  return {
    address: { gateway: `${at}:${ports.port}`, operations: `${at}:${ports.opsPort ?? ports.port}` },
    replace: (policy) => take(policy, current.guards),
    metrics,
    async close(lingerMs = 0) {
      await server.close(lingerMs);
      lines.flush();
      log.flush();
    },
  };
}

/** Guards by audience, each with what it was made of. */
type Guards = ReadonlyMap<string, { readonly guard: Guard; readonly from: string }>;

/** A guard that would be made of the same is kept, with its keys and the tokens that it remembers. */
function guardsOf(
  { contract, digest, rules }: GatewayPolicy,
  denylist: Denylist | undefined,
  before: Guards,
): Guards {
  const { issuers, revisions, routes } = rules;
  const from = JSON.stringify([digest, issuers, revisions]);
  const unknown = Object.keys(issuers).find((id) => !Object.hasOwn(contract.issuers, id));
  if (unknown !== undefined) throw refuse(`issuers.${unknown} is not an issuer of the contract`);
  const audiences = new Set(routes.flatMap(({ audience }) => (audience === undefined ? [] : [audience])));
  return new Map(
    [...audiences].map((audience) => {
      const kept = before.get(audience);
      if (kept?.from === from) return [audience, kept];
      const { issuers: signing = Object.keys(issuers) } = contract.apis[audience] ?? contract.apis['*'] ?? {};
      const ours = Object.entries(issuers).filter(([id]) => signing.includes(id));
      try {
        const guard = createGuard({
          contract,
          audience,
          issuers: Object.fromEntries(ours),
          revisions,
          ...(denylist === undefined ? {} : { denylist }),
        });
        return [audience, { guard, from }];
      } catch (cause) {
        throw cause instanceof GuardError ? refuse(`for ${audience}: ${cause.message}`) : cause;
      }
    }),
  );
}

async function signerOf({ rules, signingKey, nextKey }: GatewayPolicy): Promise<Signer | undefined> {
  const { pass, tokenIssuer: issuer, tokenLifetimeSeconds: lifetimeSeconds } = rules;
  if (pass === 'headers') return undefined;
  if (signingKey === undefined || issuer === undefined)
    throw refuse('SIGNING_KEY is required, or SIGNING_KEY_FILE, because services get tokens');
  return await createSigner({ issuer, lifetimeSeconds, key: signingKey, nextKey });
}

function assertHeaders({ contract, rules }: GatewayPolicy): void {
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
