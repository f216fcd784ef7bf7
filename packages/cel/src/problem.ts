import type { Problem, ProblemCode, Range } from './ast.ts';

/** Builds a problem, with `help` if there is any. */
export function problem(code: ProblemCode, message: string, range: Range, help?: string): Problem {
  return help === undefined ? { code, message, range } : { code, message, range, help };
}

/** Ends parsing. After the first syntax error, further problems would be guesses. */
export class SyntaxProblem extends Error {
  readonly problem: Problem;

  constructor(found: Problem) {
    super(found.message);
    this.problem = found;
  }
}

/** Throws the problem that ends parsing. */
export function refuse(code: ProblemCode, message: string, range: Range, help?: string): never {
  throw new SyntaxProblem(problem(code, message, range, help));
}
