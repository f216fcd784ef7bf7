import type { Rule } from './rule.ts';

export const auditNamesNobody = {
  id: 'TE604',
  slug: 'audit-names-nobody',
  severity: 'warning',
  profile: 'auditor',
  title: 'If tokens give authority to people, the audit records name the subjects.',
  why: 'Without a key for subjects, no record says for which user a token was issued. Nobody can find the tokens of a person, and `claimsmith revoke` cannot revoke them.',
  mend: 'Write `audit: { key: "${AUDIT_KEY}" }`. Records then have a keyed digest of the user\'s id.',
  bad: `claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  good: `audit: { key: "\${AUDIT_KEY}" }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  standards: ['logs', 'offboarding'],
  check: ({ spec, claims, source }) => {
    const [first] = claims.filter(
      ({ kind, subjects }) =>
        kind === 'authoritative' && (subjects === undefined || subjects.kinds.includes('human')),
    );
    if (first === undefined || spec.audit !== undefined) return [];
    return [
      {
        rule: 'TE604',
        severity: 'warning',
        message: `\`${first.name}\` gives authority to people, but audit records do not name the subject of a token.`,
        range: source.key(['claims', first.name]),
        help: 'Write `audit: { key: "${AUDIT_KEY}" }` at the top of the spec.',
      },
    ];
  },
} as const satisfies Rule;
