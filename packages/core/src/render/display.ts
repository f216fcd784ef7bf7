/** Control characters could move the terminal's cursor; bidirectional ones could show text in a wrong order. */
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text from outside, made safe for a terminal: every unprintable character becomes one visible one. */
export function printable(text: string): string {
  return text.replace(unprintable, (unit) => {
    const code = unit.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}

// East Asian Wide and Fullwidth, without the emoji. @see https://www.unicode.org/reports/tr11/
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
const noWidth = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

/** Text in which each unit is one character. Only other text needs the segmenter, which takes 10 ms to start. */
const plain = /^[\t\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e]*$/;
let segmenter: Intl.Segmenter | undefined;

function segmentsOf(line: string): Iterable<{ readonly segment: string; readonly index: number }> {
  if (plain.test(line)) return Array.from(line, (segment, index) => ({ segment, index }));
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(line);
}

/** One character as a reader sees it. */
export interface Cell {
  readonly shown: string;
  /** In columns of a terminal. */
  readonly width: number;
  /** UTF-16 offset into the text, and of the character's end. */
  readonly start: number;
  readonly end: number;
}

const tabStop = 4;

/** A line of text as a terminal shows it, tabs as spaces. */
export function cellsOf(line: string): Cell[] {
  let column = 0;
  return Array.from(segmentsOf(line), ({ segment, index }) => {
    const width = segment === '\t' ? tabStop - (column % tabStop) : graphemeWidth(segment);
    column += width;
    const shown = segment === '\t' ? ' '.repeat(width) : printable(segment);
    return { shown, width, start: index, end: index + segment.length };
  });
}

export function displayWidth(text: string): number {
  return cellsOf(text).reduce((sum, { width }) => sum + width, 0);
}

function graphemeWidth(grapheme: string): number {
  if (/^[\x20-\x7e]$/.test(grapheme)) return 1;
  if (emoji.test(grapheme) || wide.test(grapheme)) return 2;
  return noWidth.test(grapheme) && printable(grapheme) === grapheme ? 0 : 1;
}

/** Breaks a sentence into lines of at most `width` columns, at spaces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const wordWidth = displayWidth(word);
    if (line !== '' && used + 1 + wordWidth > width) {
      lines.push(line);
      line = word;
      used = wordWidth;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used += wordWidth + (used === 0 ? 0 : 1);
    }
  }
  return [...lines, line];
}
