import type { Problem } from './answer.ts';

/** Ends a check inside this package; {@link Guard.check} turns it into an answer. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'Refused';
    this.problem = problem;
  }
}
