import { isDeepStrictEqual } from 'node:util';
import type { Policy, Promised, Verdict } from '@claimsmith/core';
import type { Mismatch } from './compare.ts';

/**
 * Differences between a token that bypassed our part and the spec's promise about such tokens.
 *
 * @param verdict the policy's decision: such a token may have claims that the issuer makes by itself
 */
export function overreach(
  { marker, audiences, mostSeconds }: Promised,
  verdict: Verdict,
  actual: Verdict,
  policy: Policy,
): readonly Mismatch[] {
  if (actual.denied !== undefined) return [];
  const found: Mismatch[] = [];
  const compare = (at: string, expected: unknown, value: unknown) => {
    if (!isDeepStrictEqual(expected, value)) found.push({ at, expected, actual: value });
  };
  const markerClaim = policy.marker?.claim;
  if (markerClaim !== undefined) compare(`access.${markerClaim}`, marker, actual.access[markerClaim]);
  for (const token of ['access', 'id'] as const) {
    // For a denied user, the guard must make everything worthless.
    if (verdict.denied !== undefined) break;
    for (const [claim, value] of Object.entries(actual[token]))
      if (claim !== markerClaim || token === 'id') compare(`${token}.${claim}`, verdict[token][claim], value);
  }
  compare('audience', audiences.toSorted(), actual.audiences.toSorted());
  const { lifetimeSeconds } = actual;
  if (mostSeconds !== undefined && !(lifetimeSeconds !== undefined && lifetimeSeconds <= mostSeconds))
    found.push({ at: 'lifetime', expected: mostSeconds, actual: lifetimeSeconds });
  return found;
}
