import { fill, type Setting } from '../fill.ts';

/**
 * - `setting`: a `${NAME}` is missing, or its value cannot be used at its place in the spec
 * - `address`: a connection or an endpoint that cannot be used as written
 * - `driver`: the package for this kind of source is not installed
 * - `connection`: the source does not answer, or refuses us
 * - `secret`: the secret of the shared cache is too short
 */
export type SourceErrorCode = 'setting' | 'address' | 'driver' | 'connection' | 'secret';

/** Why a source cannot be asked. Its message names the source and what to do, never a value. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  /** The name of the source in the spec; `sharedCache` for the second level of the cache. */
  readonly source: string;

  constructor(code: SourceErrorCode, source: string, message: string) {
    super(`${source}: ${message}`);
    this.code = code;
    this.source = source;
  }
}

/**
 * Checks that every setting in a text has a value that may be used.
 *
 * @throws SourceError that names the setting
 */
export function requireSettings(source: string, text: string, setting: Setting): void {
  fill(text, (name) => {
    try {
      return setting(name);
    } catch {
      throw new SourceError(
        'setting',
        source,
        `the setting \`${name}\` is not set, or is not printable ASCII`,
      );
    }
  });
}
