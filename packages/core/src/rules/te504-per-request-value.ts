import type { Finding } from '../finding.ts';
import { pathsIn } from '../names-read.ts';
import type { PolicyClaim } from '../policy.ts';
import { perRequestIn } from '../words/authority.ts';
import { type FoundWord, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const perRequestValue = {
  id: 'TE504',
  slug: 'per-request-value',
  severity: 'warning',
  title: 'No authoritative claim carries a value that is another one at the next request.',
  why: 'A token says what was true at the login. A balance, what is left of a limit, a risk or an IP address is another one when the service decides.',
  mend: 'Add `resolve: request`: then services look the value up when they decide, and no token carries it. Carry what stays the same, such as the limit.',
  bad: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { balance: double } }
claims:
  funds: { value: bank.balance, kind: authoritative }`,
  good: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { balance: double } }
claims:
  funds: { value: bank.balance, kind: authoritative, resolve: request }`,
  standards: ['leastPrivilege'],
  check: ({ claims, source }) =>
    claims.flatMap((claim): readonly Finding[] => {
      if (claim.kind !== 'authoritative') return [];
      const address = addressOf(claim);
      const found = address ?? wordOf(claim, perRequestIn, 'all');
      if (found === undefined) return [];
      return [
        {
          rule: 'TE504',
          severity: 'warning',
          message: `The authoritative claim \`${claim.name}\` holds what was true at the login (\`${found.word}\` in ${found.where}): it may be another when a service relies on it.`,
          range: source.value(placeOfValue(claim)),
          // No token says it, so nobody could look it up.
          help:
            address === undefined
              ? 'Add `resolve: request`, and services look it up when they decide. Or make the claim descriptive.'
              : 'Let the service read the address of its own request, or make the claim descriptive.',
        },
      ];
    }),
} as const satisfies Rule;

function addressOf({ value }: PolicyClaim): FoundWord | undefined {
  const path = value && pathsIn(value).find(([root, field]) => root === 'request' && field === 'ip');
  return path && { word: 'ip', where: `\`${path.join('.')}\`` };
}
