import type { Program } from '@claimsmith/runtime';

/**
 * Runs a generated program's text in this realm and returns its `program`, for previews and tests. What ships
 * is bundled as text and never evaluated this way.
 *
 * @param text what `generateProgram` returned; never text from elsewhere
 */
export function evaluateProgram(text: string): Program {
  const program: unknown = new Function(`${text}\nreturn program;`)();
  if (!isProgram(program)) throw new Error('the generated program lacks a part');
  return program;
}

function isProgram(value: unknown): value is Program {
  if (typeof value !== 'object' || value === null) return false;
  return ['context', 'needs', 'decide'].every((name) => typeof Reflect.get(value, name) === 'function');
}
