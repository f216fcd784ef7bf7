import type { Finding } from '../finding.ts';
import { pathsIn } from '../names-read.ts';
import type { PolicyClaim } from '../policy.ts';
import { perRequestIn } from '../words/authority.ts';
import { type FoundWord, wordInCondition, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const perRequestValue = {
  id: 'TE504',
  slug: 'per-request-value',
  severity: 'warning',
  title: 'No authority rests on a value that is another one at the next request.',
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
  check: ({ claims, scopes, details, source }) => [
    ...claims.flatMap((claim): readonly Finding[] => {
      if (claim.kind !== 'authoritative') return [];
      const address = addressOf(claim);
      const held = address ?? wordOf(claim, perRequestIn, 'all');
      const found = held ?? wordInCondition(claim.when, perRequestIn);
      if (found === undefined) return [];
      return [
        {
          rule: 'TE504',
          severity: 'warning',
          message: `The authoritative claim \`${claim.name}\` ${held ? 'holds' : 'depends on'} what was true at the login (\`${found.word}\` in ${found.where}): it may be another when a service relies on it.`,
          range: source.value(held ? placeOfValue(claim) : ['claims', claim.name, 'when']),
          // No token says it, so nobody could look it up.
          help:
            address === undefined
              ? 'Add `resolve: request`, and services look it up when they decide. Or make the claim descriptive.'
              : 'Let the service read the address of its own request, or make the claim descriptive.',
        },
      ];
    }),
    ...[
      ...scopes.map(({ name, path, grant }) => ({ what: `scope \`${name}\``, path, grant })),
      ...details.map(({ type, grant }) => ({
        what: `authorization detail \`${type}\``,
        path: ['authorizationDetails', type, 'grant'],
        grant,
      })),
    ].flatMap(({ what, path, grant }): readonly Finding[] => {
      const found = wordInCondition(grant, perRequestIn);
      if (found === undefined) return [];
      return [
        {
          rule: 'TE504',
          severity: 'warning',
          message: `The ${what} depends on what was true at the login (\`${found.word}\` in ${found.where}): it may be another when a service relies on it.`,
          range: source.value(path),
          help: 'Let services look it up when they decide, as a claim with `resolve: request`, and grant by what stays the same.',
        },
      ];
    }),
  ],
} as const satisfies Rule;

function addressOf({ value }: PolicyClaim): FoundWord | undefined {
  const path = value && pathsIn(value).find(([root, field]) => root === 'request' && field === 'ip');
  return path && { word: 'ip', where: `\`${path.join('.')}\`` };
}
