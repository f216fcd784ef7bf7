import type { Context, Driven, Program } from '@claimsmith/runtime';

/** The steps that an issuance may take without waiting: about a millisecond, far more than ordinary policies need. */
const quickSteps = 50_000;

/** Makes long issuances take turns, so that others wait for at most one of them. */
export interface Turns {
  /**
   * The same program with turns. Short steps return at once. Long ones return promises, and start again with the whole
   * budget at their turn. The promise rejects if `isOver` by then.
   */
  of(program: Program, isOver: () => boolean): Driven;
}

interface Turn {
  readonly isOver: () => boolean;
  readonly run: () => void;
  readonly drop: () => void;
}

export function createTurns(): Turns {
  const waiting: Turn[] = [];
  let isSet = false;

  function next() {
    isSet = false;
    let turn = waiting.shift();
    for (; turn?.isOver(); turn = waiting.shift()) turn.drop();
    turn?.run();
    set();
  }

  /** Between two turns, everything is done that has come in meanwhile. */
  function set() {
    if (isSet || waiting.length === 0) return;
    isSet = true;
    setTimeout(next, 0);
  }

  function later<Result>(work: () => Result, isOver: () => boolean): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      waiting.push({ isOver, run, drop: () => reject(new Error('late')) });
      set();
    });
  }

  function take<Result>(
    { budget }: Context,
    work: () => Result,
    isOver: () => boolean,
  ): Result | Promise<Result> {
    const whole = budget?.left ?? 0;
    if (budget === undefined || whole <= quickSteps) return work();
    budget.left = quickSteps;
    const result = work();
    if (budget.left >= 0) {
      budget.left += whole - quickSteps;
      return result;
    }
    budget.left = whole;
    return later(work, isOver);
  }

  return {
    of: (program, isOver) => ({
      context: (raw) => program.context(raw),
      needs: (context, answers) => take(context, () => program.needs(context, answers), isOver),
      decide: (context, answers) => take(context, () => program.decide(context, answers), isOver),
    }),
  };
}
