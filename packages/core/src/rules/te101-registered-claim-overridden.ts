import type { Policy } from '../policy.ts';
import { protocolClaims } from '../reserved-names.ts';
import type { Rule } from './rule.ts';

export const registeredClaimOverridden = {
  id: 'TE101',
  slug: 'registered-claim-overridden',
  severity: 'error',
  title: 'A claim does not take the name of a protocol claim.',
  why: 'Verifiers give these names a fixed meaning. Another value could make them accept or refuse the wrong token.',
  mend: 'Choose another name, for example one with your namespace as a prefix.',
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
        message: `\`${claim.name}\` belongs to the protocol; a policy cannot set it.`,
        range: source.key(['claims', claim.name]),
        help: 'Choose another name, for example one with your namespace as a prefix.',
      })),
    ...(marker && (protocolClaims.includes(marker.claim) || claims.some(({ name }) => name === marker.claim))
      ? [
          {
            rule: 'TE101',
            severity: 'error' as const,
            message: `The policy marker cannot be named \`${marker.claim}\`: the name is taken.`,
            range: claims.some(({ name }) => name === marker.claim)
              ? source.key(['claims', marker.claim])
              : source.value(['marker']),
            help: 'Name it with `marker:`, or rename the claim.',
          },
        ]
      : []),
  ],
} as const satisfies Rule;

/** Whether every issuer reserves the name, so that issuers do not report it again. */
export function isProtocolName(claim: string, marker: Policy['marker']): boolean {
  return protocolClaims.includes(claim) || claim === marker?.claim;
}
