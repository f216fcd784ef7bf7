import { LIBRARY } from '../../platform/library.gen.ts';

/** A constant as ES5 source. JSON is that, but for two characters. */
export function js(value: unknown): string {
  return ascii(JSON.stringify(value));
}

/** Text of ASCII alone: whatever an installation takes for the encoding of scripts. */
export function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The functions of library.js that the texts name, and those that they name in turn, each once. */
export function libraryText(texts: readonly string[]): string {
  const pieces: Readonly<Record<string, Piece>> = LIBRARY;
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const need of pieces[name]?.needs ?? []) add(need);
  };
  const words = new Set(texts.join('\n').match(/\w+/g));
  for (const name of Object.keys(pieces)) if (words.has(name)) add(name);
  return Object.entries(pieces)
    .filter(([name]) => wanted.has(name))
    .map(([, { text }]) => text)
    .join('\n\n');
}

interface Piece {
  readonly needs: readonly string[];
  readonly text: string;
}
