import type { Rule } from './rule.ts';

export const reviewOverdue = {
  id: 'TE605',
  slug: 'review-overdue',
  severity: 'warning',
  title: 'Nobody forgets the review of a claim.',
  why: 'After `reviewBy` nobody has looked whether services still need the claim, so tokens may say more than they should.',
  mend: 'Review the claim with its owner and its consumers. Then set `reviewBy` to the next review, or remove the claim.',
  bad: `claims:
  tenant: { value: org.id, kind: authoritative, reviewBy: 2024-01-31 }`,
  good: `claims:
  tenant: { value: org.id, kind: authoritative, reviewBy: 2126-01-31 }`,
  standards: ['leastPrivilege'],
  check: ({ spec, source }, { today }) =>
    Object.entries(spec.claims).flatMap(([name, { reviewBy, owner = spec.owner }]) => {
      if (reviewBy === undefined || today === undefined || reviewBy >= today) return [];
      const who = owner === undefined ? 'its consumers' : `${owner} and its consumers`;
      return [
        {
          rule: 'TE605',
          severity: 'warning' as const,
          message: `The review of \`${name}\` was due by ${reviewBy}.`,
          range: source.value(['claims', name, 'reviewBy']),
          help: `Review it with ${who}, and set the next date.`,
        },
      ];
    }),
} as const satisfies Rule;
