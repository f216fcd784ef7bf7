import type { Issuer, Policy, PolicyClaim } from '@claimsmith/core';

/** The names that the claims, and the policy marker, carry at an issuer, by their names in the spec. */
export function namesAt(issuer: Issuer, policy: Policy): Readonly<Record<string, string>> {
  const names = policy.claims.map((claim) => [claim.name, nameAt(issuer, policy, claim)] as const);
  return Object.fromEntries(names);
}

function nameAt(issuer: Issuer, policy: Policy, claim: PolicyClaim): string {
  const alias = claim.as[issuer.id];
  if (alias !== undefined) return alias;
  // Where an issuer refuses the bare name, it says so at the claim's key and takes the namespace before it.
  const key = policy.source.key(['claims', claim.name]).start.offset;
  const refused = issuer
    .check(policy)
    .some(({ rule, range }) => rule === 'TE102' && range?.start.offset === key);
  return refused ? `${policy.spec.namespace ?? ''}${claim.name}` : claim.name;
}
