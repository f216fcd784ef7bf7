import { formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

/** The longest life of a token that grants something, in milliseconds. */
const longestMs = 3_600_000;

export const tokenLivesTooLong = {
  id: 'TE503',
  slug: 'token-lives-too-long',
  severity: 'warning',
  title: 'A token that grants something lives for at most an hour.',
  why: 'A service that decides from the token alone cannot see that a right was revoked: the token grants it until it expires.',
  mend: 'Set a `lifetime` of `1h` or less, and let clients get new tokens with refresh tokens.',
  bad: `lifetime: { access: 30d }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  good: `lifetime: { access: 15m }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  reference: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  check({ spec, source, claims, scopes, details }) {
    const ms = spec.lifetime?.access ?? 0;
    if (ms <= longestMs) return [];
    const granting = [
      ...claims
        .filter(({ kind, tokens }) => kind === 'authoritative' && tokens.includes('access'))
        .map(({ name }) => name),
      ...scopes.map(({ name }) => name),
      ...details.map(({ type }) => type),
    ];
    const [first, ...others] = granting;
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [
      {
        rule: 'TE503',
        severity: 'warning',
        message: `A token grants \`${first}\`${more} for ${formatDuration(ms)}, also after the right was revoked.`,
        range: source.value(['lifetime', 'access']),
        help: 'Set a lifetime of `1h` or less; clients get new tokens with refresh tokens.',
      },
    ];
  },
} as const satisfies Rule;
