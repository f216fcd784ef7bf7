import type { Policy } from '@claimsmith/core';
import { declaredField, profilePaths } from './fields.ts';
import type { Settings } from './settings.ts';

/**
 * The attributes that authority rests on, through other claims too: `user.country`. A user who can write one of them
 * grants to himself. What an administrator alone can write, such as the profile of an app, is not among them.
 */
export function authorityPaths(policy: Policy, settings: Settings): readonly string[] {
  const fields = new Set<string>();
  const seen = new Set<string>();
  const visit = (reads: { readonly fields: readonly string[]; readonly claims: readonly string[] }) => {
    for (const field of reads.fields) fields.add(declaredField(field, policy));
    for (const claim of policy.claims) {
      if (!reads.claims.includes(claim.name) || seen.has(claim.name)) continue;
      seen.add(claim.name);
      visit(claim.reads);
    }
  };
  for (const { kind, reads } of policy.claims) if (kind === 'authoritative') visit(reads);
  for (const { reads } of policy.scopes) visit(reads);
  for (const { when } of policy.deny)
    visit({ fields: when.reads.map(({ path }) => path.join('.')), claims: [] });
  const paths = [...fields].flatMap((field) => profilePaths(field, settings));
  return [...new Set(paths)].filter((path) => !path.startsWith('app.')).sort();
}
