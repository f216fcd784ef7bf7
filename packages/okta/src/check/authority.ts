import { authoritiesOf, type Policy } from '@claimsmith/core';
import type { Settings } from '../settings.ts';
import { declaredField, profilePaths } from '../supplies.ts';

/**
 * The attributes that authority depends on, also through other claims and the addresses of sources: `user.country`.
 * Users who can write one of them could grant themselves access. Attributes that only administrators can write, such as
 * the profile of an app, are not included.
 */
export function authorityPaths(policy: Policy, settings: Settings): readonly string[] {
  const fields = authoritiesOf(policy).flatMap(({ fields }) => fields);
  const paths = fields.flatMap((field) => profilePaths(declaredField(field, policy), settings));
  return [...new Set(paths)].filter((path) => !path.startsWith('app.')).sort();
}
