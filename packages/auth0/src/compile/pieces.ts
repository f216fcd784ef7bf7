import { pieces } from '../platform/pieces.gen.ts';

/** The functions of entry/ that the texts name, and what those name in turn, each once. */
export function piecesText(texts: readonly string[]): string {
  const wanted = new Set<string>();
  const add = (name: string, { needs }: Piece) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const [other, piece] of all) if (needs.includes(other)) add(other, piece);
  };
  const all: readonly (readonly [string, Piece])[] = Object.entries(pieces);
  const words = new Set(texts.join('\n').match(/\w+/g));
  for (const [name, piece] of all) if (words.has(name)) add(name, piece);
  return all.flatMap(([name, { text }]) => (wanted.has(name) ? [text] : [])).join('\n');
}

interface Piece {
  readonly needs: readonly string[];
  readonly text: string;
}
