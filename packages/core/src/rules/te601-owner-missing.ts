import type { Rule } from './rule.ts';

export const ownerMissing = {
  id: 'TE601',
  slug: 'owner-missing',
  severity: 'warning',
  profile: 'auditor',
  title: 'Every claim and every source has an owner.',
  why: 'A claim without an owner is never reviewed, and nobody answers when it is wrong.',
  mend: 'Write `owner` at the claim and the source, or once at the top of the spec.',
  bad: `claims:
  tenant: { value: org.id, kind: descriptive }`,
  good: `owner: identity@acme.example
claims:
  tenant: { value: org.id, kind: descriptive }`,
  standards: ['owners'],
  check: ({ spec, source }) =>
    isNamed(spec.owner)
      ? []
      : (['claims', 'sources'] as const).flatMap((section) =>
          Object.entries(spec[section] ?? {})
            .filter(([, { owner }]) => !isNamed(owner))
            .map(([name]) => ({
              rule: 'TE601',
              severity: 'warning' as const,
              message: `\`${name}\` has no owner.`,
              range: source.key([section, name]),
              help: 'Write `owner`, here or at the top of the spec.',
            })),
        ),
} as const satisfies Rule;

function isNamed(owner: string | undefined): boolean {
  return owner !== undefined && owner.trim() !== '';
}
