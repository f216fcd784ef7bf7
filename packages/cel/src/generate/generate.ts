import type { Expression } from '../compile.ts';
import { emitFunction } from './emit.ts';
import { type HelperName, helperText } from './helpers.ts';
import { createModule } from './writer.ts';

/** One JavaScript function to generate. */
export interface FunctionSpec {
  /** A valid ES5 identifier, unique in the text. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly expression: Expression;
  /** CEL variable to JavaScript expression over the parameters: `{ user: 'c.user', claims: 'claims' }`. */
  readonly bind: Readonly<Record<string, string>>;
  /** Stands above the function; the CEL text unless said. */
  readonly comment?: string;
}

/**
 * Writes one function for each spec, as ES5 text: the helpers that they and `helpers` need, constants, functions.
 *
 * A function returns a plain value; an optional is unwrapped, none to `undefined`. What CEL calls an error is thrown
 * as `CelError { code, at }`, where `code` is an {@link ErrorCode} and `at` the place in the CEL text.
 * The text imports nothing and uses no global but ES5 built-ins. Never let a name in it hide one of its own.
 */
export function generate(functions: readonly FunctionSpec[], helpers: readonly HelperName[] = []): string {
  const module = createModule(functions.map((spec) => spec.name));
  for (const helper of helpers) module.use(helper);
  const bodies = functions.map((spec) => emitFunction(spec, module));
  const constants = [...module.constants].map(([code, name]) => `var ${name} = ${code};`);
  return `${[...helperText(module.helpers), ...constants, ...bodies].join('\n\n')}\n`;
}
