import type { Finding, Path } from '../finding.ts';
import type { Policy, Reads } from '../policy.ts';
import type { Rule } from './rule.ts';

export const descriptiveUsedAsGrant = {
  id: 'TE203',
  slug: 'descriptive-used-as-grant',
  severity: 'error',
  title: 'A grant rests on authoritative claims alone.',
  why: 'A descriptive claim may be missing, stale, or rest on a source that may fail; what is granted on it is granted on hearsay.',
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
      help: `Make \`${claim.name}\` authoritative, or grant on something that is.`,
    }));
}
