import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, systemCode } from '../error.ts';

/*
 * Work inside folders that others may be changing meanwhile. Node has no paths relative to an open folder but those
 * relative to the current one, so each step is entered, and then looked at: what is done there stays there, whatever
 * becomes of the way to it. Synchronous throughout.
 */

/**
 * Runs `work` in a folder, entered step by step.
 *
 * @param base a folder that exists; links on the way to it are followed
 * @param steps below it, none of which may be a link
 * @param make whether steps that are not there are made
 * @throws {CliError} `io` for a step that is a link, or becomes one
 */
export function inFolder<T>(base: string, steps: readonly string[], make: boolean, work: () => T): T {
  return entered(base, realpathSync(base), () => down(steps, make, work));
}

/** The same below the current folder. */
export function down<T>(steps: readonly string[], make: boolean, work: () => T): T {
  const [step, ...rest] = steps;
  if (step === undefined) return work();
  const target = join(realpathSync('.'), step);
  if (make) makeFolder(step);
  if (lstatSync(step).isSymbolicLink()) throw linked(target);
  return entered(step, target, () => down(rest, make, work));
}

function entered<T>(folder: string, real: string, work: () => T): T {
  const before = process.cwd();
  process.chdir(folder);
  try {
    if (realpathSync('.') !== real) throw linked(real);
    return work();
  } finally {
    process.chdir(before);
  }
}

function makeFolder(name: string): void {
  try {
    mkdirSync(name);
  } catch (error) {
    // It is there, or another build was quicker.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function linked(folder: string): CliError {
  return new CliError(
    'io',
    `${folder} is a link, and what is built would be written to where it leads: choose another --out`,
  );
}
