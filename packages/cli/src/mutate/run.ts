import type { Policy, Verdict } from '@claimsmith/core';
import type { ScenarioExpectation } from '@claimsmith/core/spec';
import { type Mismatch, unmet } from '../run/compare.ts';
import type { Trial } from '../run/trial.ts';
import { type Change, workbenchFor } from './change.ts';
import { type Difference, findDifference, seedsFor } from './difference.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import type { Situation } from './situation.ts';
import { changedLookups, expectationOf, type Sketch, sketchOf } from './sketch.ts';

/** A change of a policy, without the policy that it makes. */
export type ChangeAt = Omit<Mutant, 'policy'>;

/** A change that no scenario notices, and what would. */
export interface Survivor extends ChangeAt {
  /** An existing scenario to which this expectation is added, or a new scenario. */
  readonly noticedBy: { readonly scenario: string; readonly expect: ScenarioExpectation } | Sketch;
}

/** The results of small changes to a policy. */
export interface MutationRun {
  readonly changes: number;
  readonly survivors: readonly Survivor[];
  /** Changes that make no difference in any of the situations tried. */
  readonly alike: readonly ChangeAt[];
  /** How often a changed policy ran on a scenario. */
  readonly runs: number;
}

/** A policy, and the scenarios that say what it must decide. */
export interface Tested {
  readonly policy: Policy;
  readonly trials: readonly Trial[];
  /** Decisions of a scenario that are not as expected with a verdict. Default: none. */
  readonly misdecided?: (trial: Trial, verdict: Verdict) => readonly Mismatch[];
}

/** The same for the policies of several issuers: a change that a scenario notices at one of them is noticed. */
export function mutateEach(policies: readonly Tested[]): MutationRun {
  const runs = policies.map(changesOf);
  const noticed = new Set(runs.flatMap((run) => run.noticed.map(keyOf)));
  const survivors = distinct(runs.flatMap((run) => run.survivors)).filter((one) => !noticed.has(keyOf(one)));
  const surviving = new Set(survivors.map(keyOf));
  const alike = distinct(runs.flatMap((run) => run.alike)).filter(
    (one) => !noticed.has(keyOf(one)) && !surviving.has(keyOf(one)),
  );
  return {
    changes: noticed.size + survivors.length + alike.length,
    survivors,
    alike,
    runs: runs.reduce((sum, run) => sum + run.runs, 0),
  };
}

function keyOf({ path, range, was, became }: ChangeAt): string {
  return JSON.stringify([path, range.start.offset, was, became]);
}

function distinct<One extends ChangeAt>(found: readonly One[]): readonly One[] {
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

/**
 * Changes a policy in small ways, one at a time, and reports the changes that no scenario notices: every scenario still
 * passes.
 *
 * @param trials all of them pass with the unchanged policy
 */
export function mutate(policy: Policy, trials: readonly Trial[]): MutationRun {
  return mutateEach([{ policy, trials }]);
}

interface Changes {
  readonly noticed: readonly ChangeAt[];
  readonly survivors: readonly Survivor[];
  readonly alike: readonly ChangeAt[];
  readonly runs: number;
}

function changesOf({ policy, trials, misdecided = () => [] }: Tested): Changes {
  const noticed: ChangeAt[] = [];
  const workbench = workbenchFor(policy);
  const seeds = seedsFor(policy, workbench.verdictOf, trials);
  const survivors: Survivor[] = [];
  const alike: ChangeAt[] = [];
  let runs = 0;
  for (const { policy: changed, ...at } of mutantsOf(policy)) {
    const change = workbench.changeTo(changed, at.path);
    if (change === undefined) continue;
    const noticing = trials.findIndex((trial) => {
      const found = change.compare(trial);
      return found !== undefined && isNoticedBy(policy, trial, found, misdecided);
    });
    runs += noticing < 0 ? trials.length : noticing + 1;
    if (noticing >= 0) {
      noticed.push(at);
      continue;
    }
    const noticedBy = wayToNotice(policy, at, change, trials, seeds);
    if (noticedBy === undefined) alike.push(at);
    else survivors.push({ ...at, noticedBy });
  }
  return { noticed, survivors, alike, runs };
}

function isNoticedBy(
  policy: Policy,
  trial: Trial,
  { verdict, changed }: Pick<Difference, 'verdict' | 'changed'>,
  misdecided: NonNullable<Tested['misdecided']>,
): boolean {
  const { expect } = trial;
  const looked = expect?.lookups ?? {};
  return (
    (expect !== undefined && unmet(expect, changed, policy).length > 0) ||
    changedLookups(verdict, changed).some((name) => Object.hasOwn(looked, name)) ||
    misdecided(trial, changed).length > 0
  );
}

/** The scenario that shows the change best, if one does; else one from a search. */
function wayToNotice(
  policy: Policy,
  { path }: ChangeAt,
  change: Change,
  trials: readonly Trial[],
  seeds: readonly Situation[],
): Survivor['noticedBy'] | undefined {
  for (const trial of trials) {
    const found = change.compare(trial);
    if (found) return { scenario: trial.name, expect: expectationOf(found.verdict, found.changed, policy) };
  }
  const found = findDifference(policy, change, path, seeds);
  return found && sketchOf(policy, change, found);
}
