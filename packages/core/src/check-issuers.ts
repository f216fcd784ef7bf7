import type { CreatedPolicy } from './create-policy.ts';
import type { Finding } from './finding.ts';
import type { Issuer } from './issuer.ts';

/**
 * Says what of a policy does not work at some issuers. Of a policy with faults only its sound parts are checked, and
 * only errors told: those stand whatever the other parts turn out to be.
 */
export function checkIssuers(
  { draft, isPartial }: CreatedPolicy,
  issuers: readonly Issuer[],
): readonly Finding[] {
  if (draft === undefined) return [];
  const findings = issuers.flatMap((issuer) => issuer.check(draft));
  return isPartial ? findings.filter(({ severity }) => severity === 'error') : findings;
}
