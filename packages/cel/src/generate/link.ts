/** A function or variable of a library of JavaScript. */
export interface Piece {
  /** The other pieces that it names. */
  readonly needs: readonly string[];
  readonly text: string;
}

/** Pieces by name, in the order in which they are written. */
export type Library = Readonly<Record<string, Piece>>;

/** The text of the pieces that code uses, directly or through other pieces, each once and in the library's order. */
export function linked(library: Library, code: string): string {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name) || !Object.hasOwn(library, name)) return;
    wanted.add(name);
    for (const need of library[name]?.needs ?? []) add(need);
  };
  for (const name of namesIn(code).keys()) add(name);
  return Object.entries(library)
    .flatMap(([name, { text }]) => (wanted.has(name) ? [text] : []))
    .join('\n\n');
}

/**
 * The variables and functions that code uses, and how often. Strings, comments, and names after a dot or before a colon do not count.
 */
export function namesIn(code: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [token] of code.matchAll(TOKEN))
    if (NAME.test(token)) names.set(token, (names.get(token) ?? 0) + 1);
  return names;
}

const TOKEN =
  /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\/.*|\/\*[\s\S]*?\*\/|(?:(?<!\.)\.)?[A-Za-z_$][\w$]*:?/g;
const NAME = /^[A-Za-z_$][\w$]*$/;
