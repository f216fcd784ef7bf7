import { fill, type Setting } from '../fill.ts';

/**
 * - `setting`: a `${NAME}` that is not given, or cannot stand where the spec puts it
 * - `address`: a connection or an endpoint that cannot be used as it is written
 * - `driver`: the package that speaks to this kind of source is not installed
 * - `connection`: the source does not answer, or refuses us
 * - `secret`: what the shared cache is sealed with is too short
 */
export type SourceErrorCode = 'setting' | 'address' | 'driver' | 'connection' | 'secret';

/** Why a source cannot be asked. Its message names the source and what to do, never a value. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  /** The source, as the spec names it; for the second level of the cache `sharedCache`. */
  readonly source: string;

  constructor(code: SourceErrorCode, source: string, message: string) {
    super(`${source}: ${message}`);
    this.code = code;
    this.source = source;
  }
}

/**
 * Fails where a text has a setting that is not given or may not be used.
 *
 * @throws SourceError that names it
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
