import type { IssuerSuites } from '../../../tools/suites.ts';

const audience =
  'audience: https://api.acme.example/, appClients: { web: { name: Web, metadata: { tier: gold } }, job: { name: Job, metadata: { tier: DE }, org: { id: o1 } } }';

export const suites = {
  settings: `{ ${audience}, supply: { user.roles: custom:roles, user.created_at: custom:since } }`,
  telling: `{ ${audience}, supply: { user.roles: custom:roles, user.created_at: custom:since, user.logins_count: custom:logins, org.id: custom:org, org.name: custom:org_name, org.display_name: custom:org_title, connection.name: custom:connection, connection.strategy: custom:strategy } }`,
  lacking: [
    'org.metadata.tier',
    'request.acr_values',
    'request.ip',
    'request.user_agent',
    'request.geo.continent',
    'request.geo.country',
    'request.geo.subdivision',
    'request.geo.city',
    'request.geo.time_zone',
    'session.id',
    'session.auth_time',
    'session.amr',
    'session.acr',
    'session.idp',
    'session.notes.via',
    'user.role_attributes.costs',
    'actor.sub',
  ],
  place: 'custom:look',
  forPeople: `{ ${audience}, version: V2_0, supply: { user.roles: custom:roles, user.created_at: custom:since } }`,
} satisfies IssuerSuites;
