import type { Rule } from './rule.ts';

export const failsOpen = {
  id: 'TE702',
  slug: 'fails-open',
  severity: 'error',
  safety: true,
  title: 'A missing authoritative claim denies the token.',
  why: 'With `omit` or a default, a failing source decides what a service grants.',
  mend: 'Leave `onMissing` out, or make the claim descriptive.',
  bad: `claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: unlimited } }`,
  good: `claims:
  limit: { value: org.id, kind: authoritative }`,
  reference: 'https://cwe.mitre.org/data/definitions/636.html',
  check: ({ claims, source }) =>
    claims
      .filter((claim) => claim.kind === 'authoritative' && claim.onMissing !== 'deny')
      .map((claim) => ({
        rule: 'TE702',
        severity: 'error',
        message: `\`${claim.name}\` is authoritative, but a missing value ${claim.onMissing === 'omit' ? 'is left out' : 'gets a default'}.`,
        range: source.value(['claims', claim.name, 'onMissing']),
        help: 'Use `onMissing: deny`; say with `when` where the claim is not meant to be, or make it descriptive.',
      })),
} as const satisfies Rule;
