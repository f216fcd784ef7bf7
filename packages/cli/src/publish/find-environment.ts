import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CliError, systemCode, systemReason } from '../error.ts';
import { nearest } from '../nearest.ts';
import { visible } from '../output/text.ts';
import { type SpecFile, shown } from '../spec/find.ts';

const endings = ['.yaml', '.yml', '.json'];
const folderName = 'environments';

/** Where an environment is. */
export interface EnvironmentFile {
  /** Absolute. */
  readonly path: string;
  /** For people: relative to the current folder, with forward slashes. */
  readonly file: string;
  /** Its own name: `prod` of `environments/prod.yaml`. */
  readonly name: string;
  /** The folder it is in, absolute. */
  readonly folder: string;
  /** Whether the file itself was named by a path. */
  readonly isNamed: boolean;
}

/**
 * Finds an environment in the folder `environments` beside the spec, by its name or by a path.
 *
 * @param argument a name, or the path of a file; undefined: the only one in the folder
 * @throws {CliError} `not_found`, `io`, or `usage` if it must be named
 */
export async function findEnvironment(
  argument: string | undefined,
  spec: Pick<SpecFile, 'folder'>,
  cwd: string,
): Promise<EnvironmentFile> {
  if (argument !== undefined && isPath(argument)) return environmentFile(resolve(cwd, argument), cwd, true);
  const folder = join(spec.folder, folderName);
  const files = filesIn(folder, shown(folder, cwd));
  if (argument === undefined) return only(files, folder, cwd);
  const [first, second] = files.filter((file) => nameOf(file) === argument);
  if (first === undefined) throw await unknown(argument, files, shown(folder, cwd));
  if (second !== undefined) {
    const where = shown(folder, cwd);
    throw new CliError(
      'not_found',
      `two environments in ${where}, ${first} and ${second}: remove one of them`,
    );
  }
  return environmentFile(join(folder, first), cwd, false);
}

function isPath(argument: string): boolean {
  return /[\\/]/.test(argument) || endings.includes(extname(argument));
}

function only(files: readonly string[], folder: string, cwd: string): EnvironmentFile {
  const [first, second] = files;
  const where = shown(folder, cwd);
  if (first === undefined) {
    throw new CliError(
      'not_found',
      `no environment in ${where}: write ${where}/prod.yaml, as docs/publishing.md shows`,
    );
  }
  if (second !== undefined) {
    const names = [...new Set(files.map(nameOf))].join(', ');
    throw new CliError('usage', `several environments in ${where}: name one with --env, of ${names}`);
  }
  return environmentFile(join(folder, first), cwd, false);
}

async function unknown(name: string, files: readonly string[], where: string): Promise<CliError> {
  const names = [...new Set(files.map(nameOf))];
  const list = names.length === 0 ? `; ${where} has none` : `; the environments are ${names.join(', ')}`;
  return new CliError(
    'not_found',
    `unknown environment "${visible(name)}"${(await nearest(name, names)) || list}`,
  );
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}

function environmentFile(path: string, cwd: string, isNamed: boolean): EnvironmentFile {
  return { path, file: shown(path, cwd), name: nameOf(path), folder: dirname(path), isNamed };
}

function filesIn(folder: string, name: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name)))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError('io', `${name} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
