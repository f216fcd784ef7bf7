import type { Position } from './finding.ts';

/** The lines of a text; they end with LF or CRLF. */
export interface Lines {
  readonly count: number;
  /** Where an offset is; one outside the text counts as its nearest end. */
  position(offset: number): Position;
  /** A line, counted from 1, without its break: offsets into the text. */
  line(number: number): { readonly start: number; readonly end: number };
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const startOf = (index: number) => starts[index] ?? text.length;
  return {
    count: starts.length,
    position(anyOffset) {
      const offset = Math.min(Math.max(anyOffset, 0), text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (startOf(middle) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - startOf(low) + 1, offset };
    },
    line(number) {
      const start = startOf(number - 1);
      const next = number < starts.length ? startOf(number) - 1 : text.length;
      return { start, end: next > start && text[next - 1] === '\r' ? next - 1 : next };
    },
  };
}
