import type { Path, Span, SpecSource } from '../finding.ts';
import { linesOf } from '../lines.ts';

/**
 * Finds the places of a spec's data in its text; undefined for data without a place. YAML and JSON have a locator; for
 * a TypeScript spec it comes from the code that evaluated the script.
 */
export interface Locator {
  /** The key at `path`, quotes included. */
  key(path: Path): Span | undefined;
  /** The value at `path`, quotes included. */
  value(path: Path): Span | undefined;
  /** The part `start`..`end` (UTF-16 offsets into the decoded string) of the string at `path`. */
  within?(path: Path, start: number, end: number): Span | undefined;
}

/** A `SpecSource` over a text and its locator. A path without a place gets that of its nearest ancestor. */
export function sourceOf(file: string, text: string, locator: Locator | undefined): SpecSource {
  const { position } = linesOf(text);
  const range = ({ start, end }: Span, path: Path) => ({
    file,
    start: position(start),
    end: position(end),
    path,
  });

  function nearest(path: Path, place: (path: Path) => Span | undefined): Span {
    for (let length = path.length; length >= 0; length -= 1) {
      const span = place(path.slice(0, length));
      if (span) return span;
    }
    return { start: 0, end: 0 };
  }
  const value = (path: Path) => nearest(path, (at) => locator?.value(at));
  return {
    file,
    text,
    value: (path) => range(value(path), path),
    key: (path) =>
      range(
        nearest(path, (at) => locator?.key(at) ?? locator?.value(at)),
        path,
      ),
    within: (path, start, end) => range(locator?.within?.(path, start, end) ?? value(path), path),
  };
}
