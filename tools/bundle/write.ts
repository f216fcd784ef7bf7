import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BuildResult, Metafile } from 'esbuild';
import { thirdPartyLicenses } from './third-party.ts';

/** What the bundler made, not yet written. */
export type Bundle = BuildResult<{ write: false; metafile: true }>;

/** The files of a bundle, by their names in its folder. */
export function filesOf({ outputFiles }: Bundle, outdir: string): Map<string, string> {
  return new Map(outputFiles.map(({ path, text }) => [relative(outdir, path), text]));
}

/**
 * Writes the files of a bundle, and the licenses of what went into it. What is there already stays untouched, and what is
 * no part of the bundle goes: whoever reads the folder meanwhile finds it whole, unless the bundle has changed.
 */
export function writeBundle(files: ReadonlyMap<string, string>, metafile: Metafile, outdir: string): void {
  const all = new Map([...files, ['THIRD-PARTY-LICENSES.txt', thirdPartyLicenses(metafile)]]);
  mkdirSync(outdir, { recursive: true });
  for (const [name, text] of all) {
    const file = join(outdir, name);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  }
  for (const name of readdirSync(outdir)) {
    if (!all.has(name)) rmSync(join(outdir, name), { recursive: true });
  }
}
