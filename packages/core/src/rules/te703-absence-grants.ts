import type { Finding } from '../finding.ts';
import { restrictionIn } from '../words/authority.ts';
import { bareName } from '../words/word-list.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const absenceGrants = {
  id: 'TE703',
  slug: 'absence-grants',
  severity: 'warning',
  title: 'No claim takes something away.',
  why: 'Where the claim is missing, for another audience, after a failure or because a service does not know it, its holder may do more.',
  mend: 'Say what is allowed: `can_write` and not `read_only`. Deny the token of somebody who must not have one, with a rule under `deny`.',
  bad: `claims:
  read_only: { value: '"trial" in user.roles', kind: authoritative }`,
  good: `claims:
  can_write: { value: '"member" in user.roles', kind: authoritative }`,
  standards: ['failingOpen', 'leastPrivilege'],
  lookups: true,
  check: ({ claims, source }) =>
    claims.flatMap((claim): readonly Finding[] => {
      const word = claim.type.kind === 'bool' ? restrictionIn(bareName(claim.name)) : undefined;
      if (word === undefined) return [];
      return [
        {
          rule: 'TE703',
          severity: 'warning',
          message: `\`${claim.name}\` restricts (\`${word}\`): a token without it allows more.`,
          range: source.value(placeOfValue(claim)),
          help: 'Say what is allowed instead, or deny the token with a rule under `deny`.',
        },
      ];
    }),
} as const satisfies Rule;
