import { HELPER_NAMES } from './helpers.ts';
import { atom, type Js, RESERVED_WORDS } from './js.ts';

/** The lines of one block, and the JavaScript reads that are already in variables, by their CEL path. */
export interface Block {
  readonly lines: string[];
  readonly known: Map<string, { readonly js: Js; readonly path: string }>;
}

/** The state that all functions of one generated text share. */
export interface Module {
  /** Names a constant, and writes it only once. */
  readonly constant: (kind: 'LIST' | 'TABLE' | 'VALUE', code: string) => Js;
  readonly constants: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
}

/** Starts a text. `taken` are the names that its functions and their callers use. */
export function createModule(taken: Iterable<string>): Module {
  const names = new Set(taken);
  const constants = new Map<string, string>();
  return {
    constants,
    names,
    constant: (kind, code) => {
      const known = constants.get(code);
      if (known !== undefined) return atom(known);
      const name = unused(`${kind}_${constants.size + 1}`, [names]);
      names.add(name);
      constants.set(code, name);
      return atom(name);
    },
  };
}

/** A new block; it knows what the blocks around it know. */
export function blockIn(outer?: Block): Block {
  return { lines: [], known: new Map(outer?.known) };
}

/** Writes `head {`, the inner lines and `}`; an empty block is left out. */
export function nest(block: Block, head: string, inner: Block, tail = '}'): void {
  block.lines.push(`${head} {`, ...inner.lines.map((line) => `  ${line}`), tail);
}

/** Gives variables meaningful names that are not in `taken`, which may be long and is not copied. */
export function createNames(...taken: readonly ReadonlySet<string>[]): (wanted: string) => string {
  const used = new Set<string>();
  return (wanted) => {
    const base = wanted.replace(/[^A-Za-z0-9_$]/g, '_').replace(/^(?=[0-9])|^$/, '_');
    const name = unused(base, [used, ...taken]);
    used.add(name);
    return name;
  };
}

const TAKEN: ReadonlySet<string> = HELPER_NAMES;

function unused(base: string, used: readonly ReadonlySet<string>[]): string {
  const clashes = (name: string): boolean =>
    used.some((names) => names.has(name)) || RESERVED_WORDS.has(name) || TAKEN.has(name);
  if (!clashes(base)) return base;
  let number = 2;
  while (clashes(`${base}${number}`)) number += 1;
  return `${base}${number}`;
}
