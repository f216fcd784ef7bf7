import type { IssuerSuites } from '../../../tools/suites.ts';

const audience = 'audience: https://api.acme.example/, guard: [sentinel], rolesIn: roles';

export const suites = {
  // Most random specs read the actor.
  settings: `{ ${audience}, exchange: false, supply: { user.email_verified: user.emailVerified, user.picture: user.picture, user.created_at: user.since, client.metadata.tier: app.profile.tier } }`,
  telling: `{ ${audience}, supply: { org.id: [user.organization, app.profile.organization], org.name: [user.orgName, app.profile.orgName], org.display_name: app.profile.orgTitle, tenant.id: app.profile.tenant, client.metadata: app.profile.meta, user.picture: user.picture, user.created_at: user.since, user.logins_count: user.logins, user.email_verified: user.emailVerified } }`,
  place: 'lookOfApps',
  lacking: ['org.metadata.tier'],
  forPeople: `{ ${audience}, idTokens: false }`,
  places: {
    'roles at Okta': (name) =>
      `claims: { c: { value: user.roles, kind: descriptive } }\nissuers: { okta: { rolesIn: "${name}" } }`,
    'what Okta is told': (name) =>
      `claims: { c: { value: org.id, kind: descriptive } }\nissuers: { okta: { supply: { org.id: user.${name} } } }`,
    'the audience at Okta': (name) =>
      `claims: { c: { const: 1, kind: descriptive } }\nissuers: { okta: { audience: "${name}" } }`,
  },
} satisfies IssuerSuites;
