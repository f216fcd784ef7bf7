import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Compilation,
  IssuerError,
  type RunningServer,
  type Server,
  type ServerOptions,
} from '@claimsmith/core';
import { type Environment, ServerError } from '@claimsmith/server';
import { readConfiguration } from './configuration.ts';
import { isOurs } from './generation.ts';
import { loadPolicy } from './load-policy.ts';
import { startServer } from './start-server.ts';

/** Serves built files as in production, on loopback unless HOST says otherwise. */
export const localServer = { start } satisfies Server;

async function start(
  compilation: Compilation,
  { environment, port }: ServerOptions,
): Promise<RunningServer | undefined> {
  const text = policyText(compilation);
  if (text === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'claimsmith-serve-'));
  const file = join(folder, 'policy.mjs');
  const release = () => rm(folder, { recursive: true, force: true });
  try {
    return await told(() => serve(file, text, local(environment, file, port), release));
  } catch (error) {
    await release();
    throw error;
  }
}

async function serve(
  file: string,
  text: string,
  { secret, environment }: Local,
  release: () => Promise<void>,
): Promise<RunningServer> {
  await writeFile(file, text);
  const configuration = readConfiguration(environment);
  const { authentication, settingsFor } = configuration;
  const { policy } = await loadPolicy(file);
  const server = await startServer({ ...configuration, policy, settings: settingsFor(policy) });
  const header = authentication.kind === 'header' ? authentication.name : undefined;
  return {
    address: server.address.hook,
    credential: { header: header ?? 'authorization', value: secret },
    replace: (compilation) =>
      told(async () => {
        const next = policyText(compilation);
        if (next === undefined) throw new IssuerError('io', 'the changed spec does not need a hook');
        await writeFile(file, next);
        const loaded = (await loadPolicy(file)).policy;
        await server.replace(loaded, settingsFor(loaded));
      }),
    async close() {
      await server.close();
      await release();
    },
  };
}

interface Local {
  readonly environment: Environment;
  /** Made up for this run; undefined if the environment configures authentication. */
  readonly secret: string | undefined;
}

/** Default settings for a server on a developer's machine; the environment overrides them. */
function local(environment: Environment, file: string, port: string | undefined): Local {
  const { HOOK_SECRET, HOOK_SECRET_FILE, OAUTH_ISSUER, HOST, PORT, AUDIT_FILE, LOG_LEVEL } = environment;
  const secret =
    HOOK_SECRET || HOOK_SECRET_FILE || OAUTH_ISSUER ? undefined : randomBytes(24).toString('base64url');
  return {
    secret,
    environment: {
      ...environment,
      POLICY: file,
      HOST: HOST || '127.0.0.1',
      PORT: port ?? (PORT || '8080'),
      AUDIT_FILE: AUDIT_FILE || 'off',
      LOG_LEVEL: LOG_LEVEL || 'warn',
      ...(secret === undefined ? {} : { HOOK_SECRET: secret }),
    },
  };
}

function policyText({ artifacts }: Compilation): string | undefined {
  return artifacts.find(({ path }) => path === 'policy.mjs')?.content;
}

/** Its own errors as those of any issuer. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isOurs(error)) throw error;
    const isIo = error instanceof ServerError && error.code !== 'configuration';
    throw new IssuerError(isIo ? 'io' : 'settings', error.message, { cause: error });
  }
}
