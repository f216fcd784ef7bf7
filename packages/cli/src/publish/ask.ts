import { type Notice, type Place, TargetError } from '@claimsmith/core';
import { impossibleAt } from '../run/carried.ts';
import type { Stage, Trial } from '../run/trial.ts';
import { askedBy, askerOf, questionOf, type Verified, verified } from '../run/verify.ts';
import type { Site } from './open.ts';

/** What a place answered. */
export interface SiteAnswers {
  /** Whether it can be asked at all. */
  readonly canAsk: boolean;
  readonly answered: readonly Answered[];
  /** Scenarios that cannot come about there, each with the reason. */
  readonly impossible: readonly { readonly scenario: string; readonly why: string }[];
  /** Settings of the place by which its tokens may grant more than the policy says. */
  readonly faults: readonly Notice[];
}

/** What a place answered for a scenario. */
export interface Answered {
  readonly scenario: string;
  /** One for each token; empty if the place cannot be asked for this scenario, or there is an error. */
  readonly verified: readonly Verified[];
  readonly error?: TargetError;
}

/** Asks a place for the tokens of all trials that say how it is asked. */
export async function answersAt(
  { issuer, place }: Pick<Site, 'issuer' | 'place'>,
  stages: readonly Stage[],
  trials: readonly Trial[],
): Promise<SiteAnswers> {
  const stage = stages.find((each) => each.issuer.id === issuer.id);
  const { ask } = place;
  const faults = (await place.faults?.()) ?? [];
  if (stage === undefined || ask === undefined)
    return { canAsk: false, answered: [], impossible: [], faults };
  const answered: Answered[] = [];
  const impossible: { scenario: string; why: string }[] = [];
  for (const trial of trials) {
    const why = whyImpossible(stage, trial);
    if (why !== undefined) {
      impossible.push({ scenario: trial.name, why });
      continue;
    }
    const found = await answersFor(place, stage, trial);
    if (found === undefined) continue;
    answered.push(found);
    // The next scenario would meet the same. A login that is refused says nothing of the others.
    if (found.error !== undefined && isOfPlace(found.error)) break;
  }
  return { canAsk: true, answered, impossible, faults };
}

/** Only scenarios that would be asked there. */
function whyImpossible({ issuer, policy }: Stage, trial: Trial): string | undefined {
  if (askerOf(trial, issuer.id) === undefined) return undefined;
  const { trigger } = issuer.simulator.eventFrom(trial.context, policy);
  return impossibleAt(trial.context, issuer, trigger, policy);
}

async function answersFor(place: Place, stage: Stage, trial: Trial): Promise<Answered | undefined> {
  const asker = askerOf(trial, stage.issuer.id);
  if (asker === undefined) return undefined;
  const asked = askedBy(trial, asker);
  try {
    const answers = (await place.ask?.(questionOf(stage, asked, asker))) ?? [];
    return { scenario: trial.name, verified: answers.map((answer) => verified(stage, asked, answer)) };
  } catch (error) {
    if (error instanceof TargetError) return { scenario: trial.name, verified: [], error };
    throw error;
  }
}

function isOfPlace({ code }: TargetError): boolean {
  return code === 'unreachable' || code === 'limited';
}
