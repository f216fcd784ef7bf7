import type { Change, Order } from '@claimsmith/core';
import { isGrowth } from './lifetime.ts';
import { subjectOf } from './names.ts';

/**
 * When a change comes. Tokens live shorter first and longer last; an Action is bound when it is deployed, and deleted when it
 * is unbound.
 */
export function orderOf(change: Change): Order {
  return { phase: 0, rank: rankOf(change) };
}

function rankOf(change: Change): number {
  const subject = subjectOf(change.key);
  if (subject?.kind === 'api') return isGrowth(change) ? 5 : 0;
  if (subject?.kind === 'binding') return change.kind === 'delete' ? 1 : 4;
  return change.kind === 'delete' ? 2 : 3;
}
