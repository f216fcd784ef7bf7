import type { Path, Policy, Verdict } from '@claimsmith/core';
import { situated } from '../run/situated.ts';
import type { Change, Decision } from './change.ts';
import { type Move, movesFor } from './moves.ts';
import type { Situation } from './situation.ts';

/** A situation in which a changed policy decides otherwise. */
export interface Difference {
  readonly situation: Situation;
  readonly verdict: Decision;
  readonly changed: Decision;
}

/** The subjects that a policy may meet. */
const everyone: readonly Situation[] = [
  { context: { subject_type: 'human', user: {} }, answers: {} },
  { context: { subject_type: 'machine' }, answers: {} },
];

/**
 * Situations from which a search starts: those of the scenarios. If none of them issues a token, it adds one that does,
 * if one can be found, because a difference shows only in issued tokens.
 */
export function seedsFor(
  policy: Policy,
  verdictOf: Judge,
  trials: readonly Situation[],
): readonly Situation[] {
  const pick = picker();
  const isIssued = ({ context, answers }: Situation) =>
    verdictOf({ context: situated(context, context), answers }).denied === undefined;
  const found = everyone.flatMap((anybody) => {
    const isSame = ({ context }: Situation) => context['subject_type'] === anybody.context['subject_type'];
    if (trials.some((trial) => isSame(trial) && isIssued(trial))) return [];
    const kinds = movesFor(policy, [], trials);
    const any = () => kinds.reduce((situation, moves) => pick(moves.slice(0, usual))(situation), anybody);
    return Array.from({ length: mostTries }, any).find(isIssued) ?? [];
  });
  return [...trials, ...everyone, ...found];
}

/** Decides on a completed situation. */
export type Judge = (situation: Situation) => Verdict;

const mostTries = 200;
/** The first values of a field are the ordinary ones. */
const usual = 8;

/** More situations than this are not tried. */
const mostSituations = 1_500;

/**
 * Looks for a situation in which a changed policy decides differently. It changes one to three values that the changed
 * part depends on. The same policies and situations always give the same result.
 */
export function findDifference(
  policy: Policy,
  change: Change,
  path: Path,
  seeds: readonly Situation[],
): Difference | undefined {
  const kinds = movesFor(policy, path, seeds);
  if (kinds.length === 0) return undefined;
  const pick = picker();
  for (let count = 0; count < mostSituations; count++) {
    const moves = Array.from({ length: 1 + (count % 3) }, (): Move => pick(pick(kinds)));
    const moved = moves.reduce((situation, move) => move(situation), pick(seeds));
    const found = differenceIn(change, moved);
    if (found) return found;
  }
  return undefined;
}

/** Undefined if both decide the same. */
export function differenceIn(
  change: Change,
  { context, answers, later = {} }: Situation,
): Difference | undefined {
  const found = change.compare({ context: situated(context, context), answers, later });
  return found && { situation: { context, answers, later }, ...found };
}

/** Picks one of a list at random, with its own seed (mulberry32). */
function picker(): <T>(list: readonly T[]) => T {
  let state = 0x9e3779b9;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return (list) => {
    const one = list[Math.floor(next() * list.length)];
    if (one === undefined) throw new RangeError('there is nothing to pick from');
    return one;
  };
}
