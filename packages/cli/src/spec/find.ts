import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError, systemCode, systemReason } from '../error.ts';

/** The names a spec has in its folder, in the order they are looked for. */
export const specNames = [
  'enrichment.yaml',
  'enrichment.yml',
  'enrichment.json',
  'enrichment.config.ts',
] as const;

/** Where a spec is. */
export interface SpecFile {
  /** Absolute. */
  readonly path: string;
  /** For people: relative to the current folder, with forward slashes. */
  readonly name: string;
  /** The folder it is in, absolute. */
  readonly folder: string;
  /** Whether the file itself was named, not only its folder. */
  readonly isNamed: boolean;
}

/**
 * Finds the spec of an argument: a file, or a folder that contains one. Default: the current folder.
 *
 * @throws {CliError} `not_found` if there is no spec, or a folder has two; `io` if it cannot be read
 */
export function findSpec(argument: string | undefined, cwd: string): SpecFile {
  const path = resolve(cwd, argument ?? '.');
  const kind = kindOf(path);
  if (kind === 'file') return specFile(path, cwd, true);
  if (kind === 'none') throw new CliError('not_found', `${shown(path, cwd)}: no such file or folder`);
  const found: string[] = [];
  for (const name of specNames) {
    if (kindOf(join(path, name)) === 'file') found.push(name);
  }
  const [first, second] = found;
  const where = path === resolve(cwd) ? 'here' : `in ${shown(path, cwd)}`;
  if (first === undefined) {
    throw new CliError(
      'not_found',
      `no spec ${where}: looked for ${specNames.join(', ')}; claimsmith init starts one`,
    );
  }
  if (second !== undefined) {
    throw new CliError('not_found', `two specs ${where}, ${first} and ${second}: name the one you mean`);
  }
  return specFile(join(path, first), cwd, false);
}

function specFile(path: string, cwd: string, isNamed: boolean): SpecFile {
  return { path, name: shown(path, cwd), folder: dirname(path), isNamed };
}

/** Synchronous, as a spec is read: a command has nothing else to do, and Node's promises of files take a while to load. */
function kindOf(path: string): 'file' | 'folder' | 'none' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
    throw new CliError('io', `${basename(path)} cannot be looked at: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

/** A path for people: relative if that is shorter, with forward slashes. */
export function shown(path: string, cwd: string): string {
  const near = relative(cwd, path);
  const name = near !== '' && !near.startsWith('..') ? near : near === '' ? '.' : shorter(near, path);
  return name.replaceAll('\\', '/');
}

function shorter(a: string, b: string): string {
  return a.length < b.length ? a : b;
}
