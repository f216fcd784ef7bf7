import { randomBytes } from 'node:crypto';
import { watch as watchFiles } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '@claimsmith/core';
import type { Configuration, RunningServer } from '@claimsmith/okta-server';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { showFindings } from '../show/findings.ts';
import { type Loaded, loadSpec } from '../spec/load.ts';
import { type Scripts, scriptsOf } from '../spec/scripts.ts';

type Flags = FlagsOf<'serve'>;

/** Editors write a file in several steps. */
const quietMs = 100;

/** Serves a spec's hook until SIGTERM or SIGINT, and each good change of the spec from then on. */
export async function serve(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const { loadPolicy, readConfiguration, ServerError, startServer } = await import('@claimsmith/okta-server');
  const folder = await mkdtemp(join(tmpdir(), 'claimsmith-serve-'));
  const file = join(folder, 'policy.mjs');
  const scripts = scriptsOf(terminal, flags);
  const isGenerated =
    !process.env['HOOK_SECRET'] && !process.env['HOOK_SECRET_FILE'] && !process.env['OAUTH_ISSUER'];
  const secret = isGenerated ? randomBytes(24).toString('base64url') : undefined;
  let server: RunningServer | undefined;
  try {
    const loaded = await buildHook(terminal, spec, file, scripts);
    if (loaded === undefined) return exit.findings;
    const configuration = readConfiguration({
      ...process.env,
      POLICY: file,
      HOST: process.env['HOST'] || '127.0.0.1',
      PORT: flags.port ?? (process.env['PORT'] || '8080'),
      AUDIT_FILE: process.env['AUDIT_FILE'] || 'off',
      LOG_LEVEL: process.env['LOG_LEVEL'] || 'warn',
      ...(secret === undefined ? {} : { HOOK_SECRET: secret }),
    });
    const { policy } = await loadPolicy(file);
    server = await startServer({ ...configuration, policy, settings: configuration.settingsFor(policy) });
    announce(terminal, flags, server, configuration, policy.program, secret);
    const stop = watchSpec(loaded, async () => {
      if ((await buildHook(terminal, spec, file, scripts)) === undefined) return;
      const next = (await loadPolicy(file)).policy;
      await server?.replace(next, configuration.settingsFor(next));
      terminal.err(`${terminal.paintErr.faint(`now ${next.program.name}@${next.program.revision}`)}\n`);
    });
    await ended();
    stop();
    return exit.fine;
  } catch (error) {
    if (error instanceof ServerError) throw new CliError('io', error.message, { cause: error });
    throw error;
  } finally {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compiles the spec for Okta and writes its policy; undefined after showing why there is none. */
async function buildHook(
  terminal: Terminal,
  spec: string | undefined,
  file: string,
  scripts: Scripts,
): Promise<Loaded | undefined> {
  const loaded = await loadSpec(spec, ['okta'], terminal.cwd, scripts);
  const [okta] = loaded.issuers;
  const { policy } = loaded;
  const compilation =
    policy === undefined || okta === undefined || loaded.findings.some(isError)
      ? undefined
      : await okta.compile(policy);
  const errors = [...loaded.findings, ...(compilation?.findings ?? [])].filter(isError);
  if (compilation === undefined || errors.length > 0) {
    await showFindings(errors, loaded, terminal.paintErr, terminal.width, terminal.err);
    return undefined;
  }
  const artifact = compilation.artifacts.find(({ path }) => path === 'policy.mjs');
  if (artifact === undefined)
    throw new CliError('not_found', `${loaded.file.name} needs no hook: Okta makes all its claims natively`);
  await writeFile(file, artifact.content);
  return loaded;
}

/** Calls back after a change of the spec, one call at a time; what goes wrong is shown, and the server goes on. */
function watchSpec({ file }: Loaded, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const watcher = watchFiles(file.folder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = turn.then(changed).catch((error: unknown) => {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      });
    }, quietMs);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function announce(
  { out, paint }: Terminal,
  { json }: Flags,
  { address }: RunningServer,
  { authentication }: Configuration,
  { name, revision }: { readonly name: string; readonly revision: string },
  secret: string | undefined,
): void {
  const header =
    authentication.kind === 'header' ? (authentication.name ?? 'authorization') : 'authorization';
  if (json) {
    out(
      `${JSON.stringify({ version: 1, policy: `${name}@${revision}`, hook: address.hook, header, secret })}\n`,
    );
    return;
  }
  out(`${paint.strong(`${name}@${revision}`)}  ${paint.good(address.hook)}\n`);
  if (secret !== undefined) {
    out(
      `\n  curl ${address.hook} \\\n    -H '${header}: ${secret}' -H 'content-type: application/json' -d @request.json\n\n`,
    );
  }
  out(`${paint.faint('The spec is watched; Ctrl-C ends.')}\n`);
}

/** The process's own handlers would end it at once. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.removeAllListeners('SIGINT');
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
