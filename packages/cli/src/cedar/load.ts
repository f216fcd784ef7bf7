import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../error.ts';

/** Cedar itself, compiled to WebAssembly by its authors. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

const name = '@cedar-policy/cedar-wasm';

/**
 * Loads Cedar from where this command is installed, else from where the spec is.
 *
 * @throws {CliError} `not_found` if it is in neither place
 */
export async function loadCedar(folder: string): Promise<Cedar> {
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs');
  } catch {
    return await loadBeside(folder);
  }
}

async function loadBeside(folder: string): Promise<Cedar> {
  try {
    const path = createRequire(join(folder, 'package.json')).resolve(`${name}/nodejs`);
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new CliError('not_found', `Cedar is not installed: npm install --save-dev ${name}@4`, { cause });
  }
}
