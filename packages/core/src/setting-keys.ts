import { type Expression, SETTINGS } from '@claimsmith/cel';
import type { Policy, PolicyClaim } from './policy.ts';
import { expressionsOf } from './policy-expressions.ts';
import { askedWith } from './sources/asked-with.ts';

/** The settings that are keys of `hash.hmac` in a policy, sorted: a host gives them to the program as `$settings`. */
export function settingKeysOf(
  policy: Pick<Policy, 'applies' | 'claims' | 'deny' | 'scopes' | 'details' | 'sources'>,
): readonly string[] {
  const deciding = expressionsOf(policy).map(({ expression }) => expression);
  return [...new Set([...deciding, ...policy.sources.flatMap(askedWith)].flatMap(keysIn))].sort();
}

/** The claims whose value depends on such a key, by their names in the spec: only the deployment knows them. */
export function keyedClaims({ claims }: Policy): ReadonlySet<string> {
  const keyed = new Set<string>();
  const isKeyed = ({ value, when, reads }: PolicyClaim) =>
    [value, when].some((one) => keysIn(one).length > 0) || reads.claims.some((name) => keyed.has(name));
  // A claim comes after those that it reads.
  for (const claim of claims) if (isKeyed(claim)) keyed.add(claim.name);
  return keyed;
}

function keysIn(expression: Expression | undefined): readonly string[] {
  return (expression?.reads ?? []).flatMap(({ path: [root, name] }) =>
    root === SETTINGS && name !== undefined ? [name] : [],
  );
}
