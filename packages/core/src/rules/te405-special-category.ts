import type { Finding } from '../finding.ts';
import { specialIn } from '../words/personal.ts';
import { wordInCondition, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const specialCategory = {
  id: 'TE405',
  slug: 'special-category',
  severity: 'warning',
  also: ['error'],
  title:
    'No claim is about health, religion, ethnic origin, union membership, sexual life, politics, biometrics or crime.',
  why: 'The law forbids to process such data, with few exceptions. A token shows it to each service, log and proxy.',
  mend: 'Let the one service that may know it ask for it. If there is a legal basis to have it in tokens, accept the finding and name the basis. With the profile `auditor` it is an error.',
  bad: `user: { attributes: { religion: string } }
claims:
  holidays: { value: user.attributes.religion, kind: descriptive }`,
  good: `user: { attributes: { holiday_calendar: string } }
claims:
  holidays: { value: user.attributes.holiday_calendar, kind: descriptive }`,
  standards: ['specialCategories', 'legal'],
  lookups: true,
  check: ({ claims, source }, { profiles }) =>
    claims.flatMap((claim): readonly Finding[] => {
      const carried = wordOf(claim, specialIn, 'all');
      // Who has the claim is of the category, whatever its value is.
      const found = carried ?? wordInCondition(claim.when, specialIn);
      if (found === undefined) return [];
      return [
        {
          rule: 'TE405',
          severity: profiles.includes('auditor') ? 'error' : 'warning',
          message: `\`${claim.name}\` is about a special category of personal data: \`${found.word}\` in ${found.where}.`,
          range: source.value(carried ? placeOfValue(claim) : ['claims', claim.name, 'when']),
          help: 'Remove the claim, and let the one service that may know it ask for it. If the words mean something else here, rename the field.',
        },
      ];
    }),
} as const satisfies Rule;
