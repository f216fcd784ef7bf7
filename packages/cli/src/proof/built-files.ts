import { isDeepStrictEqual } from 'node:util';
import type { Mismatch } from '../run/compare.ts';
import type { Stage } from '../run/trial.ts';

/** Differences between built files and the spec that tokens do not show. */
export async function fileDifferences({ issuer, policy, compilation }: Stage): Promise<readonly Mismatch[]> {
  const facts = (await issuer.simulator.facts?.(policy, compilation)) ?? [];
  return facts.filter(({ expected, actual }) => !isDeepStrictEqual(expected, actual));
}
