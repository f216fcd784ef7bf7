import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from './process.ts';
import { workspace } from './published.ts';

/**
 * A Node of this version: the one that runs us, or npm's package of it, kept in `.cache`.
 * Undefined if the registry has none for this platform.
 */
export async function nodeOf(version: string): Promise<string | undefined> {
  if (process.versions.node === version) return process.execPath;
  const folder = join(workspace, '.cache', 'node', version);
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`];
  try {
    await npm(process.execPath, folder, args);
  } catch (error) {
    console.warn(`skipped: Node ${version} cannot be had: ${String(error)}`);
    return undefined;
  }
  return path;
}
