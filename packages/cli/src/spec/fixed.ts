import { renameSync, writeFileSync } from 'node:fs';
import { fixedText, isError } from '@claimsmith/core';
import { CliError, systemReason } from '../error.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Loaded } from './load.ts';
import { isScript } from './scripts.ts';

/** A fix may make room for another one. */
const maxRounds = 10;

/**
 * Changes a spec's file where its findings have a fix, until there are none. If a change brought an error, the file is as
 * before.
 *
 * @param examine reads and checks the file anew
 * @returns the spec as it is then
 * @throws {CliError} `io` if the file cannot be written, `usage` for a TypeScript spec
 */
export async function fixed(
  first: Loaded,
  examine: () => Promise<Loaded>,
  terminal: Terminal,
): Promise<Loaded> {
  if (isScript(first.file))
    throw new CliError('usage', '--fix changes YAML and JSON, not a spec in TypeScript');
  let current = first;
  let total = 0;
  for (let round = 0; round < maxRounds; round++) {
    const { source, findings, file } = current;
    const { text, count } = source === undefined ? { text: '', count: 0 } : fixedText(source, findings);
    if (source === undefined || count === 0) break;
    write(file.path, file.name, text);
    const next = await examine();
    if (next.findings.filter(isError).length > findings.filter(isError).length) {
      write(file.path, file.name, current.text);
      break;
    }
    current = next;
    total += count;
  }
  terminal.err(
    `${total === 0 ? 'nothing to fix' : `fixed ${plural(total, 'finding')}`} in ${first.file.name}\n`,
  );
  return current;
}

/** The file has either text, whatever happens meanwhile. */
function write(path: string, name: string, text: string): void {
  try {
    const beside = `${path}.claimsmith-fix`;
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new CliError('io', `${name} cannot be written: ${systemReason(error)}`);
  }
}
