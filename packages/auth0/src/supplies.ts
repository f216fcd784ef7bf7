import type { Supply } from '@claimsmith/core';

const both = (field: string, from: string): Supply => ({
  field,
  from: { 'post-login': from, 'credentials-exchange': from },
});
const login = (field: string, from: string): Supply => ({ field, from: { 'post-login': from } });

/** Where each field of the identity context comes from. `session.acr` is not here: no event tells it. */
export const supplies: readonly Supply[] = [
  login('user.id', 'event.user.user_id'),
  login('user.username', 'event.user.username'),
  login('user.email', 'event.user.email'),
  login('user.email_verified', 'event.user.email_verified'),
  login('user.name', 'event.user.name'),
  login('user.given_name', 'event.user.given_name'),
  login('user.family_name', 'event.user.family_name'),
  login('user.locale', 'event.user.locale, where the connection supplies it'),
  login('user.zoneinfo', 'event.user.zoneinfo, where the connection supplies it'),
  login('user.phone_number', 'event.user.phone_number'),
  login('user.roles', 'event.authorization.roles'),
  login('user.groups', 'the attribute that groupsIn names'),
  login('user.attributes', 'event.user.app_metadata, or where attributesIn says'),
  both('org.id', 'event.organization.id'),
  both('org.name', 'event.organization.name'),
  both('org.metadata', 'event.organization.metadata'),
  both('client.id', 'event.client.client_id'),
  both('client.name', 'event.client.name'),
  both('client.metadata', 'event.client.metadata'),
  {
    field: 'request.grant_type',
    from: { 'post-login': 'from event.transaction.protocol', 'credentials-exchange': 'client_credentials' },
  },
  {
    field: 'request.scopes',
    from: {
      'post-login': 'event.transaction.requested_scopes, event.request.body.scope or event.refresh_token',
      'credentials-exchange': 'event.accessToken.scope',
    },
  },
  both('request.audience', 'event.resource_server.identifier'),
  login('request.authorization_details', 'event.transaction.requested_authorization_details'),
  login('request.acr_values', 'event.transaction.acr_values'),
  both('request.ip', 'event.request.ip'),
  {
    field: 'request.params',
    from: {
      'post-login': 'event.request.query and event.request.body',
      'credentials-exchange': 'event.request.body',
    },
  },
  login('session.id', 'event.session.id (Enterprise plans)'),
  login(
    'session.auth_time',
    'event.session.authenticated_at, else the first of event.authentication.methods',
  ),
  login('session.amr', "event.authentication.methods, by Auth0's names"),
  login('actor', 'event.transaction.actor'),
  both('subject_type', 'from the trigger and event.agent'),
];

/** Fields that no event of a trigger holds. */
export function absentAt(trigger: string): readonly string[] {
  const missing = supplies.filter(({ from }) => !Object.hasOwn(from, trigger)).map(({ field }) => field);
  return [...missing, 'session.acr'];
}
