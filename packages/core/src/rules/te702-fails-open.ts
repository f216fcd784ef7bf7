import type { Rule } from './rule.ts';

export const failsOpen = {
  id: 'TE702',
  slug: 'fails-open',
  severity: 'error',
  safety: true,
  title: 'A missing authoritative claim denies the token.',
  why: 'With `omit` or a default, a source that fails would decide what a service grants.',
  mend: 'Remove `onMissing`, or make the claim descriptive.',
  bad: `claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: unlimited } }`,
  good: `claims:
  limit: { value: org.id, kind: authoritative }`,
  reference: 'https://cwe.mitre.org/data/definitions/636.html',
  lookups: true,
  check: ({ claims, source }) =>
    claims
      .filter((claim) => claim.kind === 'authoritative' && claim.onMissing !== 'deny')
      .map((claim) => ({
        rule: 'TE702',
        severity: 'error',
        message: `\`${claim.name}\` is authoritative, but a missing value ${claim.onMissing === 'omit' ? 'is left out' : 'gets a default'}.`,
        range: source.value(['claims', claim.name, 'onMissing']),
        help: 'Use `onMissing: deny`, and exclude tokens that do not need the claim with `when`. Or make it descriptive.',
      })),
} as const satisfies Rule;
