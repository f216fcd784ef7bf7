import type { Lack, Supply } from '@claimsmith/core';

/**
 * Whom Keycloak makes a token for: `user`, whatever the grant, or the service account of a client with
 * `client_credentials`.
 */
export type TriggerId = 'user' | 'service-account';

const both = (field: string, from: string): Supply => ({
  field,
  from: { user: from, 'service-account': from },
});
const user = (field: string, from: string): Supply => ({ field, from: { user: from } });

/** Where each field of the identity context comes from. `session.amr` is missing, because it depends on the login flow. */
export const supplies: readonly Supply[] = [
  both('user.id', 'user.id'),
  both('user.username', 'user.username'),
  user('user.email', 'user.email'),
  both('user.email_verified', 'user.emailVerified'),
  user('user.name', 'first and last name'),
  user('user.given_name', 'user.firstName'),
  user('user.family_name', 'user.lastName'),
  user('user.locale', 'user attribute locale'),
  user('user.zoneinfo', 'user attribute zoneinfo'),
  user('user.phone_number', 'user attribute phoneNumber'),
  {
    ...both('user.roles', 'effective realm roles, or those of the client that rolesFrom names'),
    always: true,
  },
  { ...both('user.groups', 'direct groups, by name or path'), always: true },
  {
    ...both('user.attributes', "user attributes, else those of the user's first group that has them"),
    emptyIsMissing: true,
  },
  both('org.id', 'the organization of the user, if it is one'),
  both('org.name', 'the organization of the user, if it is one'),
  { ...both('org.metadata', 'the attributes of the organization'), emptyIsMissing: true },
  both('client.id', 'client.clientId'),
  both('client.name', 'client.name'),
  both('client.metadata', 'client attributes'),
  both('request.grant_type', 'grant_type of the token request'),
  both('request.scopes', 'scope of the access token'),
  both('request.audience', 'the setting audience'),
  user('request.authorization_details', 'authorization_details of the request'),
  both('request.ip', "the connection's remote address"),
  both('request.params', 'form parameters of the token request'),
  both('session.id', 'userSession.id'),
  user('session.auth_time', 'session note AUTH_TIME'),
  user('session.acr', 'acr of the token'),
  both('subject_type', 'human, or machine for a service account'),
];

/** Fields that are unknown when a token is made for `trigger`. */
export function lacks(trigger: string): Lack {
  const missing = supplies.filter(({ from }) => !Object.hasOwn(from, trigger)).map(({ field }) => field);
  const never = ['session.amr', 'actor', 'request.acr_values'];
  // A service account has no such fields, and asks for no authorization details.
  return trigger === 'user'
    ? { absent: [], lost: [...missing, ...never], agentsAre: 'human' }
    : { absent: missing, lost: never, agentsAre: 'machine' };
}
