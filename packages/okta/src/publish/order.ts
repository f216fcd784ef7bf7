import type { Change, Order } from '@claimsmith/core';
import { sentinel } from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import { subjectOf } from './images.ts';
import { isFeeder, isProof } from './mark.ts';
import { valueAt } from './state.ts';

/** What the order of changes depends on. */
export interface OrderHints {
  /** The name of the policy marker's claim. */
  readonly marker: string | undefined;
  /** Whether a claim that is no longer native is made by the hook from now on. */
  isMadeByHook(type: string, name: string): boolean;
  /** Whether rules call the hook at the end; true if that is unknown. */
  readonly keepsHook: boolean;
}

/*
 * The order of changes, such that no token on the way grants more than before or after, and the hook always finds its
 * feeders:
 *
 * Phase 0, before the hook server changes. What the running server does not mind, and what takes authority away:
 *   attributes, feeders, the proof of the feeders, the hook itself, the sentinel;
 *   claims that are no longer in the policy go.
 *   If the policy no longer needs the hook: its native claims, the real marker and the real audience come, then rules no
 *   longer call the hook, then the hook goes.
 * Phase 1, with the server at the new revision. What gives authority, only where the hook is called:
 *   rules call the hook, the marker becomes the sentinel, the audience that of quarantine, scopes, native claims, the real
 *   marker.
 * Phase 2. What nobody reads any more:
 *   claims that the hook makes now, the sentinel, proofs, their feeders; a real audience last of all.
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
      return serverOrder(change, hints);
    case 'claim':
      if (isProof(subject.name))
        return change.kind === 'delete' ? { phase: 2, rank: 10 } : { phase: 0, rank: 11 };
      if (isFeeder(subject.name))
        return change.kind === 'delete' ? { phase: 2, rank: 11 } : { phase: 0, rank: 10 };
      if (subject.name === hints.marker) return markerOrder(change, hints, subject.type);
      if (change.kind !== 'delete') return { phase: hints.keepsHook ? 1 : 0, rank: 20 };
      return hints.isMadeByHook(subject.type, subject.name) ? { phase: 2, rank: 0 } : { phase: 0, rank: 20 };
  }
}

/** A real marker is the last that comes, and the first that goes. The sentinel is the first that comes. */
function markerOrder(change: Change, hints: OrderHints, type: string): Order {
  const isSentinel = (image: unknown) => valueAt(image, 'value') === `"${sentinel}"`;
  if (change.kind !== 'delete') {
    if (isSentinel(change.after?.image)) {
      return change.kind === 'create' ? { phase: 0, rank: 15 } : { phase: 1, rank: 10 };
    }
    return hints.keepsHook ? { phase: 1, rank: 40 } : { phase: 0, rank: 28 };
  }
  if (isSentinel(change.before?.image)) return { phase: 2, rank: 5 };
  return hints.isMadeByHook(type, hints.marker ?? '') ? { phase: 2, rank: 0 } : { phase: 0, rank: 18 };
}

function isUnbinding({ before, after }: Change): boolean {
  const now = valueAt(before?.image, 'inlineHook');
  return typeof now === 'string' && valueAt(after?.image, 'inlineHook') === null;
}

/**
 * - to quarantine: as soon as rules call the hook, which gives the real audience
 * - from quarantine: early if the sentinel is in place, which makes tokens that bypass the hook worthless, or if all
 *   tokens are about to bypass it; they would be refused in the meantime
 */
function serverOrder({ before, after }: Change, { keepsHook }: OrderHints): Order {
  const isQuarantined = (image: unknown) => {
    const audiences = valueAt(image, 'audiences');
    return Array.isArray(audiences) && audiences.includes(quarantineAudience);
  };
  if (isQuarantined(after?.image)) return { phase: 1, rank: 12 };
  const isHarmless = !keepsHook || valueAt(after?.memo, 'hasSentinel') === true;
  const isEarly = isQuarantined(before?.image) && isHarmless;
  return isEarly ? { phase: 0, rank: 30 } : { phase: 2, rank: 50 };
}
