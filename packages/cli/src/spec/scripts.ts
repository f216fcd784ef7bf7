import { basename } from 'node:path';
import { CliError } from '../error.ts';
import type { SpecFile } from './find.ts';

/**
 * Which TypeScript specs may run; they run with all the rights of this process.
 * - `any`: any that is found
 * - `named`: only one that the command line names, not one found in a folder
 * - `none`
 */
export type Scripts = 'any' | 'named' | 'none';

/** In CI, anybody may have written the content of a folder, as in a pull request. */
export function scriptsOf(
  { isCi }: { readonly isCi: boolean },
  flags: { readonly 'no-scripts': boolean },
): Scripts {
  if (flags['no-scripts']) return 'none';
  return isCi ? 'named' : 'any';
}

export function isScript({ path }: SpecFile): boolean {
  return /\.[cm]?ts$/.test(basename(path));
}

/** @throws {CliError} `script` for a TypeScript spec that may not run */
export function assertMayRun(file: SpecFile, scripts: Scripts): void {
  if (!isScript(file) || scripts === 'any' || (scripts === 'named' && file.isNamed)) return;
  const why =
    scripts === 'none'
      ? '--no-scripts is given: write it in YAML or JSON'
      : `in CI (CI is set) it runs only if you name the file, not just its folder: name ${file.name} if you trust it`;
  throw new CliError('script', `${file.name} is a TypeScript spec, which is code; ${why}`);
}
