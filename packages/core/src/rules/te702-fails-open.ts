import type { PolicyClaim } from '../policy.ts';
import type { Rule } from './rule.ts';

export const failsOpen = {
  id: 'TE702',
  slug: 'fails-open',
  severity: 'error',
  safety: true,
  title: 'A missing authoritative claim denies the token.',
  why: 'With `omit` or a default, a source that fails would decide what a service grants.',
  mend: 'Remove `onMissing`, or make the claim descriptive. If a token without the claim is right where there is no value, say so with `when: has(…)`: unlike `onMissing: omit`, it denies the token if a source fails.',
  bad: `claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: unlimited } }`,
  good: `claims:
  limit: { value: org.id, when: has(org.id), kind: authoritative }`,
  reference: 'https://cwe.mitre.org/data/definitions/636.html',
  lookups: true,
  check: ({ claims, source, spec }) =>
    claims
      .filter((claim) => claim.kind === 'authoritative' && claim.onMissing !== 'deny')
      .map((claim) => ({
        rule: 'TE702',
        severity: 'error',
        message: `\`${claim.name}\` is authoritative, but a missing value ${claim.onMissing === 'omit' ? 'is left out' : 'gets a default'}.`,
        range: source.value(['claims', claim.name, 'onMissing']),
        help: helpFor(claim, spec.claims[claim.name]?.when),
        remedy: generalHelp,
      })),
} as const satisfies Rule;

const generalHelp =
  'Remove `onMissing`. If some tokens may lack the value, write `when: has(…)`: a source that fails still denies the token. Or make the claim descriptive.';

function helpFor({ onMissing, value }: PolicyClaim, when: string | undefined): string {
  const [path, ...others] = new Set(value?.reads.map((read) => read.path.join('.')));
  const isPlain = path !== undefined && others.length === 0 && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(path);
  return onMissing === 'omit' && when === undefined && isPlain
    ? generalHelp.replace('has(…)', `has(${path})`)
    : generalHelp;
}
