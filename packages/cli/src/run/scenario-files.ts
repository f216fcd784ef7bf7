import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Finding } from '@claimsmith/core';
import { CliError, systemCode, systemReason } from '../error.ts';
import { shown } from '../spec/find.ts';

/** Which files below the folder `scenarios` are read. */
export interface ScenarioFiles {
  /** Relative to the folder, with forward slashes, in the order of their names. */
  readonly names: readonly string[];
  /** Files that look as if they were to be read, and are not. */
  readonly findings: readonly Finding[];
}

/**
 * Finds scenarios in the folder and below it: files that end in `.yaml`, `.yml` or `.json`, in any case.
 *
 * @param folder absolute
 * @throws {CliError} `not_found` if there is none
 */
export async function scenarioFiles(folder: string, cwd: string): Promise<ScenarioFiles> {
  const all = await below(folder, cwd);
  const names = all.filter(({ name }) => /\.(?:ya?ml|json)$/i.test(name)).map(({ name }) => name);
  const findings = all
    .filter(({ name, isLink }) => !names.includes(name) && (isLink || isAlmost(name)))
    .map(({ name }): Finding => {
      const file = shown(join(folder, name), cwd);
      return { rule: 'TE018', severity: 'warning', message: `${file} is not read.`, range: undefined, help };
    });
  if (names.length > 0) return { names, findings };
  const [almost] = findings;
  const way = almost ? `${almost.message} ${help}` : 'claimsmith init writes the first ones';
  throw new CliError('not_found', `no scenario in ${shown(folder, cwd)}; ${way}`);
}

const help = 'A file of scenarios ends in .yaml, .yml or .json; a link to a folder is not followed.';

interface Entry {
  readonly name: string;
  readonly isLink: boolean;
}

/** Files and links below a folder, in the order of their names; what is hidden is left out. */
async function below(folder: string, cwd: string): Promise<readonly Entry[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => ({
        name: relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'),
        isLink: entry.isSymbolicLink(),
      }))
      .filter(({ name }) => !/(?:^|\/)(?:\.|node_modules\/)/.test(name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError('io', `${shown(folder, cwd)} cannot be read: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

/** `a.jsonc`, `b.yaml.txt`, `c.yml~`, `d.ymal`. */
function isAlmost(name: string): boolean {
  return /\.(?:y(?:a|m|l){1,3}|json)[^/]*$/i.test(name);
}
