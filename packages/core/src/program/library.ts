import { LIBRARY } from './library.gen.ts';

/** A function of library.js, by name. */
export type LibraryName = keyof typeof LIBRARY;

/** The functions that the texts name, and those that they name in turn, each once. */
export function libraryText(texts: readonly string[]): string {
  const wanted = new Set<LibraryName>();
  const add = (name: LibraryName): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const need of LIBRARY[name].needs) add(need);
  };
  const words = new Set(texts.join('\n').match(/[A-Za-z]+/g));
  const all = Object.keys(LIBRARY).filter(isLibraryName);
  for (const name of all) if (words.has(name)) add(name);
  return all
    .filter((name) => wanted.has(name))
    .map((name) => LIBRARY[name].text)
    .join('\n\n');
}

function isLibraryName(name: string): name is LibraryName & string {
  return Object.hasOwn(LIBRARY, name);
}
