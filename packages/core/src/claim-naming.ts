import type { Policy, PolicyClaim } from './policy.ts';

/** The names of claims at an issuer. */
export interface ClaimNaming {
  /** The name that a claim carries there. */
  readonly claimName: (claim: PolicyClaim, policy: Policy) => string;
  /** The names of all claims, by their names in the spec. */
  readonly claimNames: (policy: Policy) => Readonly<Record<string, string>>;
}

/**
 * Names claims for an issuer: the spec's alias (`as`) if there is one; otherwise the name, with the namespace before it
 * if the issuer reserves the name.
 *
 * @param isReserved whether the issuer reserves the name of a claim
 */
export function claimNaming(issuer: string, isReserved: (claim: PolicyClaim) => boolean): ClaimNaming {
  const claimName = (claim: PolicyClaim, { spec: { namespace } }: Policy): string =>
    claim.as[issuer] ?? (isReserved(claim) && namespace !== undefined ? namespace + claim.name : claim.name);
  const claimNames = (policy: Policy) =>
    Object.fromEntries(policy.claims.map((claim) => [claim.name, claimName(claim, policy)]));
  return { claimName, claimNames };
}
