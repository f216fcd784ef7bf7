/**
 * Searches for the issuance that takes longest: all functions, nested in each other and in loops, on texts and lists
 * as large as they are read. What it finds runs as a whole program, as it ships.
 */
import { costOf, MAX_STEPS } from '@claimsmith/cel';
import { createPolicy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import { oneOf, type Random, seeded } from '../fuzz/random.ts';
import { FORMS, randomExpression } from './bodies.ts';
import { changedData, type Data, randomData, sizesOf } from './data.ts';

/** One issuance of the search. */
export interface Trial {
  readonly source: string;
  readonly data: Data;
  /** The program's text and what it is given, to be run again elsewhere. */
  readonly text: string;
  readonly raw: unknown;
  /** Steps charged for deciding; the last charge may go beyond the budget. */
  readonly steps: number;
  /** What `check` would say of an issuance that reads so much. */
  readonly estimated: number;
  readonly isDenied: boolean;
  readonly isSpent: boolean;
  /** Processor time of context and decision, the code being new to the engine. */
  readonly ms: number;
}

export interface Search {
  readonly tried: number;
  /** Trials whose budget was spent. */
  readonly spent: number;
  /** Forms of the language that were part of an admitted trial. */
  readonly forms: number;
  /** The longest, slowest first. */
  readonly slowest: readonly Trial[];
  /** Took more than twice what `check` would have said: a defect. */
  readonly underestimated: readonly Trial[];
  /** Spent, and yet something was issued: a defect. */
  readonly issued: readonly Trial[];
}

const KEPT = 12;

/** @param until ends the search; it is asked before each trial */
export function search(seed: number, until: (tried: number) => boolean): Search {
  const random = seeded(seed);
  const slowest: Trial[] = [];
  const underestimated: Trial[] = [];
  const issued: Trial[] = [];
  const forms = new Set<number>();
  let spent = 0;
  let tried = 0;
  for (; !until(tried); tried++) {
    const trial = nextTrial(random, tried, slowest, forms);
    if (trial === undefined) continue;
    if (trial.isSpent) spent++;
    if (trial.isSpent && !trial.isDenied) issued.push(trial);
    if (Math.min(trial.steps, MAX_STEPS) > 2 * trial.estimated + 1_000) underestimated.push(trial);
    slowest.push(trial);
    slowest.sort((a, b) => b.ms - a.ms);
    slowest.length = Math.min(slowest.length, KEPT);
  }
  return { tried, spent, forms: forms.size, slowest, underestimated, issued };
}

/** Every other trial changes the data of one of the slowest. */
function nextTrial(
  random: Random,
  tried: number,
  slowest: readonly Trial[],
  forms: Set<number>,
): Trial | undefined {
  const best = tried % 2 === 1 && slowest.length > 0 ? oneOf(random, slowest) : undefined;
  if (best !== undefined) return runTrial(best.source, changedData(random, best.data));
  const form = Math.floor(tried / 2) % FORMS.length;
  const trial = runTrial(randomExpression(random, form, random.below(3)), randomData(random));
  if (trial !== undefined) forms.add(form);
  return trial;
}

const ATTRIBUTES =
  '{ s: string, t: string, b: bool, n: double, l: list(string), r: list(string), m: list(list(string)), o: map(string), d: dyn }';

/** Undefined for what `check` refuses. */
export function runTrial(source: string, data: Data): Trial | undefined {
  const value = Object.keys(data).reduce(
    (text, name) => text.replace(new RegExp(`(?<![\\w.])${name}(?![\\w({])`, 'g'), `user.attributes.${name}`),
    source.replace(/"[^"]*"/g, (literal) => literal.replace(/[a-z]/g, (letter) => letter.toUpperCase())),
  );
  const spec = `version: 1\nname: search\nuser: { attributes: ${ATTRIBUTES} }\nclaims: { c: { value: ${JSON.stringify(value)}, kind: descriptive } }\n`;
  const { spec: read, source: place } = readSpec({ file: 'search.yaml', text: spec }, {});
  const policy = read && createPolicy(read, place).policy;
  const expression = policy?.claims[0]?.value;
  if (policy === undefined || expression === undefined) return undefined;
  const text = generateProgram(policy);
  const program = evaluateProgram(text);
  const raw = { subject_type: 'human', user: { attributes: data } };
  const start = process.threadCpuUsage();
  const context = program.context(raw);
  const { left: given } = budgetOf(context);
  const decision = program.decide(context, {});
  const { user, system } = process.threadCpuUsage(start);
  const { left } = budgetOf(context);
  const { steps, extent } = costOf(expression, sizesOf(data));
  return {
    source,
    data,
    text,
    raw,
    steps: given - left,
    // What goes into a token is looked through.
    estimated: steps + extent.total / 4,
    isDenied: decision.denied !== undefined,
    isSpent: !(left >= 0),
    ms: (user + system) / 1_000,
  };
}

/** Read as numbers, once and for all. */
function budgetOf(context: object): { readonly left: number } {
  const budget: unknown = Reflect.get(context, 'budget');
  if (typeof budget !== 'object' || budget === null) throw new TypeError('a context has a budget');
  return { left: Number(Reflect.get(budget, 'left')) };
}
