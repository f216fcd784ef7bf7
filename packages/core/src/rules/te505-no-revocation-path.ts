import { formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

/** Shorter tokens end before somebody could revoke them. */
const shortMs = 300_000;

export const noRevocationPath = {
  id: 'TE505',
  slug: 'no-revocation-path',
  severity: 'warning',
  profile: 'auditor',
  title: 'Tokens with authority end within 5 minutes, or somebody has said how they are revoked.',
  why: 'A signed token is good until it ends, whatever happens to the user or the client.',
  mend: 'Write `lifetime: { access: 5m }` or less. If services ask the issuer (introspection), or keep a list of revoked tokens, accept the finding with that as the reason.',
  bad: `claims:
  tenant: { value: org.id, kind: authoritative }`,
  good: `lifetime: { access: 5m }
claims:
  tenant: { value: org.id, kind: authoritative }`,
  standards: ['offboarding', 'leastPrivilege'],
  check: ({ spec, claims, scopes, details, source }) => {
    const life = spec.lifetime?.access;
    const grants = scopes.length + details.length > 0 || claims.some(({ kind }) => kind === 'authoritative');
    if (!grants || (life !== undefined && life <= shortMs)) return [];
    const howLong = life === undefined ? 'as long as the issuer says' : formatDuration(life);
    return [
      {
        rule: 'TE505',
        severity: 'warning',
        message: `Tokens with authority are good for ${howLong}, and nothing in the spec says how they are revoked.`,
        range: life === undefined ? source.key(['claims']) : source.value(['lifetime', 'access']),
        help: 'Let them live for 5 minutes or less, or accept the finding and say how they are revoked.',
      },
    ];
  },
} as const satisfies Rule;
