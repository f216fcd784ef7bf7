import type { Path, Policy, SourceRange } from '@claimsmith/core';

/**
 * The place of a finding about a key of `issuers.okta`: the key, or where it would be. In a spec without
 * `issuers.okta`, it is the first claim, or the first other part, rather than the whole spec.
 */
export function placeOf({ spec, source, deny, scopes }: Policy, path: Path): SourceRange {
  if (spec.issuers !== undefined) return source.value(['issuers', 'okta', ...path]);
  const [first] = Object.keys(spec.claims);
  if (first !== undefined) return source.key(['claims', first]);
  const [scope] = scopes;
  const [rule] = deny;
  return rule !== undefined || scope === undefined
    ? source.value(rule?.path ?? ['deny', 0])
    : source.key(scope.path.slice(0, 2));
}
