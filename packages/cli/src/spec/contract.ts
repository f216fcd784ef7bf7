import { resolve } from 'node:path';
import { type Contract, contractOf, contractSchema, isError } from '@claimsmith/core';
import { CliError } from '../error.ts';
import type { Terminal } from '../output/terminal.ts';
import { showFindings } from '../show/findings.ts';
import { shown } from './find.ts';
import { type Loaded, type LoadOptions, loadSpec } from './load.ts';
import { readText } from './read-text.ts';

/** A contract, and the spec that it follows from, if the user has named one. */
export interface LoadedContract {
  readonly contract: Contract;
  readonly loaded: Loaded | undefined;
}

/**
 * The contract that an argument names, or that of the spec that it names.
 *
 * @returns undefined if the spec has errors, which are shown
 * @throws {CliError} `io` if it cannot be read
 */
export async function loadContract(
  argument: string | undefined,
  terminal: Terminal,
  options: LoadOptions,
): Promise<LoadedContract | undefined> {
  const contract = contractAt(argument, terminal);
  if (contract !== undefined) return { contract, loaded: undefined };
  const loaded = await loadSpec(argument, [], terminal.cwd, options);
  const { policy, policyAt, issuers, findings } = loaded;
  if (policy !== undefined && !findings.some(isError))
    return { contract: contractOf(policy, issuers, policyAt), loaded };
  await showFindings(findings.filter(isError), loaded, terminal.paintErr, terminal.width, terminal.err);
  return undefined;
}

/** The contract that an argument names; undefined if it names something else. */
function contractAt(argument: string | undefined, { cwd }: Terminal): Contract | undefined {
  if (argument === undefined || !argument.endsWith('.json')) return undefined;
  const path = resolve(cwd, argument);
  const name = shown(path, cwd);
  const content = readText(path, name);
  if (content.kind === 'not_text' || !/"apis"\s*:/.test(content.text)) return undefined;
  const read = contractSchema.safeParse(jsonOf(content.text));
  if (read.success) return read.data;
  const at = read.error.issues[0]?.path.join('.') ?? '';
  throw new CliError(
    'io',
    `${name} is not a contract that this version reads${at === '' ? '' : `: see ${at}`}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
