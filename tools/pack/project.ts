import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './process.ts';
import { workspace } from './published.ts';
import type { Tarball } from './tarballs.ts';

/** How packages are installed into a project. */
export interface Setup {
  readonly node: string;
  readonly strategy: 'hoisted' | 'linked';
  /** Packages of types that the project has of its own, and their ranges. */
  readonly types: Readonly<Record<string, string>>;
}

/**
 * An empty project into which packed packages are installed, each with what it depends on. Packages of this workspace
 * come from their archives, and all else from the registry. A Node that any package refuses is an error.
 *
 * @param names what the project itself depends on; with `linked` it can import nothing else
 */
export async function createProject(
  folder: string,
  tarballs: readonly Tarball[],
  names: readonly string[],
  { node, strategy, types }: Setup,
): Promise<void> {
  const archives = new Map(tarballs.map(({ manifest: { name }, archive }) => [name, `file:${archive}`]));
  const own = names.map((name) => [name, archives.get(name)] as const);
  const rest = [...archives].filter(([name]) => !names.includes(name));
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'project',
    private: true,
    type: 'module',
    devDependencies: { ...types, ...Object.fromEntries(own) },
    overrides: Object.fromEntries(rest),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const flags = ['--engine-strict', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await npm(node, folder, ['install', `--install-strategy=${strategy}`, ...flags]);
}

/** The first block of a language in a page of this workspace. */
export function blockOf(page: string, language: string): string {
  const text = readFileSync(join(workspace, page), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1];
  if (block === undefined) throw new Error(`${page} has no block of ${language}`);
  return block;
}
