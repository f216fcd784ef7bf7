import type { Rule } from './rule.ts';

export const claimWithoutConsumer = {
  id: 'TE301',
  slug: 'claim-without-consumer',
  severity: 'warning',
  profile: 'auditor',
  title: 'A claim names the services that read it.',
  why: 'Nobody dares to remove or change a claim while nobody knows who reads it.',
  mend: 'Write `consumers`, or remove the claim.',
  bad: `claims:
  tenant: { value: org.id, kind: descriptive }`,
  good: `claims:
  tenant: { value: org.id, kind: descriptive, consumers: [orders-api] }`,
  standards: ['purpose', 'dataInventory'],
  check: ({ spec, source }) =>
    Object.entries(spec.claims)
      .filter(([, { consumers = [] }]) => consumers.every((name) => name.trim() === ''))
      .map(([name]) => ({
        rule: 'TE301',
        severity: 'warning',
        message: `\`${name}\` does not say who reads it.`,
        range: source.key(['claims', name]),
        help: 'Write `consumers`, or remove the claim.',
      })),
} as const satisfies Rule;
