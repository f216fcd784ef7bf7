import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { loadContract } from '../spec/contract.ts';
import { loadOptions } from '../spec/load.ts';
import { typesInJsonSchema } from '../types/json-schema.ts';
import { typesInTypeScript } from '../types/typescript.ts';
import { typesInZod } from '../types/zod.ts';

type Flags = FlagsOf<'types'>;

const formats = { typescript: typesInTypeScript, zod: typesInZod, 'json-schema': typesInJsonSchema } as const;

/** Prints the types of what a contract, or the contract of a spec, promises. */
export async function types(terminal: Terminal, [from]: readonly string[], flags: Flags): Promise<ExitCode> {
  const read = await loadContract(from, terminal, loadOptions(terminal, flags));
  if (read === undefined) return exit.findings;
  const format = Object.entries(formats).find(([name]) => name === (flags.format ?? 'typescript'));
  terminal.out(format?.[1](read.contract) ?? '');
  return exit.fine;
}
