import type { Policy } from '../policy.ts';
import { protocolClaims } from '../reserved-names.ts';
import type { Rule } from './rule.ts';

export const registeredClaimOverridden = {
  id: 'TE101',
  slug: 'registered-claim-overridden',
  severity: 'error',
  title: 'A claim does not take the name of a protocol claim.',
  why: 'Verifiers give these names a fixed meaning. Another value under them confuses the check of the token, or defeats it.',
  mend: 'Choose a name of your own, for example with your namespace before it.',
  bad: `claims:
  sub: { value: user.email, kind: descriptive }`,
  good: `claims:
  https://acme.example/login: { value: user.email, kind: descriptive }`,
  reference: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1',
  check: ({ claims, marker, source }) => [
    ...claims
      .filter((claim) => protocolClaims.includes(claim.name))
      .map((claim) => ({
        rule: 'TE101',
        severity: 'error' as const,
        message: `\`${claim.name}\` belongs to the protocol; a policy may not set it.`,
        range: source.key(['claims', claim.name]),
        help: 'Choose a name of your own, for example with your namespace before it.',
      })),
    ...(marker && (protocolClaims.includes(marker.claim) || claims.some(({ name }) => name === marker.claim))
      ? [
          {
            rule: 'TE101',
            severity: 'error' as const,
            message: `The policy marker cannot be called \`${marker.claim}\`: the name is taken.`,
            range: claims.some(({ name }) => name === marker.claim)
              ? source.key(['claims', marker.claim])
              : source.value(['marker']),
            help: 'Name it with `marker:`, or rename the claim.',
          },
        ]
      : []),
  ],
} as const satisfies Rule;

/** Whether a claim cannot be called so at any issuer: no issuer need say it again. */
export function isProtocolName(claim: string, marker: Policy['marker']): boolean {
  return protocolClaims.includes(claim) || claim === marker?.claim;
}
