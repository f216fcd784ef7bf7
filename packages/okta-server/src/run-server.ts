import {
  createLog,
  type Environment,
  endWithSignals,
  type Log,
  oneByOne,
  watchFileAt,
} from '@claimsmith/server';
import { type Configuration, readConfiguration } from './configuration.ts';
import { detailOf, isOurs } from './generation.ts';
import { type LoadedPolicy, loadPolicy } from './load-policy.ts';
import { type RunningServer, startServer } from './start-server.ts';

/**
 * Runs the server as this process. It reads settings from the environment and the policy from its file. It reloads the
 * policy when the file changes, and settings and secrets on SIGHUP. On SIGTERM and SIGINT it finishes open requests and
 * ends with status 0.
 *
 * If it cannot start, it writes the reason to standard error and ends with status 1.
 */
export async function runServer(environment: Environment): Promise<void> {
  try {
    const configuration = readConfiguration(environment);
    await run(environment, configuration, createLog(configuration.logLevel));
  } catch (error) {
    const text = isOurs(error) ? error.message : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}

async function run(environment: Environment, configuration: Configuration, log: Log) {
  const { policyFile, audit } = configuration;
  const starting = start(configuration, log);
  endWithSignals(
    starting.then(({ server }) => server),
    log,
    configuration.lingerMs,
  );
  const { server, loaded } = await starting;
  const reload = reloader(environment, configuration, server, log, loaded.digest);
  process.on('SIGHUP', () => {
    void reload(true);
    server.reopenAudit().catch((err) => {
      log.error('the audit file cannot be opened again', { detail: detailOf(err), err });
    });
  });
  watchFileAt(policyFile, () => void reload(false));
  const { name, revision } = loaded.policy.program;
  log.info('the hook is running', { address: server.address.hook, policy: `${name}@${revision}` });
  if (audit === undefined) log.warn('the server does not write an audit: AUDIT_FILE is off');
  else if (loaded.policy.auditKey === undefined)
    log.info('the audit names no users: the spec has no audit.key', { policy: `${name}@${revision}` });
}

interface Started {
  readonly server: RunningServer;
  readonly loaded: LoadedPolicy;
}

async function start(configuration: Configuration, log: Log): Promise<Started> {
  const loaded = await loadPolicy(configuration.policyFile);
  const settings = configuration.settingsFor(loaded.policy);
  const server = await startServer({ ...configuration, policy: loaded.policy, settings, log });
  return { server, loaded };
}

/**
 * Loads policy and settings again, one load at a time. A bad policy is logged, and the old one stays. If the policy is
 * the same, nothing changes unless `isTold`.
 */
function reloader(
  environment: Environment,
  { policyFile }: Configuration,
  server: RunningServer,
  log: Log,
  loaded: string,
) {
  let digest = loaded;
  return oneByOne(async (isTold: boolean) => {
    try {
      const next = await loadPolicy(policyFile);
      if (next.digest === digest && !isTold) return;
      const { settingsFor, authentication, sharedCache } = readConfiguration(environment);
      await server.replace(next.policy, settingsFor(next.policy), { authentication, sharedCache });
      digest = next.digest;
      server.metrics.reloaded('taken');
      const { name, revision } = next.policy.program;
      log.info(isTold ? 'policy and settings were read again' : 'serving a new policy', {
        policy: `${name}@${revision}`,
      });
    } catch (err) {
      server.metrics.reloaded('refused');
      log.error('the new policy was refused; the server keeps the old one', { detail: detailOf(err), err });
    }
  });
}
