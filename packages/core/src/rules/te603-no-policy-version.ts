import type { Rule } from './rule.ts';

export const noPolicyVersion = {
  id: 'TE603',
  slug: 'no-policy-version',
  severity: 'warning',
  fixable: true,
  title: 'Tokens say which revision of the policy made them.',
  why: 'Without the marker nobody can tell from a token which rules were in force, and services cannot refuse tokens that the policy has not made.',
  mend: 'Remove `marker: false`, or give the marker another name.',
  bad: `marker: false
claims:
  tenant: { value: org.id, kind: authoritative }`,
  good: `marker: acme_policy
claims:
  tenant: { value: org.id, kind: authoritative }`,
  standards: ['logs', 'assertions'],
  check: ({ marker, source }) =>
    marker === undefined
      ? [
          {
            rule: 'TE603',
            severity: 'warning',
            message: 'Tokens do not say which policy made them.',
            range: source.value(['marker']),
            help: 'Remove `marker: false`, or name the marker.',
            fix: { remove: ['marker'] },
          },
        ]
      : [],
} as const satisfies Rule;
