import { parseArgs } from 'node:util';
import type { Command } from './commands.ts';
import { CliError } from './error.ts';
import type { Flag } from './flags.ts';
import { nearest } from './nearest.ts';

/** A parsed command line. */
export interface Arguments {
  readonly help: boolean;
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Flags that every command accepts. */
export const commonFlags = {
  help: { type: 'boolean', short: 'h', about: 'Print this text.' },
} as const satisfies Readonly<Record<string, Flag>>;

/**
 * Parses the arguments after the command's name. Every flag must be known, have a value if it needs one, and be given
 * only once unless it may be repeated.
 *
 * @throws {CliError} `usage`, with a similar name if there is one.
 */
export async function parseArguments(
  name: string,
  command: Command,
  args: readonly string[],
): Promise<Arguments> {
  const known: Readonly<Record<string, Flag>> = { ...command.flags, ...commonFlags };
  // Not `strict`: the messages would be Node's, without a near name.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(known).map(([key, flag]) => [
        key,
        { type: flag.type, ...(flag.short === undefined ? {} : { short: flag.short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (flag === undefined) throw await unknownFlag(name, token.rawName, Object.keys(known));
    const values = given.get(token.name) ?? [];
    if (values.length > 0 && flag.type === 'string' && flag.multiple !== true) {
      throw new CliError('usage', `${token.rawName} is given twice`);
    }
    values.push(await readValue(flag, token.rawName, token.value, token.inlineValue ?? false));
    given.set(token.name, values);
  }
  const help = given.has('help');
  if (!help) checkPositionals(name, command, positionals);
  const flags = Object.entries(command.flags).map(
    ([key, flag]) => [key, flagValue(flag, given.get(key))] as const,
  );
  return { help, positionals, flags: Object.fromEntries(flags) };
}

function flagValue(flag: Flag, values: readonly string[] | undefined): unknown {
  if (flag.type === 'boolean') return values !== undefined;
  return flag.multiple === true ? (values ?? []) : values?.[0];
}

async function readValue(
  flag: Flag,
  rawName: string,
  value: string | undefined,
  inline: boolean,
): Promise<string> {
  if (flag.type === 'boolean') {
    if (value === undefined) return 'true';
    throw new CliError('usage', `${rawName} takes no value`);
  }
  if (value === undefined || value === '' || (!inline && value.startsWith('-'))) {
    throw new CliError('usage', `${rawName} needs a value: ${rawName} <${flag.value ?? 'value'}>`);
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    const near = await nearest(value, flag.choices);
    throw new CliError('usage', `${rawName} is one of ${flag.choices.join(', ')}, not "${value}"${near}`);
  }
  return value;
}

function checkPositionals(name: string, command: Command, positionals: readonly string[]): void {
  const missing = command.positionals.slice(positionals.length).find((positional) => positional.required);
  if (missing !== undefined) {
    throw new CliError('usage', `claimsmith ${name} needs a ${missing.name}; see claimsmith ${name} --help`);
  }
  const extra = positionals[command.positionals.length];
  if (extra !== undefined && command.positionals.at(-1)?.isRepeated !== true) {
    const taken = command.positionals.map((positional) => `one ${positional.name}`).join(' and ');
    const given = positionals.map((text) => `"${text}"`).join(', ');
    throw new CliError(
      'usage',
      `claimsmith ${name} takes ${taken}, but got ${positionals.length}: ${given}; run it once for each, and put a name with spaces in quotes`,
    );
  }
}

async function unknownFlag(name: string, rawName: string, known: readonly string[]): Promise<CliError> {
  const near = await nearest(
    rawName,
    known.map((key) => `--${key}`),
  );
  return new CliError('usage', `claimsmith ${name} has no flag ${rawName}${near}`);
}
