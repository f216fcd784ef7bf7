import type { Expression } from '@claimsmith/cel';
import type { PolicyClaim } from '@claimsmith/core';

/** Whether a claim may be missing in some situation; true if this is not certain. */
export function canBeMissing({ value, type, maxItems, maxBytes, maxAgeSeconds }: PolicyClaim): boolean {
  if (value === undefined) return false;
  const isBound = maxItems !== undefined || maxBytes !== undefined || maxAgeSeconds !== undefined;
  // Some of these values are not JSON.
  const mayBeNone = value.type.kind === 'optional' || type.kind === 'dyn' || type.kind === 'double';
  return isBound || mayBeNone || (value.canFail && !readsOnlyTheClock(value));
}

/** A sum with the time fails only at the end of all times, which no scenario reaches. */
function readsOnlyTheClock({ reads }: Expression): boolean {
  return reads.length > 0 && reads.every(({ path }) => path.join('.') === 'now');
}
