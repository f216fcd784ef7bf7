/** A decoded scalar: `at[i]` is the text offset behind its UTF-16 unit `i`; one more entry for its end. */
export interface DecodedScalar {
  readonly value: string;
  readonly at: readonly number[];
}

/** How a scalar is written. For a block, `indent` is that of its parent, as the parser counts it. */
export type ScalarStyle = { readonly style: 'plain' | 'single' | 'double' } | BlockStyle;

interface BlockStyle {
  readonly style: 'literal' | 'folded';
  readonly header: string;
  readonly indent: number;
}

/**
 * Decodes the scalar between two offsets as YAML 1.2 says, remembering where each unit came from.
 * The offsets include the quotes; for a block they hold its body, without the header line.
 */
export function decodeScalar(text: string, start: number, end: number, style: ScalarStyle): DecodedScalar {
  const out = writer();
  switch (style.style) {
    case 'plain':
      foldFlow(text, start, end, out);
      return out.done(end);
    case 'single': {
      const quoted = writer();
      foldFlow(text, start + 1, end - 1, quoted);
      const { value, at } = quoted.done(end - 1);
      for (let i = 0; i < value.length; i += 1) {
        out.put(value.charAt(i), at[i] ?? end);
        if (value.startsWith("''", i)) i += 1;
      }
      return out.done(end - 1);
    }
    case 'double':
      decodeDouble(text, start + 1, end - 1, out);
      return out.done(end - 1);
    default:
      return out.done(decodeBlock(text, start, end, style, out));
  }
}

interface Writer {
  put(units: string, at: number): void;
  /** Copies text as it stands. */
  copy(text: string, start: number, end: number): void;
  done(end: number): DecodedScalar;
}

function writer(): Writer {
  const parts: string[] = [];
  const at: number[] = [];
  return {
    put(units, offset) {
      parts.push(units);
      for (let i = 0; i < units.length; i += 1) at.push(offset);
    },
    copy(text, start, end) {
      parts.push(text.slice(start, end));
      for (let offset = start; offset < end; offset += 1) at.push(offset);
    },
    done: (end) => ({ value: parts.join(''), at: [...at, end] }),
  };
}

interface Line {
  readonly start: number;
  /** Before the line break. */
  readonly end: number;
}

function linesOf(text: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  let lineStart = start;
  while (lineStart <= end) {
    const found = text.indexOf('\n', lineStart);
    const feed = found === -1 || found >= end ? end : found;
    const broken = feed < end && feed > lineStart && text[feed - 1] === '\r';
    lines.push({ start: lineStart, end: broken ? feed - 1 : feed });
    lineStart = feed + 1;
  }
  return lines;
}

const isBlank = (unit: string | undefined) => unit === ' ' || unit === '\t';

/** Plain and single-quoted text: a line break is a space, n+1 line breaks are n. */
function foldFlow(text: string, start: number, end: number, out: Writer): void {
  const lines = linesOf(text, start, end);
  let breaks = 0;
  let breakAt = start;
  for (const [index, line] of lines.entries()) {
    let from = line.start;
    let to = line.end;
    if (index > 0) while (from < to && isBlank(text[from])) from += 1;
    const last = index === lines.length - 1;
    if (!last) while (to > from && isBlank(text[to - 1])) to -= 1;
    if (from === to && index > 0 && !last) {
      breaks += 1;
      continue;
    }
    if (index > 0) out.put(breaks === 0 ? ' ' : '\n'.repeat(breaks), breakAt);
    breaks = 0;
    out.copy(text, from, to);
    breakAt = to;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function decodeDouble(text: string, start: number, end: number, out: Writer): void {
  let at = start;
  while (at < end) {
    const unit = text.charAt(at);
    if (unit === '\\') at = decodeEscape(text, at, end, out);
    else if (isBlank(unit) || unit === '\n' || unit === '\r') at = foldBlank(text, at, end, out);
    else {
      out.put(unit, at);
      at += 1;
    }
  }
}

function decodeEscape(text: string, at: number, end: number, out: Writer): number {
  const next = text.charAt(at + 1);
  const digits = hexDigits[next];
  if (digits !== undefined) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
    out.put(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', at);
    return at + 2 + digits;
  }
  if (next === '\n' || next === '\r') {
    let after = at + (next === '\r' ? 3 : 2);
    while (after < end && isBlank(text[after])) after += 1;
    return after;
  }
  out.put(escapes[next] ?? `\\${next}`, at);
  return at + 2;
}

/** Blanks stand for themselves, unless a line break follows: then the break is folded. */
function foldBlank(text: string, start: number, end: number, out: Writer): number {
  let breaks = 0;
  let at = start;
  while (at < end && (isBlank(text[at]) || text[at] === '\n' || text[at] === '\r')) {
    if (text[at] === '\n') breaks += 1;
    at += 1;
  }
  if (breaks === 0) out.copy(text, start, at);
  else out.put(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), start);
  return at;
}

/** Returns the end of the last unit. */
function decodeBlock(text: string, start: number, end: number, block: BlockStyle, out: Writer): number {
  const lines = linesOf(text, start, end).map((line) => {
    let content = line.start;
    while (content < line.end && text[content] === ' ') content += 1;
    return { ...line, content, indent: content - line.start, empty: content === line.end };
  });
  const first = lines.findIndex((line) => !line.empty);
  if (first === -1) return end;
  const explicit = Number.parseInt(/[1-9]/.exec(block.header)?.[0] ?? '0', 10);
  const trim = explicit > 0 ? block.indent + explicit : (lines[first]?.indent ?? 0);
  let contentEnd = lines.length;
  while (contentEnd > 0 && (lines[contentEnd - 1]?.empty ?? false)) contentEnd -= 1;
  for (let i = lines.length - 1; i >= contentEnd; i -= 1) {
    if ((lines[i]?.indent ?? 0) > trim) contentEnd = i + 1;
  }

  let separator = '';
  let separatorAt = start;
  let moreIndented = false;
  for (const [index, line] of lines.slice(0, contentEnd).entries()) {
    const from = Math.min(line.start + trim, line.content);
    if (index < first) {
      out.copy(text, from, line.content);
      out.put('\n', line.end);
    } else if (block.style === 'literal') {
      out.put(separator, separatorAt);
      out.copy(text, from, line.end);
      separator = '\n';
    } else if (line.indent > trim || text[line.content] === '\t') {
      if (separator === ' ') separator = '\n';
      else if (!moreIndented && separator === '\n') separator = '\n\n';
      out.put(separator, separatorAt);
      out.copy(text, from, line.end);
      separator = '\n';
      moreIndented = true;
    } else if (line.empty) {
      if (separator === '\n') out.put('\n', line.end);
      else separator = '\n';
    } else {
      out.put(separator, separatorAt);
      out.copy(text, from, line.end);
      separator = ' ';
      moreIndented = false;
    }
    separatorAt = line.end;
  }
  if (block.header.includes('-')) return separatorAt;
  out.put('\n', separatorAt);
  if (!block.header.includes('+')) return end;
  for (const line of lines.slice(contentEnd, -1)) {
    out.copy(text, Math.min(line.start + trim, line.content), line.content);
    out.put('\n', line.end);
  }
  return end;
}
