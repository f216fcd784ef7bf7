import type { Known, Resource } from '@claimsmith/core';
import { isSame } from './same.ts';

/** One difference between a place and what the last apply left there. */
export interface Drift {
  readonly key: string;
  /**
   * - `changed`: somebody changed it, or removed our mark from it
   * - `removed`: somebody removed it
   * - `added`: somebody added it within what is ours, or with our mark
   */
  readonly kind: 'changed' | 'removed' | 'added';
  readonly before: Known | undefined;
  readonly now: Resource | undefined;
}

/**
 * What somebody changed since a release. Pure.
 *
 * @param release what the journal last saw
 * @param resources what is there now
 */
export function driftOf(release: readonly Known[], resources: readonly Resource[]): readonly Drift[] {
  const now = new Map(resources.map((resource) => [resource.key, resource]));
  const known = new Map(release.map((resource) => [resource.key, resource]));
  const drifts: Drift[] = [];
  for (const before of release) {
    const resource = now.get(before.key);
    if (resource === undefined) drifts.push({ key: before.key, kind: 'removed', before, now: undefined });
    else if (resource.owner !== before.owner || !isSame(resource.image, before.image)) {
      drifts.push({ key: before.key, kind: 'changed', before, now: resource });
    }
  }
  for (const resource of resources) {
    if (known.has(resource.key) || resource.owner === 'shared') continue;
    drifts.push({ key: resource.key, kind: 'added', before: undefined, now: resource });
  }
  return drifts;
}
