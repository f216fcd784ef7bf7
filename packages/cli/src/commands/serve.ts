import { watch as watchFiles } from 'node:fs';
import { type Compilation, type Issuer, isError, type Policy, type RunningServer } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { capable } from '../issuers.ts';
import type { Terminal } from '../output/terminal.ts';
import { showFindings } from '../show/findings.ts';
import { type Loaded, loadOptions, loadSpec, narrowed } from '../spec/load.ts';

type Flags = FlagsOf<'serve'>;

/** Editors write a file in several steps. */
const quietMs = 100;

/** Serves a spec's built files until SIGTERM or SIGINT, and each good change of the spec from then on. */
export async function serve(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const build = () => buildServed(terminal, spec, flags);
  const built = await build();
  if (built === undefined) return exit.findings;
  const { loaded, issuer, policy } = built;
  const options = { environment: process.env, ...(flags.port === undefined ? {} : { port: flags.port }) };
  const server = await (await issuer.serve?.load())?.start(built.compilation, options);
  if (server === undefined)
    throw new CliError(
      'not_found',
      `${loaded.file.name} does not need a server: ${issuer.title} itself runs all of it`,
    );
  try {
    announce(terminal, flags, server, markerOf(policy));
    const stop = watchSpec(loaded, async () => {
      const next = await build();
      if (next === undefined) return;
      await server.replace(next.compilation);
      terminal.err(`${terminal.paintErr.faint(`now serving ${markerOf(next.policy)}`)}\n`);
    });
    await ended();
    stop();
    return exit.fine;
  } finally {
    await server.close();
  }
}

/** What is served. */
interface Built {
  readonly loaded: Loaded;
  readonly issuer: Issuer;
  readonly policy: Policy;
  readonly compilation: Compilation;
}

/** Compiles the spec for the issuer that can be served; undefined after showing why it does not compile. */
async function buildServed(
  terminal: Terminal,
  spec: string | undefined,
  flags: Flags,
): Promise<Built | undefined> {
  const whole = await loadSpec(spec, flags.issuer, terminal.cwd, loadOptions(terminal, flags));
  const loaded = narrowed(
    whole,
    whole.issuers.filter((issuer) => issuer.serve),
  );
  const { findings } = loaded;
  const [issuer, second] = loaded.issuers;
  const policy = issuer && loaded.policyAt(issuer.id);
  if (second !== undefined)
    throw new CliError('usage', 'serve needs --issuer <name>: several issuers of the spec can be served');
  if (issuer === undefined && whole.issuers.length > 0)
    throw new CliError(
      'usage',
      `no issuer asked for can be served on this machine; these can: ${capable('serve')}`,
    );
  const compilation =
    policy === undefined || issuer === undefined || findings.some(isError)
      ? undefined
      : await issuer.compile(policy);
  const errors = [...findings, ...(compilation?.findings ?? [])].filter(isError);
  if (policy === undefined || issuer === undefined || compilation === undefined || errors.length > 0) {
    await showFindings(errors, loaded, terminal.paintErr, terminal.width, terminal.err);
    return undefined;
  }
  return { loaded, issuer, policy, compilation };
}

function markerOf({ name, revision }: Policy): string {
  return `${name}@${revision}`;
}

/** Calls back after each change of the spec, one call at a time. Errors are shown, and the server continues. */
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
  { address, credential: { header, value } }: RunningServer,
  policy: string,
): void {
  if (json) {
    out(`${JSON.stringify({ version: 1, policy, address, header, secret: value })}\n`);
    return;
  }
  out(`${paint.strong(policy)}  ${paint.good(address)}\n`);
  if (value !== undefined) {
    out(
      `\n  curl ${address} \\\n    -H '${header}: ${value}' -H 'content-type: application/json' -d @request.json\n\nrequest.json is a request as Okta sends it; docs/okta.md has one to try.\n`,
    );
  }
  out(`${paint.faint('Watching the spec; Ctrl-C ends.')}\n`);
}

/** The process's own handlers would end it at once. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.removeAllListeners('SIGINT');
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
