import type { Change, Order } from '@claimsmith/core';
import { quarantineAudience, sentinel } from '../limits.ts';
import { subjectOf } from './images.ts';
import { isFeeder, isProof } from './mark.ts';
import { valueAt } from './state.ts';

/** What the order of changes depends on. */
export interface OrderHints {
  /** The name of the policy marker's claim. */
  readonly marker: string | undefined;
  /** Whether a claim that is no longer native is made by the hook from now on. */
  isMadeByHook(type: string, name: string): boolean;
}

/*
 * The order of changes, such that no token on the way grants more than before or after, and the hook always finds its
 * feeders:
 *
 * Phase 0, before the hook server changes. What the running server does not mind, and what takes authority away:
 *   attributes, feeders, the proof of the feeders, the hook itself, the sentinel;
 *   claims that are no longer in the policy go; without a policy, rules no longer call the hook, then the hook goes.
 * Phase 1, with the server at the new revision. What gives authority, only where the hook is called:
 *   rules call the hook, the marker becomes the sentinel, scopes, native claims, the real marker.
 * Phase 2. What nobody reads any more:
 *   claims that the hook makes now, the sentinel, proofs, their feeders; the audience last of all.
 */
export function orderOf(change: Change, hints: OrderHints): Order {
  const subject = subjectOf(change.key);
  switch (subject.kind) {
    case 'attribute':
      return { phase: 0, rank: 5 };
    case 'hook':
      if (change.kind !== 'delete') return { phase: 0, rank: 12 };
      // A second one of the same name may be called by rules until phase 1.
      return subject.name.includes(' (') ? { phase: 2, rank: 30 } : { phase: 0, rank: 50 };
    case 'scope':
      return change.kind === 'delete' ? { phase: 0, rank: 25 } : { phase: 1, rank: 15 };
    case 'rule':
      return isUnbinding(change) ? { phase: 0, rank: 45 } : { phase: 1, rank: 0 };
    case 'server':
      // With the sentinel in place, the real audience gives nothing to a token that has bypassed the hook. It comes back
      // early, so that tokens of the new server are not refused in the meantime.
      return isUnquarantined(change) ? { phase: 0, rank: 30 } : { phase: 2, rank: 50 };
    case 'claim':
      if (isProof(subject.name))
        return change.kind === 'delete' ? { phase: 2, rank: 10 } : { phase: 0, rank: 11 };
      if (isFeeder(subject.name))
        return change.kind === 'delete' ? { phase: 2, rank: 11 } : { phase: 0, rank: 10 };
      if (subject.name === hints.marker) return markerOrder(change, hints, subject.type);
      if (change.kind !== 'delete') return { phase: 1, rank: 20 };
      return hints.isMadeByHook(subject.type, subject.name) ? { phase: 2, rank: 0 } : { phase: 0, rank: 20 };
  }
}

/** A real marker is the last that comes, and the first that goes. The sentinel is the first that comes. */
function markerOrder(change: Change, hints: OrderHints, type: string): Order {
  const isSentinel = (image: unknown) => valueAt(image, 'value') === `"${sentinel}"`;
  if (change.kind === 'create')
    return isSentinel(change.after?.image) ? { phase: 0, rank: 15 } : { phase: 1, rank: 40 };
  if (change.kind === 'update')
    return isSentinel(change.after?.image) ? { phase: 1, rank: 10 } : { phase: 1, rank: 40 };
  if (isSentinel(change.before?.image)) return { phase: 2, rank: 5 };
  return hints.isMadeByHook(type, hints.marker ?? '') ? { phase: 2, rank: 0 } : { phase: 0, rank: 18 };
}

function isUnbinding({ before, after }: Change): boolean {
  const now = valueAt(before?.image, 'inlineHook');
  return typeof now === 'string' && valueAt(after?.image, 'inlineHook') === null;
}

function isUnquarantined({ before, after }: Change): boolean {
  const isQuarantined = (image: unknown) => {
    const audiences = valueAt(image, 'audiences');
    return Array.isArray(audiences) && audiences.includes(quarantineAudience);
  };
  const isLifted = isQuarantined(before?.image) && !isQuarantined(after?.image);
  return isLifted && valueAt(after?.memo, 'hasSentinel') === true;
}
