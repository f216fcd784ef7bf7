import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch as watchFiles } from 'node:fs';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { findSpec } from '../spec/find.ts';

/** Editors write a file in several steps, so a run begins after this long without a change. */
const quietMs = 100;

/**
 * Runs the scenarios now, and again after each change below the spec's folder, until it is interrupted. Each run is a
 * separate process, so that a TypeScript spec is read again.
 */
export async function watch(
  terminal: Terminal,
  spec: string | undefined,
  { issuer, scenario, format, strict, mutate, json, set, env, 'no-scripts': noScripts }: FlagsOf<'test'>,
): Promise<ExitCode> {
  const { folder } = findSpec(spec, terminal.cwd);
  const program = process.argv[1];
  if (program === undefined) throw new CliError('io', '--watch needs to run as a program');
  const args = [
    ...issuer.flatMap((id) => ['--issuer', id]),
    ...scenario.flatMap((name) => ['--scenario', name]),
    ...(format === undefined ? [] : ['--format', format]),
    ...set.flatMap((value) => ['--set', value]),
    ...(env === undefined ? [] : ['--env', env]),
    ...(strict ? ['--strict'] : []),
    ...(mutate ? ['--mutate'] : []),
    ...(json ? ['--json'] : []),
    ...(noScripts ? ['--no-scripts'] : []),
    ...(spec === undefined ? [] : ['--', spec]),
  ];
  const changes = watchFiles(folder, { recursive: true });
  for (;;) {
    const run = spawn(process.execPath, [...process.execArgv, program, 'test', ...args], {
      cwd: terminal.cwd,
      stdio: 'inherit',
    });
    const changed = quietAfterChange(changes);
    const [, signal] = await once(run, 'close');
    if (signal === 'SIGINT') return exit.interrupted;
    terminal.err(terminal.paintErr.faint('watching for changes; Ctrl-C ends\n'));
    await changed;
  }
}

/** Resolves when a file has changed, and then nothing for a while. Files that a build writes do not count. */
function quietAfterChange(changes: ReturnType<typeof watchFiles>): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const onChange = (_: string, name: string | Buffer | null) => {
      if (/^(?:dist|node_modules|\.git)(?:[\\/]|$)/.test(String(name))) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        changes.off('change', onChange);
        resolve();
      }, quietMs);
    };
    changes.on('change', onChange);
  });
}
