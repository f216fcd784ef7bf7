import { linesOf, type SourceRange } from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';

/** A policy of Cedar, by its place. */
export interface Statement {
  /** As Cedar names it: `policy0`. */
  readonly id: string;
  readonly text: string;
  readonly file: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
}

/** Texts one after the other, as Cedar reads them. */
export interface JoinedTexts {
  readonly text: string;
  /** The place of bytes of the text: Cedar counts in bytes of UTF-8. */
  rangeOf(startByte: number, endByte: number): SourceRange | undefined;
  /** The policies, in the order in which Cedar numbers them. */
  statements(): readonly Statement[];
}

export function joined(files: readonly TextFile[]): JoinedTexts {
  let end = 0;
  const parts = files.map((file) => {
    const part = { file, start: end, lines: linesOf(file.text) };
    end += file.text.length + 1;
    return part;
  });
  const text = files.map((file) => `${file.text}\n`).join('');
  const partAt = (offset: number) => parts.findLast(({ start }) => start <= offset);
  return {
    text,
    rangeOf(startByte, endByte) {
      const bytes = Buffer.from(text);
      const start = bytes.subarray(0, startByte).toString().length;
      const part = partAt(start);
      if (part === undefined) return undefined;
      const length = bytes.subarray(startByte, endByte).toString().length;
      const own = start - part.start;
      const { position } = part.lines;
      return { file: part.file.file, start: position(own), end: position(own + length) };
    },
    statements: () =>
      statementsIn(text).flatMap(({ start, end }, index) => {
        const part = partAt(start);
        if (part === undefined) return [];
        const { line } = part.lines.position(start - part.start);
        return [{ id: `policy${index}`, text: text.slice(start, end), file: part.file.file, line }];
      }),
  };
}

/** Each statement ends with a semicolon, and has no other outside of texts and comments. */
function statementsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  let start: number | undefined;
  for (const { 0: piece, index } of text.matchAll(/\/\/[^\n\r]*|"(?:[^"\\]|\\.)*"|;|[^\s";/]+|\//gs)) {
    if (piece.startsWith('//')) continue;
    start ??= index;
    if (piece !== ';') continue;
    found.push({ start, end: index + 1 });
    start = undefined;
  }
  return found;
}
