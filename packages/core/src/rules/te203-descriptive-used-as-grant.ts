import { readsIn } from '../expressions.ts';
import type { Finding, Path } from '../finding.ts';
import type { Policy, Reads } from '../policy.ts';
import type { Rule } from './rule.ts';

export const descriptiveUsedAsGrant = {
  id: 'TE203',
  slug: 'descriptive-used-as-grant',
  severity: 'error',
  safety: true,
  title: 'Grants and authoritative claims read only authoritative claims.',
  why: 'A descriptive claim may be missing, stale or a default without the token being denied, and its author has not said that access may depend on it.',
  mend: 'Make the claim authoritative, or read an authoritative claim.',
  bad: `claims:
  plan: { value: org.name, kind: descriptive }
scopes:
  export: { grant: claims.plan == "gold" }`,
  good: `claims:
  plan: { value: org.name, kind: authoritative }
scopes:
  export: { grant: claims.plan == "gold" }`,
  standards: ['leastPrivilege', 'incorrectPrivilege'],
  lookups: true,
  check: (policy) => [
    ...policy.scopes.flatMap(({ path, reads }) => descriptiveReads(policy, path, reads, 'This grant')),
    ...policy.details.flatMap(({ type, reads }) =>
      descriptiveReads(policy, ['authorizationDetails', type, 'grant'], reads, 'This grant'),
    ),
    ...policy.claims
      .filter(({ kind }) => kind === 'authoritative')
      .flatMap(({ name, value, when }) =>
        Object.entries({ value, when }).flatMap(([key, expression]) => {
          const reads = readsIn(policy, expression);
          return descriptiveReads(
            policy,
            ['claims', name, key],
            reads,
            `The authoritative claim \`${name}\``,
          );
        }),
      ),
  ],
} as const satisfies Rule;

function descriptiveReads(policy: Policy, path: Path, reads: Reads, subject: string): readonly Finding[] {
  return policy.claims
    .filter((claim) => claim.kind === 'descriptive' && reads.claims.includes(claim.name))
    .map((claim) => ({
      rule: 'TE203',
      severity: 'error',
      message: `${subject} reads \`claims.${claim.name}\`, which is descriptive${typeof claim.onMissing === 'object' ? ' and has a default' : ''}.`,
      range: policy.source.value(path),
      help: `Make \`${claim.name}\` authoritative, or read an authoritative claim.`,
    }));
}
