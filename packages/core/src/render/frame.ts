import type { SourceRange } from '../finding.ts';
import { type Lines, linesOf } from '../lines.ts';
import { type Cell, cellsOf } from './display.ts';
import type { Paint } from './paint.ts';

export interface FrameText {
  readonly text: string;
  readonly lines: Lines;
}

export function frameText(text: string): FrameText {
  return { text, lines: linesOf(text) };
}

/** For a longer range, the first lines and the last are shown. */
const maxLines = 5;
/** How many lines above are searched for the mapping's key. */
const maxLinesAbove = 200;
/** For a very long line, how much around the range is shown, in UTF-16 units. */
const reach = 300;

/** The lines of a range with the range underlined, the line above it that says where we are, all within `width`. */
export function codeFrame(
  source: FrameText,
  range: SourceRange,
  width: number,
  paint: Paint,
  mark: Paint['error'],
): string[] {
  const { line: first } = range.start;
  const last = range.end.column === 1 && range.end.line > first ? range.end.line - 1 : range.end.line;
  const digits = String(last).length;
  const gutter = (label: string) => paint.dim(`${label.padStart(digits + 2)} │ `);
  const room = Math.max(width - digits - 5, 20);
  const frame: string[] = [];

  const above = parentLine(source, first);
  if (above !== undefined) {
    const { start } = source.lines.line(above);
    frame.push(gutter(String(above)) + paint.dim(show(source, above, { start, end: start }, room).text));
    if (above < first - 1) frame.push(gutter('⋮'));
  }
  if (first === last) {
    const shown = show(source, first, { start: range.start.offset, end: range.end.offset }, room);
    frame.push(gutter(String(first)) + shown.text);
    frame.push(gutter('') + ' '.repeat(shown.before) + mark('━'.repeat(shown.marked)));
    return frame;
  }
  const hidden = last - first + 1 > maxLines;
  for (let number = first; number <= last; number += 1) {
    if (hidden && number === first + maxLines - 2) {
      frame.push(gutter('⋮') + mark('┃'));
      number = last;
    }
    const { start } = source.lines.line(number);
    frame.push(
      `${gutter(String(number))}${mark('┃')} ${show(source, number, { start, end: start }, room - 2).text}`,
    );
  }
  return frame;
}

/** The nearest line above that is indented less: in YAML, the key that the line belongs to. */
function parentLine({ text, lines }: FrameText, number: number): number | undefined {
  const indentOf = (line: number) => {
    const { start, end } = lines.line(line);
    const content = /[^ \t]/.exec(text.slice(start, Math.min(end, start + reach)));
    return content && content[0] !== '#' ? content.index : undefined;
  };
  const own = indentOf(number);
  if (own === undefined || own === 0) return undefined;
  for (let line = number - 1; line > 0 && line >= number - maxLinesAbove; line -= 1) {
    const indent = indentOf(line);
    if (indent !== undefined && indent < own) return line;
  }
  return undefined;
}

interface ShownLine {
  readonly text: string;
  /** Columns before the marked part. */
  readonly before: number;
  readonly marked: number;
}

/** One line, cut to `room` columns around the part between two offsets of the text. */
function show(
  { text, lines }: FrameText,
  number: number,
  part: { start: number; end: number },
  room: number,
): ShownLine {
  const line = lines.line(number);
  const from = Math.max(line.start, part.start - reach);
  const to = Math.min(line.end, part.end + reach, part.start + 2 * reach);
  const cells = cellsOf(text.slice(from, to));
  const isBefore = (cell: Cell) => from + cell.end <= part.start;
  const isMarked = (cell: Cell) => !isBefore(cell) && from + cell.start < part.end;
  const markedAt = cells.filter(isBefore).length;

  const whole = from === line.start && to === line.end && widthOf(cells) <= room;
  const begin = whole ? 0 : windowStart(cells, markedAt, from > line.start, room);
  const cutLeft = begin > 0 || from > line.start;
  let end = begin;
  let used = cutLeft ? 1 : 0;
  // One column stays free for the sign that the line goes on.
  while (end < cells.length && used + (cells[end]?.width ?? 0) <= (whole ? room : room - 1)) {
    used += cells[end]?.width ?? 0;
    end += 1;
  }
  const visible = cells.slice(begin, end);
  const cutRight = end < cells.length || to < line.end;
  return {
    text: (cutLeft ? '…' : '') + visible.map(({ shown }) => shown).join('') + (cutRight ? '…' : ''),
    before: (cutLeft ? 1 : 0) + widthOf(visible.filter(isBefore)),
    marked: Math.max(1, widthOf(visible.filter(isMarked))),
  };
}

/** Keeps a third of the width for the text before the marked part. */
function windowStart(cells: readonly Cell[], markedAt: number, cut: boolean, room: number): number {
  if (!cut && widthOf(cells.slice(0, markedAt + 1)) <= room / 2) return 0;
  let begin = markedAt;
  let used = 0;
  while (begin > 0 && used + (cells[begin - 1]?.width ?? 0) <= room / 3) {
    begin -= 1;
    used += cells[begin]?.width ?? 0;
  }
  return begin;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}
