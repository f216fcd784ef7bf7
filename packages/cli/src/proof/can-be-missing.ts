import type { PolicyClaim } from '@claimsmith/core';

/** Whether a claim may be missing in some situation; true if this is not certain. */
export function canBeMissing({ value, type, maxItems, maxBytes, maxAgeSeconds }: PolicyClaim): boolean {
  if (value === undefined) return false;
  const isBound = maxItems !== undefined || maxBytes !== undefined || maxAgeSeconds !== undefined;
  // Some of these values are not JSON.
  const mayBeNone = value.type.kind === 'optional' || type.kind === 'dyn' || type.kind === 'double';
  return isBound || mayBeNone || value.canFail;
}
