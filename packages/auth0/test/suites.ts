import type { IssuerSuites } from '../../../tools/suites.ts';

export const suites = {
  settings: '{}',
  telling: '{ groupsIn: api }',
  place: 'user_metadata.look.theme',
  forPeople: '{ triggers: [post-login] }',
  places: {
    'groups at Auth0': (name) =>
      `claims: { c: { value: user.groups, kind: descriptive } }\nissuers: { auth0: { groupsIn: "${name}" } }`,
  },
} satisfies IssuerSuites;
