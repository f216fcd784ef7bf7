import type { Finding } from '../finding.ts';
import { privateIn } from '../words/personal.ts';
import { isAccountedFor, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const personalDataWithoutPurpose = {
  id: 'TE404',
  slug: 'personal-data-without-purpose',
  severity: 'warning',
  title:
    'A claim with a birth date, an address of a home, or a number of a document or an account says what it is for and who reads it.',
  why: 'Each service, log and proxy that sees the token gets the data, whether it needs it or not. The law asks for a purpose, and for no more data than the purpose needs. `check` looks at names, and `claimsmith test` at the values in scenarios: IBANs, card numbers, birth dates.',
  mend: 'Carry what services need to know, such as `is_adult`, or write `purpose` and `consumers`.',
  bad: `user: { attributes: { date_of_birth: string } }
claims:
  born: { value: user.attributes.date_of_birth, kind: descriptive }`,
  good: `user: { attributes: { date_of_birth: string } }
claims:
  is_adult:
    value: now - timestamp(user.attributes.date_of_birth) > duration("157788h")
    kind: descriptive`,
  standards: ['purpose', 'tokenPrivacy', 'dataInventory'],
  lookups: true,
  check: ({ claims, spec, source }) =>
    claims.flatMap((claim): readonly Finding[] => {
      const found = wordOf(claim, privateIn);
      const said = spec.claims[claim.name];
      if (found === undefined || said === undefined || isAccountedFor(said)) return [];
      return [
        {
          rule: 'TE404',
          severity: 'warning',
          message: `\`${claim.name}\` carries personal data (\`${found.word}\` in ${found.where}), but lacks \`purpose\` or \`consumers\`.`,
          range: source.value(placeOfValue(claim)),
          help: 'Carry only what services need to know, or write `purpose` and `consumers`.',
        },
      ];
    }),
} as const satisfies Rule;
