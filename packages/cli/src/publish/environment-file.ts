import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CliError, systemCode, systemReason } from '../error.ts';
import { nearest } from '../nearest.ts';
import { type SpecFile, shown } from '../spec/find.ts';

/** An environment's file. */
export interface EnvironmentFile {
  /** `prod`: its file name without the ending. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Absolute. Paths in the file are relative to it. */
  readonly folder: string;
}

/** The folder beside a spec. */
const folderName = 'environments';
const endings = ['.yaml', '.yml', '.json'] as const;

/**
 * Finds the file of `--env`: a name of the folder `environments` beside the spec, or a path. Without it, the only file there.
 *
 * @throws {CliError} `not_found` or `usage`
 */
export async function findEnvironment(
  asked: string | undefined,
  spec: SpecFile,
  cwd: string,
): Promise<EnvironmentFile> {
  if (asked !== undefined && /[\\/]|\.(ya?ml|json)$/.test(asked)) return byPath(asked, cwd);
  const folder = join(spec.folder, folderName);
  const files = filesIn(folder, cwd);
  const where = shown(folder, cwd);
  if (files.length === 0) {
    throw new CliError(
      'not_found',
      `no environment: ${where} has no .yaml file; docs/publishing.md shows one`,
    );
  }
  const names = files.map(({ name }) => name);
  if (asked === undefined) {
    const [only, second] = files;
    if (only !== undefined && second === undefined) return only;
    throw new CliError('usage', `name the environment: --env ${names.join(' or --env ')}`);
  }
  const [found, second] = files.filter(({ name }) => name === asked);
  if (second !== undefined) {
    throw new CliError('usage', `${where} has two files of the environment ${asked}; name the file you mean`);
  }
  if (found !== undefined) return found;
  const near = (await nearest(asked, names)) || `; there are ${names.join(', ')}`;
  throw new CliError('not_found', `no environment "${asked}" in ${where}${near}`);
}

function byPath(path: string, cwd: string): EnvironmentFile {
  const absolute = resolve(cwd, path);
  if (!statSync(absolute, { throwIfNoEntry: false })?.isFile()) {
    throw new CliError('not_found', `${shown(absolute, cwd)}: no such file`);
  }
  return fileAt(absolute);
}

function filesIn(folder: string, cwd: string): readonly EnvironmentFile[] {
  try {
    return readdirSync(folder)
      .filter((file) => endings.some((ending) => extname(file) === ending))
      .toSorted()
      .map((file) => fileAt(join(folder, file)));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw new CliError('io', `${shown(folder, cwd)}: ${systemReason(error)}`);
  }
}

function fileAt(path: string): EnvironmentFile {
  return { name: basename(path, extname(path)), path, folder: dirname(path) };
}
