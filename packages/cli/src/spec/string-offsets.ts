import type { Expression } from 'acorn';

/**
 * The place of each UTF-16 unit of a string literal's value in the script, and the end of the last one; undefined for
 * anything except a string, or a template without substitutions.
 */
export function stringOffsets(script: string, node: Expression): readonly number[] | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') {
    return decode(script, node.start + 1, node.end - 1, node.value);
  }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return decode(script, node.start + 1, node.end - 1, node.quasis[0]?.value.cooked ?? '');
  }
  return undefined;
}

/** An escape sequence, or a line end, which a template reads as `\n` however it is written. */
const sequence = /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|\r\n|[\s\S])|\r\n/iy;

function decode(script: string, start: number, end: number, value: string): readonly number[] | undefined {
  const offsets: number[] = [];
  for (let at = start; at < end; ) {
    sequence.lastIndex = at;
    const match = sequence.exec(script);
    const length = match === null ? 1 : match[0].length;
    const units = match === null ? 1 : unitsOf(match);
    for (let unit = 0; unit < units; unit++) offsets.push(at);
    at += length;
  }
  offsets.push(end);
  // Octal escapes and the like: no offsets rather than wrong ones.
  return offsets.length === value.length + 1 ? offsets : undefined;
}

function unitsOf(match: RegExpExecArray): number {
  const [text, braced] = match;
  if (braced !== undefined) return Number.parseInt(braced, 16) > 0xffff ? 2 : 1;
  // A backslash before a line end continues the line.
  return /^\\[\r\n\u2028\u2029]/.test(text) ? 0 : 1;
}
