import type { Rule } from './rule.ts';

export const machineWithoutOwner = {
  id: 'TEN02',
  slug: 'machine-without-owner',
  severity: 'warning',
  profile: 'auditor',
  title: 'Authority that machines or agents get has an owner and a date of review.',
  why: 'A machine does not leave the company and does not complain. What it may do stays until somebody looks.',
  mend: 'Write `owner` and `reviewBy` at the claim.',
  bad: `claims:
  tenant: { const: acme, kind: authoritative, subjects: [machine] }`,
  good: `claims:
  tenant:
    const: acme
    kind: authoritative
    subjects: [machine]
    owner: platform@acme.example
    reviewBy: 2126-01-31`,
  standards: ['offboarding', 'longLived', 'owners'],
  check: ({ claims, spec, source }) =>
    claims.flatMap(({ name, kind, subjects }) => {
      const others = subjects?.because === undefined ? subjects?.kinds.filter((one) => one !== 'human') : [];
      if (kind !== 'authoritative' || others === undefined || others.length === 0) return [];
      const { owner = spec.owner, reviewBy } = spec.claims[name] ?? {};
      const lacking = Object.entries({ owner, reviewBy })
        .filter(([, text]) => text === undefined || text.trim() === '')
        .map(([key]) => `\`${key}\``);
      if (lacking.length === 0) return [];
      return [
        {
          rule: 'TEN02',
          severity: 'warning' as const,
          message: `\`${name}\` gives authority to ${others.map((one) => `${one}s`).join(' and ')}, but lacks ${lacking.join(' and ')}.`,
          range: source.key(['claims', name]),
          help: 'Write them at the claim.',
        },
      ];
    }),
} as const satisfies Rule;
