import { commonFlags } from '../arguments.ts';
import { type Command, commands } from '../commands.ts';
import type { Flag } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { fill } from '../output/text.ts';

/** Lines of help are never longer, however wide the terminal is. */
const widestHelp = 100;

/** What `claimsmith` alone and `claimsmith --help` print. */
export function overview(terminal: Terminal): string {
  const { strong } = terminal.paint;
  const rows = Object.entries(commands).map(([name, command]) => [name, command.about] as const);
  return [
    `${strong('claimsmith')} compiles token claims, written once, for every issuer.`,
    '',
    strong('Usage'),
    '  claimsmith <command> [arguments]',
    '',
    strong('Commands'),
    ...table(rows, terminal),
    '',
    strong('Options'),
    ...table(
      [
        ['-h, --help', 'Print this text; after a command, the help of that command.'],
        ['-V, --version', 'Print the version.'],
      ],
      terminal,
    ),
    '',
    strong('Exit codes'),
    ...table(
      [
        ['0', 'fine'],
        ['1', 'failed: a file cannot be read or written'],
        ['2', 'findings of error severity, or unexpected differences'],
        ['3', 'a tenant, org or realm cannot be reached'],
        ['64', 'wrong usage'],
        ['130', 'ended by Ctrl-C'],
      ],
      terminal,
    ),
    '',
    'A spec is enrichment.yaml, .yml, .json or enrichment.config.ts in a folder, or any file that you name.',
    '',
  ].join('\n');
}

/** What `claimsmith <command> --help` prints. */
export async function commandHelp(name: string, command: Command, terminal: Terminal): Promise<string> {
  const { strong } = terminal.paint;
  const flags = Object.entries({ ...command.flags, ...commonFlags });
  const width = helpWidth(terminal);
  const lines = [...fill(command.about, width)];
  for (const paragraph of [...command.details, ...(await needsOf(command))])
    lines.push('', ...fill(paragraph, width));
  lines.push('', strong('Usage'), `  ${usage(name, command)}`);
  if (command.positionals.length > 0) {
    const rows = command.positionals.map(({ name, about }) => [name, about] as const);
    lines.push('', strong('Arguments'), ...table(rows, terminal));
  }
  const options = flags.map(([key, flag]) => [flagTitle(key, flag), flag.about] as const);
  lines.push('', strong('Options'), ...table(options, terminal));
  lines.push('', strong('Examples'), ...command.examples.map((example) => `  ${example}`));
  const exits = command.exits.map(([code, meaning]) => [String(code), meaning] as const);
  lines.push('', strong('Exit codes'), ...table(exits, terminal), '');
  return lines.join('\n');
}

/** The issuers' help for a capability that the command uses. */
async function needsOf({ capability }: Command): Promise<readonly string[]> {
  if (capability === undefined) return [];
  const { exportFormats, issuers } = await import('../issuers.ts');
  if (capability === 'exports') return exportFormats().map(({ about }) => about);
  return issuers.flatMap((issuer) => issuer[capability]?.about ?? []);
}

function usage(name: string, command: Command): string {
  const positionals = command.positionals.map(
    (p) => `${p.required ? `<${p.name}>` : `[${p.name}]`}${p.isRepeated ? ' …' : ''}`,
  );
  return ['claimsmith', name, ...positionals, '[options]'].join(' ');
}

function flagTitle(key: string, flag: Flag): string {
  const value = flag.type === 'string' ? ` <${flag.value ?? 'value'}>` : '';
  return `${flag.short === undefined ? '' : `-${flag.short}, `}--${key}${value}`;
}

function table(rows: readonly (readonly [string, string])[], terminal: Terminal): string[] {
  const column = Math.max(...rows.map(([title]) => title.length)) + 2;
  return rows.flatMap(([title, about]) => {
    const [first = '', ...more] = fill(about, helpWidth(terminal) - 2 - column);
    return [`  ${title.padEnd(column)}${first}`, ...more.map((line) => ' '.repeat(2 + column) + line)];
  });
}

function helpWidth(terminal: Terminal): number {
  return Math.min(terminal.width, widestHelp);
}
