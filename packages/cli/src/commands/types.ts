import { resolve } from 'node:path';
import { type Contract, contractOf, contractSchema, isError } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { showFindings } from '../show/findings.ts';
import { shown } from '../spec/find.ts';
import { loadOptions, loadSpec } from '../spec/load.ts';
import { readText } from '../spec/read-text.ts';
import { typesInJsonSchema } from '../types/json-schema.ts';
import { typesInTypeScript } from '../types/typescript.ts';
import { typesInZod } from '../types/zod.ts';

type Flags = FlagsOf<'types'>;

const formats = { typescript: typesInTypeScript, zod: typesInZod, 'json-schema': typesInJsonSchema } as const;

/** Prints the types of what a contract, or the contract of a spec, promises. */
export async function types(terminal: Terminal, [from]: readonly string[], flags: Flags): Promise<ExitCode> {
  const contract = contractAt(from, terminal) ?? (await contractOfSpec(from, terminal, flags));
  if (contract === undefined) return exit.findings;
  const format = Object.entries(formats).find(([name]) => name === (flags.format ?? 'typescript'));
  terminal.out(format?.[1](contract) ?? '');
  return exit.fine;
}

/** The contract that an argument names; undefined if it names something else. @throws {CliError} `io` */
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

async function contractOfSpec(
  spec: string | undefined,
  terminal: Terminal,
  flags: Flags,
): Promise<Contract | undefined> {
  const loaded = await loadSpec(spec, [], terminal.cwd, loadOptions(terminal, flags));
  const { policy, policyAt, issuers, findings } = loaded;
  if (policy !== undefined && !findings.some(isError)) return contractOf(policy, issuers, policyAt);
  await showFindings(findings.filter(isError), loaded, terminal.paintErr, terminal.width, terminal.err);
  return undefined;
}
