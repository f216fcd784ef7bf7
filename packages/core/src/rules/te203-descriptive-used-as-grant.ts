import type { Finding, Path } from '../finding.ts';
import type { Policy, Reads } from '../policy.ts';
import type { Rule } from './rule.ts';

export const descriptiveUsedAsGrant = {
  id: 'TE203',
  slug: 'descriptive-used-as-grant',
  severity: 'error',
  safety: true,
  title: 'A grant reads only authoritative claims.',
  why: 'A descriptive claim may be missing or stale without the token being denied, and its author has not said that access may depend on it.',
  mend: 'Make the claim authoritative, or read an authoritative claim.',
  bad: `claims:
  plan: { value: org.name, kind: descriptive }
scopes:
  export: { grant: claims.plan == "gold" }`,
  good: `claims:
  plan: { value: org.name, kind: authoritative }
scopes:
  export: { grant: claims.plan == "gold" }`,
  check: (policy) => [
    ...policy.scopes.flatMap(({ path, reads }) => descriptiveReads(policy, path, reads)),
    ...policy.details.flatMap(({ type, reads }) =>
      descriptiveReads(policy, ['authorizationDetails', type, 'grant'], reads),
    ),
  ],
} as const satisfies Rule;

function descriptiveReads(policy: Policy, path: Path, reads: Reads): readonly Finding[] {
  return policy.claims
    .filter((claim) => claim.kind === 'descriptive' && reads.claims.includes(claim.name))
    .map((claim) => ({
      rule: 'TE203',
      severity: 'error',
      message: `This grant reads \`claims.${claim.name}\`, which is descriptive.`,
      range: policy.source.value(path),
      help: `Make \`${claim.name}\` authoritative, or read an authoritative claim.`,
    }));
}
