import { join } from 'node:path';
import { z } from 'zod';
import { npm } from './process.ts';
import { type Published, workspace } from './published.ts';

/** A packed package: its archive, and the files in it. */
export interface Tarball extends Published {
  readonly archive: string;
  readonly files: readonly string[];
}

const report = z.array(
  z.object({ name: z.string(), filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
);

/** Packs packages as they would be published, into a folder. */
export async function pack(packages: readonly Published[], folder: string): Promise<readonly Tarball[]> {
  const args = ['pack', '--json', '--pack-destination', folder, ...packages.map(({ path }) => path)];
  const packed = report.parse(JSON.parse(await npm(process.execPath, workspace, args)));
  return packages.map((one) => {
    const found = packed.find(({ name }) => name === one.manifest.name);
    if (found === undefined) throw new Error(`${one.manifest.name} was not packed`);
    return {
      ...one,
      archive: join(folder, found.filename),
      files: found.files.map(({ path }) => path),
    };
  });
}
