import { CliError } from '../error.ts';

/** Cedar itself, compiled to WebAssembly by its authors. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/**
 * Loads Cedar from where this command is installed. The folder of a spec may be somebody else's, so no code is loaded from there.
 *
 * @throws {CliError} `not_found` if it is not there, or too old
 */
export async function loadCedar(): Promise<Cedar> {
  try {
    return current(await import('@cedar-policy/cedar-wasm/nodejs'));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('not_found', `Cedar is not installed beside claimsmith: ${install}`, { cause });
  }
}

const install = 'npm install --save-dev claimsmith @cedar-policy/cedar-wasm@4';

/** @throws {CliError} `not_found` if a version has not all that is needed; older ones lack the function that came last */
export function current<T extends object>(cedar: T): T {
  if ('schemaToJsonWithResolvedTypes' in cedar) return cedar;
  throw new CliError('not_found', `the Cedar that is installed beside claimsmith is too old: ${install}`);
}
