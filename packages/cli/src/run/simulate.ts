import type { Issuance, Surroundings, VendorEvent } from '@claimsmith/core';
import type { SingleNeed } from '@claimsmith/runtime';
import { type Delivery, previewNetwork, previewSettings } from './answers.ts';
import type { Stage, Trial } from './trial.ts';

/** When an issuance happens, and what its sources say. */
export interface Around extends Pick<Trial, 'answers' | 'nowSeconds'>, Pick<Surroundings, 'instance'> {
  readonly delivery?: Delivery;
}

/**
 * Runs the built artifact in a network that has only the policy's sources.
 *
 * @param asked the policy's questions, if known
 */
export async function simulate(
  { issuer, policy, compilation }: Stage,
  event: VendorEvent,
  around: Around,
  asked: readonly SingleNeed[],
): Promise<{ readonly issuance: Issuance; readonly unanswered: readonly string[] }> {
  const { surroundings, unanswered } = surroundingsOf(policy, around, asked);
  const issuance = await issuer.simulator.simulate(compilation, event, surroundings);
  return { issuance, unanswered: [...unanswered] };
}

/** What is signed if the built artifact does not run; undefined if that cannot happen. */
export async function simulateBypass(
  { issuer, policy, compilation }: Stage,
  event: VendorEvent,
  around: Around,
): Promise<Issuance | undefined> {
  return await issuer.simulator.bypass?.simulate(
    compilation,
    event,
    surroundingsOf(policy, around, []).surroundings,
  );
}

function surroundingsOf(
  policy: Stage['policy'],
  { answers, nowSeconds, instance = {}, delivery }: Around,
  asked: readonly SingleNeed[],
) {
  const { fetch, answer, unanswered } = previewNetwork(policy, answers, asked, delivery);
  return {
    surroundings: { fetch, answer, secrets: previewSettings(policy), nowSeconds, instance },
    unanswered,
  };
}
