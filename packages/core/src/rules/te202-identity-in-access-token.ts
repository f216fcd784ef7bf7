import type { Finding } from '../finding.ts';
import { identityIn } from '../words/personal.ts';
import { isAccountedFor, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const identityInAccessToken = {
  id: 'TE202',
  slug: 'identity-in-access-token',
  severity: 'warning',
  profile: 'pedantic',
  title: 'An access token has a name, an e-mail address or a phone number only for a purpose and a consumer.',
  why: 'Services log access tokens, and seldom need to know what a person is called. An app shows names from the ID token. `check` looks at names of claims and fields, and `claimsmith test` at the values in scenarios.',
  mend: 'Move the claim to the ID token with `tokens: [id]`, or write `purpose` and `consumers`.',
  bad: `claims:
  email: { value: user.email, kind: descriptive }`,
  good: `claims:
  email: { value: user.email, tokens: [id], kind: descriptive }`,
  standards: ['tokenPrivacy', 'purpose'],
  check: ({ claims, spec, source }) =>
    claims.flatMap((claim): readonly Finding[] => {
      const said = spec.claims[claim.name];
      if (!claim.tokens.includes('access') || said === undefined || isAccountedFor(said)) return [];
      const found = wordOf(claim, identityIn) ?? nameOf(claim.value?.source);
      if (found === undefined) return [];
      return [
        {
          rule: 'TE202',
          severity: 'warning',
          message: `\`${claim.name}\` puts personal data into the access token (\`${found.word}\` in ${found.where}), but lacks \`purpose\` or \`consumers\`.`,
          range: source.value(placeOfValue(claim)),
          help: 'Write `tokens: [id]`, or `purpose` and `consumers`.',
        },
      ];
    }),
} as const satisfies Rule;

/** `name` alone is mostly the name of a thing. */
function nameOf(source: string | undefined) {
  return source?.trim() === 'user.name' ? { word: 'name', where: '`user.name`' } : undefined;
}
