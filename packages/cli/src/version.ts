import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of this package, from source as well as bundled. */
export function version(): string {
  const path = findPackageJSON(import.meta.url);
  const data: unknown = path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'));
  return typeof data === 'object' && data !== null && 'version' in data ? String(data.version) : 'unknown';
}
