import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const workspace = fileURLToPath(new URL('../..', import.meta.url));

const texts = z.record(z.string(), z.string());

/** What these tests read of a package.json. */
const manifestSchema = z.object({
  name: z.string(),
  private: z.boolean().optional(),
  version: z.string(),
  description: z.string().optional(),
  license: z.string().optional(),
  homepage: z.string().optional(),
  repository: z.object({ type: z.string(), url: z.string(), directory: z.string() }).optional(),
  publishConfig: z.object({ access: z.string(), provenance: z.boolean() }).optional(),
  engines: z.object({ node: z.string() }).optional(),
  bin: texts.optional(),
  files: z.array(z.string()).optional(),
  exports: z.record(z.string(), texts).optional(),
  dependencies: texts.default({}),
  peerDependencies: texts.default({}),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).default({}),
});
export type Manifest = z.output<typeof manifestSchema>;

/** What these tests read of the package.json of an installed package. */
const installedSchema = manifestSchema
  .pick({ name: true, dependencies: true })
  .extend({ engines: z.object({ node: z.string().default('*') }).catch({ node: '*' }) });

export function readInstalled(path: string): z.output<typeof installedSchema> {
  return installedSchema.parse(readJson(join(path, 'package.json')));
}

/** A package that goes to the registry. */
export interface Published {
  /** Under `packages`. */
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Every package that goes to the registry, by the folders there are. */
export function publishedPackages(): readonly Published[] {
  return readdirSync(join(workspace, 'packages'))
    .map((folder) => {
      const path = join(workspace, 'packages', folder);
      return { folder, path, manifest: manifestSchema.parse(readJson(join(path, 'package.json'))) };
    })
    .filter(({ manifest }) => manifest.private !== true);
}
