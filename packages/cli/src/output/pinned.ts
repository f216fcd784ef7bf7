import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, systemCode } from '../error.ts';

/*
 * Works in folders that others may change at the same time. Node has no paths relative to an open folder, only to the
 * current one. So this code enters each folder and then checks it: later work stays in that folder, even if the path to
 * it changes. Synchronous throughout.
 */

/**
 * Runs `work` in a folder, entered step by step.
 *
 * @param base an existing folder; links on the way to it are followed
 * @param steps folder names below it; none may be a link
 * @param make whether to create missing folders
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
