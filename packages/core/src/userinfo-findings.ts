import type { Finding } from './finding.ts';
import type { Policy, PolicyClaim } from './policy.ts';

/** What an issuer makes of claims for the userinfo answer. */
interface Userinfo {
  readonly id: string;
  readonly title: string;
  /** Whether the answer has the claim. */
  isThere(claim: PolicyClaim): boolean;
  /** A sentence without its end. */
  readonly why: string;
  /** What to do, before leaving the claim out. */
  readonly help: string;
}

/** Whether its condition is false at the issuer. */
function isNever({ when }: PolicyClaim): boolean {
  return when?.root.kind === 'literal' && when.root.value === false;
}

/** Reports claims for the userinfo answer that an issuer does not put there. */
export function userinfoFindings(
  { claims, source }: Policy,
  { id, title, isThere, why, help }: Userinfo,
): readonly Finding[] {
  return claims
    .filter((claim) => claim.tokens.includes('userinfo') && !isThere(claim) && !isNever(claim))
    .map(
      ({ name, tokens }): Finding => ({
        rule: 'TE843',
        severity: 'error',
        message: `\`${name}\` is not in the userinfo answer of ${title}: ${why}.`,
        range: source.value(['claims', name, 'tokens']),
        help: `${help}${tokens.length > 1 ? '' : ` Or leave the claim out at ${title}: \`when: issuer != "${id}"\`.`}`,
      }),
    );
}
