import type { Finding, Path, Span, SpecSource } from './finding.ts';

/** One stretch of a text, and what stands there instead. */
export interface Edit extends Span {
  readonly text: string;
}

/**
 * The text of a YAML spec with the fixes of its findings. Comments and layout stay, except for those of a removed part. A
 * part that others refer to with an alias stays. What is accepted stays too.
 *
 * @returns the same text if there is nothing to fix, and how many findings were fixed
 */
export function fixedText(
  source: SpecSource,
  findings: readonly Finding[],
): { readonly text: string; readonly count: number } {
  const fixes = findings
    .map((finding) => editsOf(source, finding))
    .filter((edits) => edits.length > 0)
    .sort((a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a));
  let text = '';
  let from = 0;
  let count = 0;
  for (const edits of fixes) {
    // What overlaps waits for the next round.
    if (startOf(edits) < from) continue;
    for (const { start, end, text: added } of edits) {
      text += source.text.slice(from, start) + added;
      from = end;
    }
    count += 1;
  }
  return { text: text + source.text.slice(from), count };
}

/** The edits that fix a finding, from the start of the text on; empty if it has no fix, or is accepted. */
export function editsOf(source: SpecSource, { fix, range, accepted }: Finding): readonly Edit[] {
  if (fix === undefined || range === undefined || accepted !== undefined) return [];
  if (fix === 'quote') return quotesAround(source.text, range.start.offset, range.end.offset);
  if ('over' in fix) {
    const { start, end } = fix.over;
    return [{ start: start.offset, end: end.offset, text: fix.text }];
  }
  const span = spanToRemove(source, fix.remove);
  return span === undefined ? [] : [{ ...span, text: '' }];
}

/** Single quotes around a text, and each in it twice. Nothing of the text itself is written. */
function quotesAround(text: string, start: number, end: number): readonly Edit[] {
  const inner = [...text.slice(start, end).matchAll(/'/g)].map(({ index }) => start + index);
  return [start, ...inner, end].map((at) => ({ start: at, end: at, text: "'" }));
}

function startOf(edits: readonly Edit[]): number {
  return edits[0]?.start ?? 0;
}

function endOf(edits: readonly Edit[]): number {
  return edits.at(-1)?.end ?? 0;
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
  if (isOwnLine && /^\s*(#[^\n]*)?$/.test(rest)) return ownLines(text, lineStart, end + rest.length);
  const [after] = /^\s*,[ \t]*/.exec(text.slice(end)) ?? [];
  if (after !== undefined) return { start, end: end + after.length };
  const [ahead = ''] = /,\s*$/.exec(text.slice(0, start)) ?? [];
  const [closing] = /^\s*[}\]]/.exec(text.slice(end)) ?? [];
  if (closing === undefined) return undefined;
  if (ahead !== '') return { start: start - ahead.length, end };
  // The only part of `{ … }` leaves `{}`.
  const [space] = /(?<=\{)\s*$/.exec(text.slice(0, start)) ?? [];
  return space === undefined ? undefined : { start: start - space.length, end: end + closing.length - 1 };
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
