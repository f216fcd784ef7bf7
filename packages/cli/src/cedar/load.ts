import { CliError } from '../error.ts';

/** Cedar itself, compiled to WebAssembly by its authors. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/**
 * Loads Cedar from where this command is installed. The folder of a spec may be somebody else's, so no code is loaded from there.
 *
 * @throws {CliError} `not_found` if it is not there
 */
export async function loadCedar(): Promise<Cedar> {
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs');
  } catch (cause) {
    throw new CliError(
      'not_found',
      'Cedar is not installed beside claimsmith: npm install --save-dev claimsmith @cedar-policy/cedar-wasm@4',
      { cause },
    );
  }
}
