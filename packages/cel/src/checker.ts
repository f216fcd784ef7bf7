import type { Expr, Problem, Range } from './ast.ts';
import type { ResolvedCall } from './overloads.ts';
import { problem } from './problem.ts';
import { type Term, Terms } from './terms.ts';
import { type Environment, formatType } from './types.ts';

/** Names bound by macros, innermost first. */
export interface Scope {
  readonly name: string;
  readonly type: Term;
  readonly outer: Scope | undefined;
}

/** Works out the type of one node; its parts go through `checker.check`. */
export type CheckNode = (checker: Checker, expr: Expr, scope: Scope | undefined) => Term;

/** A part with a reported error: it fits everywhere, to avoid follow-up errors. */
export const ERROR: Term = { kind: 'error' };

/** The state of checking one expression, and its results. */
export class Checker {
  readonly source: string;
  readonly environment: Environment;
  readonly terms = new Terms();
  readonly problems: Problem[] = [];
  /** The type of each part, as far as it is known. */
  readonly found = new Map<Expr, Term>();
  readonly calls = new Map<Expr, ResolvedCall>();
  readonly #checkNode: CheckNode;

  constructor(source: string, environment: Environment, checkNode: CheckNode) {
    this.source = source;
    this.environment = environment;
    this.#checkNode = checkNode;
  }

  /** The type of a part, which is remembered. */
  check(expr: Expr, scope: Scope | undefined): Term {
    // Fixes the type now, so that a later use cannot widen a type that was already checked.
    const term = this.terms.settle(this.#checkNode(this, expr, scope));
    this.found.set(expr, term);
    return term;
  }

  /** Notes a problem; the part that has it gets the type that is returned. */
  report(code: Problem['code'], message: string, range: Range, help?: string): Term {
    this.problems.push(problem(code, message, range, help));
    return ERROR;
  }

  /** Reports that a type is not the one that is wanted here. */
  mismatch(wanted: string, found: Term, range: Range, help?: string): Term {
    return this.report('type', `expected ${wanted}, found ${this.show(found)}`, range, help);
  }

  /** A type as it stands in messages. */
  show(term: Term): string {
    return formatType(this.terms.finish(term));
  }
}

/** Whether a macro binds the name here. */
export function isBound(name: string, scope: Scope | undefined): boolean {
  for (let inner = scope; inner !== undefined; inner = inner.outer) if (inner.name === name) return true;
  return false;
}

/** More than these are not listed. */
const MAX_LISTED = 16;

/** Help that lists what there is, unless that is too much to read. */
export function listed(lead: string, names: readonly string[]): string | undefined {
  return names.length === 0 || names.length > MAX_LISTED ? undefined : `${lead} ${names.join(', ')}`;
}
