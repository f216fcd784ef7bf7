import { parseArguments } from './arguments.ts';
import { withoutCiCommands } from './ci-commands.ts';
import { type Command, commands } from './commands.ts';
import { CliError, isForUser } from './error.ts';
import { type ExitCode, exit } from './exit.ts';
import { nearest } from './nearest.ts';
import type { Terminal } from './output/terminal.ts';
import { visible } from './output/text.ts';
import { commandHelp, overview } from './show/help.ts';
import { version } from './version.ts';

/**
 * Runs one command line, without the program's own name, and returns the exit status of the process. Never rejects: an
 * error becomes one line on stderr.
 */
export async function run(args: readonly string[], world: Terminal): Promise<ExitCode> {
  const terminal: Terminal = {
    ...world,
    out: (text) => world.out(withoutCiCommands(text)),
    err: (text) => world.err(withoutCiCommands(text)),
  };
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') {
    terminal.out(overview(terminal));
    return exit.fine;
  }
  if (first === '--version' || first === '-V') {
    terminal.out(`${version()}\n`);
    return exit.fine;
  }
  if (first === 'help')
    return await dispatch(rest[0] === undefined ? ['--help'] : [rest[0], '--help'], terminal);
  const command = named(first);
  if (command === undefined) {
    const what = first.startsWith('-') ? 'flag' : 'command';
    const near = await nearest(first, [...Object.keys(commands), '--help', '--version']);
    throw new CliError('usage', `unknown ${what} ${visible(first)}${near || '; see claimsmith --help'}`);
  }
  const parsed = await parseArguments(first, command, rest);
  if (parsed.help) {
    terminal.out(await commandHelp(first, command, terminal));
    return exit.fine;
  }
  return await command.run(terminal, parsed.positionals, parsed.flags);
}

function named(name: string): Command | undefined {
  const table: Readonly<Record<string, Command>> = commands;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function report(error: unknown, terminal: Terminal): ExitCode {
  const { bad, faint } = terminal.paintErr;
  if (terminal.debug && error instanceof Error) terminal.err(`${faint(error.stack ?? '')}\n`);
  const message = error instanceof Error ? error.message : String(error);
  const line = visible(message.trim().replace(/\s*\n\s*/g, ' '));
  if (isForUser(error)) {
    terminal.err(`${bad('error')}: ${line}\n`);
    if (error.code === 'unreachable') return exit.unreachable;
    return error.code === 'usage' ? exit.usage : exit.failed;
  }
  terminal.err(
    `${bad('error')}: ${line} ${faint('(a defect of claimsmith; CLAIMSMITH_DEBUG=1 shows where)')}\n`,
  );
  return exit.failed;
}
