import { dirname, join, resolve } from 'node:path';
import type { Contract } from '@claimsmith/core';
import { gateways, headerNames, type Place } from '@claimsmith/gateway/configurations';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { type FlagsOf, flags as known } from '../flags.ts';
import { writeOutputs } from '../output/folder.ts';
import type { Terminal } from '../output/terminal.ts';
import { loadContract } from '../spec/contract.ts';
import { shown } from '../spec/find.ts';
import { loadOptions } from '../spec/load.ts';

type Flags = FlagsOf<'gateway'>;

/** Writes the configuration of a gateway. */
export async function gateway(
  terminal: Terminal,
  [from]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const [name, configuration] = Object.entries(gateways).find(([one]) => one === flags.for) ?? [];
  if (name === undefined || configuration === undefined)
    throw new CliError('usage', `gateway needs --for: ${known.gateway.for.choices.join(', ')}`);
  const settings = {
    listen: placeOf('listen', flags.listen ?? '127.0.0.1:8000'),
    check: placeOf('check', flags.check ?? '127.0.0.1:8080'),
    service: placeOf('service', flags.service ?? '127.0.0.1:9000'),
  };
  const read = await loadContract(from, terminal, loadOptions(terminal, flags));
  if (read === undefined) return exit.findings;
  const { cwd, out, paint } = terminal;
  const folder = resolve(cwd, flags.out ?? join('dist', 'gateway', name));
  const artifacts = configuration({ ...settings, headers: headersOf(read.contract) });
  writeOutputs([{ folder, base: folder === cwd ? dirname(cwd) : cwd, artifacts }]);
  const files = artifacts.map(({ path }) => `  ${shown(join(folder, path), cwd)}\n`);
  out(`${files.join('')}${paint.good('✓')} the configuration of ${name}\n`);
  return exit.fine;
}

/** @throws {CliError} `io` */
function headersOf(contract: Contract): readonly string[] {
  try {
    return headerNames(contract);
  } catch (cause) {
    if (cause instanceof TypeError) throw new CliError('io', cause.message, { cause });
    throw cause;
  }
}

/** @throws {CliError} `usage` */
function placeOf(flag: string, text: string): Place {
  const [, bracketed, name, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? name;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new CliError('usage', `--${flag} must be a host and a port, such as 127.0.0.1:8080`);
}
