import {
  type Change,
  type Goal,
  type Known,
  type Place,
  type Reading,
  type Resource,
  TargetError,
  type Wanted,
} from '@claimsmith/core';
import { DeployError } from './deploy-error.ts';
import { type Journal, knownOf } from './journal.ts';
import { allChanges, hasConflict, type Plan, planOf, type Step } from './plan.ts';
import { isSame, withoutSecrets } from './same.ts';

/** What a run leads to, and how. */
export interface Run {
  readonly place: Place;
  readonly journal: Journal;
  readonly by: 'apply' | 'rollback' | 'destroy';
  /** The policy's name. */
  readonly policy: string;
  readonly goal: Goal;
  /** In a rollback, the release that it restores. */
  readonly restores?: number;
  readonly adopt?: boolean;
  /** What the place should have, from what it has. */
  readonly want: (reading: Reading) => Promise<Wanted>;
  /** Refuses a plan that is not the expected one. */
  readonly confirm?: (plan: Plan, reading: Reading) => void | Promise<void>;
  /** Only changes up to this phase, without waiting for what a later one needs. Default: all. */
  readonly phase?: number;
  readonly report?: (event: RunEvent) => void;
  /** Unix time in milliseconds. Default: that of this machine. */
  readonly now?: () => number;
}

export type RunEvent =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'writing'; readonly change: Change }
  | { readonly kind: 'written'; readonly change: Change };

/** How a run ended. */
export interface Outcome {
  readonly plan: Plan;
  /** Changes that were made. */
  readonly done: readonly Change[];
  /** Changes that are left. */
  readonly left: readonly Change[];
  /** Why changes are left; undefined if none is. */
  readonly stopped: Stop | undefined;
}

export interface Stop {
  /** `conflict`: nothing was written. `waiting`: a step outside comes first. Others as {@link TargetError} says. */
  readonly code: 'conflict' | 'phase' | TargetError['code'];
  readonly message: string;
  /** The change that could not be made. */
  readonly change?: Change;
}

/** Reads and plans. It has no way to write. */
export async function planAt(
  run: Pick<Run, 'place' | 'want' | 'adopt'>,
): Promise<{ plan: Plan; reading: Reading }> {
  const { place, adopt = false } = run;
  const reading = await place.read();
  const wanted = await run.want(reading);
  return {
    plan: planOf(reading.resources, wanted, { order: (change, all) => place.order(change, all), adopt }),
    reading,
  };
}

/**
 * Brings a place to where it should be: reads, plans, writes one change after the other, and reads again. Each change is
 * in the journal before it is made. It stops at the first one that cannot be made, or that somebody else has changed.
 *
 * @throws {TargetError} if it could not read before it wrote anything
 * @throws {DeployError} `journal`
 */
export async function runAt(run: Run): Promise<Outcome> {
  const unlock = run.journal.lock();
  try {
    const { plan, reading } = await planAt(run);
    await run.confirm?.(plan, reading);
    run.report?.({ kind: 'planned', plan });
    const changes = plan.steps.map(({ change }) => change);
    if (hasConflict(plan)) {
      const message = 'There are conflicts. Nothing was written.';
      return { plan, done: [], left: changes, stopped: { code: 'conflict', message } };
    }
    begin(run, reading, plan);
    const { done, stopped } = await writeAll(run, plan.steps);
    return await finish(run, plan, done, stopped);
  } finally {
    unlock();
  }
}

/**
 * A run without changes leaves a line only if the journal does not know the place yet, or if a rollback finds what it wants:
 * the next one then goes further back.
 */
function begin({ journal, by, policy, goal, restores, now }: Run, reading: Reading, plan: Plan): void {
  const { releases } = journal.history();
  const last = releases.at(-1);
  const isKnown = restores === undefined || last?.restores === restores;
  if (plan.steps.length === 0 && last?.isDone === true && isKnown) return;
  const isGoingOn = last !== undefined && !last.isDone && last.by === by && last.restores === restores;
  journal.append({
    kind: 'start',
    release: isGoingOn ? last.number : (last?.number ?? 0) + 1,
    at: timeOf(now),
    by,
    policy,
    ...(goal.revision === undefined ? {} : { revision: goal.revision }),
    ...(restores === undefined ? {} : { restores }),
    from: reading.resources.map(knownOf),
  });
}

async function writeAll(
  run: Run,
  steps: readonly Step[],
): Promise<{ done: Change[]; stopped: Stop | undefined }> {
  const done: Change[] = [];
  let phase = 0;
  for (const step of steps) {
    if (step.phase > phase) {
      const stopped = await gate(run, step, steps);
      if (stopped !== undefined) return { done, stopped };
      phase = step.phase;
    }
    const { change } = step;
    try {
      run.report?.({ kind: 'writing', change });
      await writeOne(run, change);
      run.report?.({ kind: 'written', change });
      done.push(change);
    } catch (error) {
      if (error instanceof DeployError) throw unnoted(error, change, done);
      if (!(error instanceof TargetError)) throw error;
      return { done, stopped: { code: error.code, message: error.message, change } };
    }
  }
  return { done, stopped: undefined };
}

/** The journal does not take what is done: a person must know what it does not say. */
function unnoted(error: DeployError, { key }: Change, done: readonly Change[]): DeployError {
  const made = done.length === 0 ? 'nothing' : done.map((change) => change.key).join(', ');
  const message = `${error.message} Made before that: ${made}. ${key} may have been changed without a note of it. When the journal can be written, run the command again.`;
  return new DeployError(error.code, message, { cause: error });
}

/** What a phase waits for. */
async function gate(
  { place, goal, phase }: Run,
  step: Step,
  steps: readonly Step[],
): Promise<Stop | undefined> {
  if (phase !== undefined && step.phase > phase) {
    return { code: 'phase', message: `Phase ${step.phase} is left for a later run.`, change: step.change };
  }
  if (phase !== undefined) return undefined;
  try {
    const message = await place.awaits?.(
      step.phase,
      goal,
      steps.map(({ change }) => change),
    );
    return message === undefined ? undefined : { code: 'waiting', message, change: step.change };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { code: error.code, message: error.message, change: step.change };
  }
}

/** How often a write is tried that certainly did not happen. */
const attempts = 3;

async function writeOne(run: Run, change: Change): Promise<void> {
  const { place, journal } = run;
  let now = await place.look(change);
  assertUnchanged(change, now);
  journal.append({
    kind: 'write',
    change: change.kind,
    key: change.key,
    ...(now === undefined ? {} : { before: knownOf(now) }),
  });
  for (let attempt = 1; ; attempt++) {
    const failure = await failureOf(() => place.write(change, now));
    // The place has seen that somebody else was at work there, for example in a list that is written as a whole.
    if (failure?.code === 'changed') throw failure;
    const after = await lookAfter(place, change, failure);
    if (isAsPlanned(run, change, after)) {
      assertRest(change, after);
      for (const part of change.parts)
        recordDone(journal, part.key, part.after && { ...part.after, owner: 'ours' });
      recordDone(journal, change.key, after);
      return;
    }
    if (failure === undefined) {
      throw new TargetError(
        'changed',
        `${change.key} is not as it was written. Somebody else may be at work there.`,
      );
    }
    if (!failure.isUncertain || attempt === attempts || !isSameResource(now, after)) throw failure;
    await new Promise((resolve) => setTimeout(resolve, attempt * retryPauseMs));
    now = after;
  }
}

const retryPauseMs = 300;

function recordDone(journal: Journal, key: string, resource: Resource | Known | undefined): void {
  journal.append({ kind: 'done', key, ...(resource === undefined ? {} : { now: knownOf(resource) }) });
}

async function failureOf(write: () => Promise<void>): Promise<TargetError | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}

async function lookAfter(place: Place, change: Change, failure: TargetError | undefined) {
  try {
    return await place.look(change);
  } catch (error) {
    if (failure === undefined || !(error instanceof TargetError)) throw error;
    const message = `${failure.message}. Whether it happened is unknown, because the place cannot be read.`;
    throw new TargetError(failure.code, message, { cause: failure, isUncertain: true });
  }
}

/** Nobody has changed the resource since the plan. */
function assertUnchanged(change: Change, now: Resource | undefined): void {
  if (isSameResource(change.before, now)) return;
  throw new TargetError('changed', `${change.key} has changed since it was read. Nothing was written to it.`);
}

function isSameResource(a: Resource | undefined, b: Resource | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSame(a.image, b.image) && isSame(a.rest, b.rest);
}

/** In a rollback, secrets are those of today: the journal does not hold older ones. */
function isAsPlanned({ by }: Run, { after }: Change, now: Resource | undefined): boolean {
  if (after === undefined || now === undefined) return after === undefined && now === undefined;
  if (by !== 'rollback') return isSame(after.image, now.image);
  return isSame(withoutSecrets(after.image), withoutSecrets(now.image));
}

/** What belongs to others is as it was. */
function assertRest({ key, before }: Change, now: Resource | undefined): void {
  if (before?.rest === undefined || now === undefined || isSame(before.rest, now.rest)) return;
  throw new TargetError(
    'changed',
    `${key}: what others have there changed while it was written. Look at it.`,
  );
}

/** Reads and plans again: what was written must be there, and nothing must be left. */
async function finish(
  run: Run,
  plan: Plan,
  done: readonly Change[],
  stopped: Stop | undefined,
): Promise<Outcome> {
  const all = plan.steps.map(({ change }) => change);
  const left = all.filter((change) => !done.includes(change));
  if (stopped !== undefined && stopped.code !== 'waiting' && stopped.code !== 'phase') {
    return { plan, done, left, stopped };
  }
  const again = await readAgain(run);
  if ('code' in again) return { plan, done, left, stopped: stopped ?? again };
  const isDone = stopped === undefined && again.plan.steps.length === 0;
  const { releases } = run.journal.history();
  if (releases.at(-1)?.isDone === false) {
    const to = again.reading.resources.map(knownOf);
    run.journal.append({ kind: 'end', at: timeOf(run.now), isDone, to });
  }
  if (stopped !== undefined || isDone) return { plan, done, left, stopped };
  const keys = allChanges(again.plan).map(({ key }) => key);
  const message = `Something else changed the place at the same time; these differ again: ${keys.join(', ')}.`;
  return {
    plan,
    done,
    left: again.plan.steps.map(({ change }) => change),
    stopped: { code: 'changed', message },
  };
}

async function readAgain(run: Run): Promise<Stop | Awaited<ReturnType<typeof planAt>>> {
  try {
    return await planAt(run);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { code: error.code, message: `The changes were made, but not confirmed. ${error.message}` };
  }
}

function timeOf(now: (() => number) | undefined): string {
  return new Date(now?.() ?? Date.now()).toISOString();
}
