import type { Path, Policy, SourceRange } from '@claimsmith/core';

/**
 * Where a finding about a setting of Okta is shown: at the setting, or where it would be. A spec that says nothing of
 * Okta is shown by its first claim, or the first of what else it decides, rather than as a whole.
 */
export function placeOf({ spec, source, deny, scopes }: Policy, path: Path): SourceRange {
  if (spec.issuers !== undefined) return source.value(['issuers', 'okta', ...path]);
  const [first] = Object.keys(spec.claims);
  if (first !== undefined) return source.key(['claims', first]);
  const [scope] = scopes;
  return deny.length > 0 || scope === undefined
    ? source.value(['deny', 0])
    : source.key(scope.path.slice(0, 2));
}
