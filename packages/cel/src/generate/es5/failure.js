var hasOwn = {}.hasOwnProperty;

/**
 * @this {CelError}
 * @param {string} code
 * @param {number | undefined} at
 */
function CelError(code, at) {
  this.code = code;
  this.at = at;
}

/** @type {(code: string, at?: number) => never} */
function fail(code, at) {
  throw new CelError(code, at);
}

/**
 * Spends steps, or fails if too few are left.
 * @type {(budget: Budget, steps: number) => void}
 */
function spend(budget, steps) {
  if (!affords(budget, steps)) fail('steps', 0);
}

/**
 * Spends steps in code that must not throw: returns whether enough were left; never if the budget is not a number.
 * @type {(budget: Budget, steps: number) => boolean}
 */
function affords(budget, steps) {
  budget.left -= steps;
  return budget.left >= 0;
}

/**
 * An error to keep for later. If it says that no steps are left, it is thrown at once. Throwing costs steps too.
 * @type {(error: CelError, budget: Budget) => CelError}
 */
function caught(error, budget) {
  if (error.code === 'steps') throw error;
  spend(budget, 100);
  return error;
}

/**
 * At worst an engine compares the whole part at each position of a text.
 * @type {(string: string, part: string, budget: Budget) => void}
 */
function seek(string, part, budget) {
  var positions = string.length - part.length + 1;
  spend(budget, positions > 0 ? 1 + (positions * (part.length + 1)) / 16 : 1);
}
