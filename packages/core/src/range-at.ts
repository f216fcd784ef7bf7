import type { Path, SourceRange, SpecSource } from './finding.ts';
import { linesOf } from './lines.ts';

/**
 * A stretch of a spec's text as a range with the innermost part of the spec around it.
 *
 * @param start UTF-16 offset into the text
 * @param end exclusive
 */
export function rangeAt(
  { file, text, value }: SpecSource,
  data: unknown,
  start: number,
  end: number,
): SourceRange {
  const holds = (path: Path) => {
    const range = value(path);
    return range.start.offset <= start && end <= range.end.offset;
  };
  let path: Path = [];
  for (let inner: unknown = data; typeof inner === 'object' && inner !== null; ) {
    const around = path;
    const isList = Array.isArray(inner);
    const step = Object.entries(inner).find(([key]) => holds([...around, isList ? Number(key) : key]));
    if (step === undefined) break;
    path = [...path, isList ? Number(step[0]) : step[0]];
    inner = step[1];
  }
  const { position } = linesOf(text);
  return { file, start: position(start), end: position(end), path };
}
