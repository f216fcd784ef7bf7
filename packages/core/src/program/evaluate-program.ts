/**
 * Runs a generated program's text in this realm and returns its `program`, for previews and tests. What ships
 * is bundled as text and never evaluated this way.
 *
 * @param text what `generateProgram` returned; never text from elsewhere
 */
export function evaluateProgram(text: string): unknown {
  return new Function(`${text}\nreturn program;`)();
}
