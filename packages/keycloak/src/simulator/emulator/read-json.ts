import type { JsonNode } from './draft.ts';

/**
 * Reads JSON as Keycloak does: only the first value of a text; the rest is ignored.
 *
 * @returns undefined if the text does not begin with JSON
 */
export function readJson(text: string): JsonNode | undefined {
  const start = /^[ \t\n\r]*/.exec(text)?.[0].length ?? 0;
  const end = endOfValue(text, start);
  try {
    return { node: JSON.parse(text.slice(start, end)) };
  } catch {
    return undefined;
  }
}

function endOfValue(text: string, start: number): number {
  const opening = text[start];
  if (opening === '"') return endOfString(text, start);
  if (opening !== '{' && opening !== '[') {
    const length = text.slice(start).search(/[ \t\n\r]/);
    return length === -1 ? text.length : start + length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
