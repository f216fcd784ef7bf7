import { emitFunction } from './emit.ts';
import type { FunctionSpec } from './emitter.ts';
import { HELPER_NAMES, helpers } from './helpers.ts';
import { RESERVED_WORDS } from './js.ts';
import { linked } from './link.ts';
import { createModule } from './writer.ts';

/**
 * Writes one function for each spec, as ES5 text: constants, functions, and the helpers that they need.
 *
 * A function returns a plain value; an optional becomes its content, or `undefined` if it is empty. A CEL error is
 * thrown as `CelError { code, at }`: `code` is an {@link ErrorCode}, and `at` the place in the CEL text, if wanted. Work that
 * grows with its input is charged to the budget first; without steps left it fails with `steps`. The text imports
 * nothing and uses only ES5 built-ins. Code next to it must not declare a name of {@link HELPER_NAMES}, or `LIST_1`,
 * `TABLE_1`, `VALUE_1` and so on.
 *
 * @throws Error if a function's name is not an identifier, is reserved, or occurs twice; that is an error of the caller
 */
export function generate(functions: readonly FunctionSpec[]): string {
  const code = generateFunctions(functions);
  return `${[code, linked(helpers, code)].filter((part) => part !== '').join('\n\n')}\n`;
}

/** The output of {@link generate}, without the helpers, which the caller links. */
export function generateFunctions(functions: readonly FunctionSpec[]): string {
  const names = functions.map((spec) => spec.name);
  const taken = new Set<string>(HELPER_NAMES);
  for (const name of names) {
    const isFree = /^[A-Za-z_$][\w$]*$/.test(name) && !RESERVED_WORDS.has(name) && !taken.has(name);
    if (!isFree) throw new Error(`cannot generate a function named ${name}`);
    taken.add(name);
  }
  const module = createModule(names);
  const bodies = functions.map((spec) => emitFunction(spec, module));
  const constants = [...module.constants].map(([code, name]) => `var ${name} = ${code};`);
  return [...constants, ...bodies].join('\n\n');
}
