import type { Finding, Path, Span, SpecSource } from './finding.ts';

interface Edit extends Span {
  readonly text: string;
}

/**
 * The text of a YAML spec with the fixes of its findings. Comments and layout stay, except for those of a removed part. A
 * part that others refer to with an alias stays.
 *
 * @returns the same text if there is nothing to fix, and how many findings were fixed
 */
export function fixedText(
  source: SpecSource,
  findings: readonly Finding[],
): { readonly text: string; readonly count: number } {
  const edits = findings
    .flatMap((finding) => editOf(source, finding) ?? [])
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let text = '';
  let from = 0;
  let count = 0;
  for (const { start, end, text: added } of edits) {
    // What overlaps waits for the next round.
    if (start < from) continue;
    text += source.text.slice(from, start) + added;
    from = end;
    count += 1;
  }
  return { text: text + source.text.slice(from), count };
}

function editOf(source: SpecSource, { fix, range }: Finding): Edit | undefined {
  if (fix === undefined || range === undefined) return undefined;
  if (fix === 'quote') {
    const { start, end } = { start: range.start.offset, end: range.end.offset };
    return { start, end, text: `'${source.text.slice(start, end).replaceAll("'", "''")}'` };
  }
  const span = spanToRemove(source, fix.remove);
  return span && { ...span, text: '' };
}

/** The part of the text that says a key and its value, or an element of a list, and what separates it from others. */
function spanToRemove({ text, key, value }: SpecSource, path: Path): Span | undefined {
  const isElement = typeof path.at(-1) === 'number';
  const said = value(path);
  const start = (isElement ? said : key(path)).start.offset;
  const end = said.end.offset;
  if (start >= end || text.slice(start, end).includes('&')) return undefined;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const [rest = ''] = /^[^\n]*/.exec(text.slice(end)) ?? [];
  const isOwnLine = isElement ? /^\s*-\s+$/.test(before) : /^\s*$/.test(before);
  if (isOwnLine && /^\s*(#.*)?$/.test(rest)) return ownLines(text, lineStart, end + rest.length);
  const [after] = /^\s*,[ \t]*/.exec(text.slice(end)) ?? [];
  if (after !== undefined) return { start, end: end + after.length };
  const [ahead = ''] = /,\s*$/.exec(text.slice(0, start)) ?? [];
  const [closing] = /^\s*[}\]]/.exec(text.slice(end)) ?? [];
  return ahead === '' || closing === undefined ? undefined : { start: start - ahead.length, end };
}

/** Whole lines; undefined if nothing would be left of what they belong to. */
function ownLines(text: string, start: number, end: number): Span | undefined {
  const [indent = ''] = /^[ \t]*/.exec(text.slice(start)) ?? [];
  const isSibling = (line: string) => line.startsWith(indent) && /^[^\s#]/.test(line.slice(indent.length));
  const isOutside = (line: string) => /\S/.test(line) && !/^\s*#/.test(line) && !line.startsWith(indent);
  const above = text.slice(0, start).split('\n').slice(0, -1).reverse();
  const below = text.slice(end + 1).split('\n');
  const near = (lines: readonly string[]) => lines.slice(0, lines.findIndex(isOutside) >>> 0).some(isSibling);
  return near(above) || near(below) ? { start, end: Math.min(end + 1, text.length) } : undefined;
}
