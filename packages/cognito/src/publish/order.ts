import type { Change, Order } from '@claimsmith/core';
import { triggerImageOf } from './images.ts';
import { subjectOf } from './names.ts';

/**
 * When a change comes. The function first, the user pool's trigger last: a user pool never calls what is not there, or what
 * it may not call. A lower version of the trigger goes before the function, because a function answers events of its own
 * version and lower ones.
 */
export function orderOf(change: Change): Order {
  return { phase: 0, rank: rankOf(change) };
}

function rankOf(change: Change): number {
  const isDelete = change.kind === 'delete';
  switch (subjectOf(change.key)) {
    case 'trigger':
      return isDelete || isLowered(change) || isHandedBack(change) ? 0 : 5;
    case 'permission':
      return isDelete ? 1 : 4;
    default:
      return isDelete ? 2 : 3;
  }
}

/** Whether the same function gets events of a lower version. */
function isLowered({ before, after }: Change): boolean {
  const from = triggerImageOf(before?.image);
  const to = triggerImageOf(after?.image);
  return from !== undefined && to !== undefined && from.function === to.function && to.version < from.version;
}

/** Whether the user pool calls the function of somebody else from then on. */
function isHandedBack({ before, after }: Change): boolean {
  const [from, to] = [triggerImageOf(before?.image), triggerImageOf(after?.image)];
  return before?.owner === 'ours' && to !== undefined && from?.function !== to.function;
}
