import type { Entry } from '@claimsmith/guard';
import {
  createLog,
  type Environment,
  endWithSignals,
  type Log,
  oneByOne,
  paced,
  ServerError,
  watchFileAt,
} from '@claimsmith/server';
import { type Configuration, readConfiguration } from './configuration.ts';
import { type Revocations, revocations } from './denylist.ts';
import { loadContract, loadEntries, loadLookups } from './load.ts';
import { readRules } from './rules.ts';
import { type GatewayPolicy, type RunningGateway, startGateway } from './start-gateway.ts';

/**
 * Runs the gateway's server as this process. It reads settings from the environment, and goes by its files. When one of
 * them changes, or on SIGHUP, it reads all of them again; if one is bad, the old ones stay. On SIGTERM and SIGINT it
 * finishes open requests and ends with status 0.
 *
 * If it cannot start, it writes the reason to standard error and ends with status 1.
 */
export async function runGateway(environment: Environment): Promise<void> {
  try {
    const configuration = readConfiguration(environment);
    await run(environment, configuration, createLog(configuration.logLevel));
  } catch (error) {
    process.stderr.write(`${error instanceof ServerError ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

interface Started {
  readonly gateway: RunningGateway;
  readonly revoked: Revocations | undefined;
  close(lingerMs: number): Promise<void>;
}

async function run(environment: Environment, configuration: Configuration, log: Log) {
  const starting = start(configuration, log);
  endWithSignals(starting, log, configuration.lingerMs);
  const { gateway, revoked } = await starting;
  const reload = oneByOne(async () => {
    try {
      const next = readConfiguration(environment);
      assertDenylist(next, configuration);
      // First: a token is revoked, whatever is wrong with the other files.
      revoked?.replace(entriesOf(next) ?? []);
      const policy = await load(next);
      await gateway.replace(policy);
      gateway.metrics.reloaded('taken');
      log.info('the files were read again', { policy: policy.contract.policy.revision });
    } catch (err) {
      gateway.metrics.reloaded('refused');
      const detail = err instanceof ServerError ? err.message : 'unexpected';
      log.error('the changed files were refused; the server keeps the old ones', { detail, err });
    }
  });
  process.on('SIGHUP', () => void reload());
  for (const file of configuration.files) watchFileAt(file, () => void reload());
  log.info('the gateway is running', { address: gateway.address.gateway });
}

async function start(configuration: Configuration, log: Log): Promise<Started> {
  const { denylistRedisUrl } = configuration;
  const policy = await load(configuration);
  const revoked = await revocations(entriesOf(configuration), denylistRedisUrl, { log, lines: paced() });
  const gateway = await startGateway({ ...configuration, policy, denylist: revoked?.denylist, log });
  return {
    gateway,
    revoked,
    async close(lingerMs) {
      await gateway.close(lingerMs);
      await revoked?.close();
    },
  };
}

/**
 * What was started without a denylist would not ask one.
 *
 * @throws ServerError `configuration`
 */
function assertDenylist(next: Configuration, before: Configuration): void {
  const isSame =
    next.denylistFile === before.denylistFile && next.denylistRedisUrl === before.denylistRedisUrl;
  if (!isSame)
    throw new ServerError(
      'configuration',
      'DENYLIST and DENYLIST_REDIS_URL cannot change while the server runs: start it again',
    );
}

function entriesOf({ denylistFile }: Configuration): readonly Entry[] | undefined {
  return denylistFile === undefined ? undefined : loadEntries(denylistFile);
}

async function load(configuration: Configuration): Promise<GatewayPolicy> {
  const { contractFile, rulesFile, lookupsFile } = configuration;
  const { signingKey, nextKey, sharedCache, settingsFor } = configuration;
  const found = lookupsFile === undefined ? undefined : await loadLookups(lookupsFile);
  return {
    ...loadContract(contractFile),
    rules: readRules(rulesFile),
    lookups: found && {
      policy: found.policy,
      digest: found.digest,
      settings: settingsFor(found.settingNames),
      ...(sharedCache && { sharedCache }),
    },
    signingKey,
    nextKey,
  };
}
