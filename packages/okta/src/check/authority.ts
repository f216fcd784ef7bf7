import { authoritiesOf, type Policy } from '@claimsmith/core';
import type { Settings } from '../settings.ts';
import { declaredField, profilePaths } from '../supplies.ts';

/**
 * The attributes that authority rests on, through other claims and the addresses of sources too: `user.country`. A user who can write one of them
 * grants to himself. What an administrator alone can write, such as the profile of an app, is not among them.
 */
export function authorityPaths(policy: Policy, settings: Settings): readonly string[] {
  const fields = authoritiesOf(policy).flatMap(({ fields }) => fields);
  const paths = fields.flatMap((field) => profilePaths(declaredField(field, policy), settings));
  return [...new Set(paths)].filter((path) => !path.startsWith('app.')).sort();
}
