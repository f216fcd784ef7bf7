import type { Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';

/** Fields of the identity context that any part of a policy reads. */
export function fieldsBehind(policy: Policy): readonly string[] {
  return [...contextFields(policy)].sort();
}
