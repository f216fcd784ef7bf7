import { type Finding, isError } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Decides whether findings fail a command: errors do, and so do more warnings than `--max-warnings` allows, with one
 * line on stderr. Accepted findings do not count.
 *
 * @throws {CliError} `usage` if the flag is not a number
 */
export function verdictOn(
  findings: readonly Finding[],
  maxWarnings: string | undefined,
  terminal: Terminal,
): ExitCode {
  if (maxWarnings !== undefined && !/^\d{1,9}$/.test(maxWarnings))
    throw new CliError('usage', `--max-warnings is a number such as 0, not "${maxWarnings}"`);
  if (findings.some(isError)) return exit.findings;
  const count = findings.filter(
    ({ severity, accepted }) => severity === 'warning' && accepted === undefined,
  ).length;
  if (maxWarnings === undefined || count <= Number(maxWarnings)) return exit.fine;
  const { paintErr } = terminal;
  terminal.err(
    `${paintErr.bad('error')}: ${plural(count, 'warning')}, more than --max-warnings ${maxWarnings}\n`,
  );
  return exit.findings;
}
