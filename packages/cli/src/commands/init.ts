import { lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, systemCode, systemReason } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { firstScenario, firstSpec } from '../first-files.ts';
import type { FlagsOf } from '../flags.ts';
import { issuers } from '../issuers.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { shellWord } from '../output/text.ts';
import { shown } from '../spec/find.ts';

/** Writes a spec and a scenario to start from; all files or none. */
export async function init(
  terminal: Terminal,
  [folder]: readonly string[],
  flags: FlagsOf<'init'>,
): Promise<ExitCode> {
  const root = resolve(terminal.cwd, folder ?? '.');
  if (isFile(root))
    throw new CliError(
      'io',
      `${shown(root, terminal.cwd)} is a file: name the folder that is to hold the spec`,
    );
  const files = [
    { path: join(root, 'enrichment.yaml'), content: firstSpec(issuers) },
    { path: join(root, 'scenarios', 'first.yaml'), content: firstScenario },
  ];
  const written: string[] = [];
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(path), { recursive: true });
      if (dirname(path) !== root) assertNoLink(dirname(path), terminal.cwd);
      // `wx` fails if the file exists, without a gap between the test and the write.
      writeFileSync(path, content, { flag: 'wx' });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    if (error instanceof CliError) throw error;
    const failed = shown(files[written.length]?.path ?? root, terminal.cwd);
    const reason =
      systemCode(error) === 'EEXIST' ? 'exists already' : `cannot be written: ${systemReason(error)}`;
    throw new CliError('io', `${failed} ${reason}; nothing was written`, { cause: error });
  }
  const names = written.map((path) => shown(path, terminal.cwd));
  if (flags.json) {
    terminal.out(jsonDocument({ written: names }));
    return exit.fine;
  }
  const { program } = terminal;
  const { good, strong, faint } = terminal.paint;
  const where = folder === undefined ? '' : ` ${shellWord(folder)}`;
  terminal.out(
    [
      ...names.map((name) => `${good('✓')} ${name}`),
      '',
      `Next: ${strong(`${program} check${where}`)}    ${faint('says what is wrong, at every issuer')}`,
      `      ${strong(`${program} preview${where}`)}  ${faint('shows the tokens of your scenarios')}`,
      `      ${strong(`${program} test${where}`)}     ${faint('proves that all issuers sign the same')}`,
      '',
    ].join('\n'),
  );
  return exit.fine;
}

/** Checks that files stay in their output folder. */
function assertNoLink(folder: string, cwd: string): void {
  if (!lstatSync(folder).isSymbolicLink()) return;
  throw new CliError('io', `${shown(folder, cwd)} is a link to another folder; nothing was written`);
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    // It is not there yet, or writing will say what is wrong with it.
    return false;
  }
}
