import { type Lack, type Policy, type Supply, type SupplyOrigin, withSilentActor } from '@claimsmith/core';
import { settingsOf } from './settings.ts';

/**
 * The subject of the token: `user` for any grant type, or the service account of a client with `client_credentials`.
 */
export type TriggerId = 'user' | 'service-account';

const both = (field: string, from: SupplyOrigin): Supply => ({
  field,
  from: { user: from, 'service-account': from },
});
const user = (field: string, from: SupplyOrigin): Supply => ({ field, from: { user: from } });
const machine = (field: string, from: SupplyOrigin): Supply => ({ field, from: { 'service-account': from } });
const path = (text: string): SupplyOrigin => ({ path: text });
const words = (text: string): SupplyOrigin => ({ words: text });

/** Where each field of the identity context comes from. `session.amr` is missing, because it depends on the login flow. */
export const supplies: readonly Supply[] = [
  both('user.id', path('user.id')),
  both('user.username', path('user.username')),
  user('user.email', path('user.email')),
  both('user.email_verified', path('user.emailVerified')),
  user('user.name', words('first and last name')),
  user('user.given_name', path('user.firstName')),
  user('user.family_name', path('user.lastName')),
  user('user.nickname', words('user attribute nickname')),
  user('user.picture', words('user attribute picture')),
  user('user.locale', words('user attribute locale')),
  user('user.zoneinfo', words('user attribute zoneinfo')),
  user('user.phone_number', words('user attribute phoneNumber')),
  both('user.created_at', path('user.createdTimestamp')),
  {
    ...both('user.roles', words('effective realm roles, or those of the clients that rolesFrom names')),
    always: true,
  },
  { ...both('user.groups', words('direct groups, by name or path')), always: true },
  { ...both('user.identities', words('linked identity providers, without a profile')), always: true },
  {
    ...both('user.attributes', words("user attributes, else those of the user's first group that has them")),
    emptyIsMissing: true,
  },
  {
    ...both(
      'user.role_attributes',
      words('the attributes of all effective roles, of the realm and of clients'),
    ),
    emptyIsMissing: true,
  },
  both('org.id', words('the organization of the user, if it is one')),
  both('org.name', words('the organization of the user, if it is one')),
  both('org.display_name', words('the display name of that organization')),
  { ...both('org.metadata', words('the attributes of the organization')), emptyIsMissing: true },
  both('tenant.id', path('realm.name')),
  both('client.id', path('client.clientId')),
  both('client.name', path('client.name')),
  both('client.metadata', words('client attributes')),
  machine(
    'workload.id',
    words('client attribute jwt.credential.sub, if the client authenticates with federated-jwt'),
  ),
  machine('workload.attester', words('client attribute jwt.credential.issuer, likewise')),
  both('request.grant_type', words('grant_type of the token request')),
  both('request.scopes', words('scope of the access token')),
  both('request.audience', words('issuers.keycloak.audience')),
  user('request.authorization_details', words('authorization_details of the request')),
  both('request.ip', words("the connection's remote address")),
  both('request.user_agent', words('header User-Agent of the token request')),
  both('request.params', words('form parameters of the token request')),
  both('session.id', path('userSession.id')),
  user('session.auth_time', words('session note AUTH_TIME')),
  user('session.acr', words('acr of the token')),
  user('session.idp', words('session note identity_provider')),
  both('now', words("the server's clock")),
  both('session.notes', words('session notes')),
  both(
    'actor',
    words(
      'act of the token, the client that exchanges a token, or the administrator who impersonates the user',
    ),
  ),
  both('subject_type', words('human, or machine for a service account')),
];

/** Fields that are unknown when a token is made for `trigger`. */
export function lacks(policy: Policy, trigger: string): Lack {
  const missing = supplies.filter(({ from }) => !Object.hasOwn(from, trigger)).map(({ field }) => field);
  const never = ['session.amr', 'request.acr_values', 'request.geo', 'user.logins_count'];
  if (trigger !== 'user') {
    // Mappers cannot tell how a client authenticates.
    const lost = settingsOf(policy).scripts ? never : [...never, 'workload'];
    return withActor(policy, { absent: [...missing, 'connection'], lost, agentsAre: 'machine' });
  }
  // Keycloak does not keep the profile that another provider has sent.
  const ofIdentities = policy.spec.user?.identities === undefined ? [] : ['user.identities'];
  const others = missing.filter((field) => !field.startsWith('workload.'));
  const lost = [...others, ...never, 'connection', ...ofIdentities];
  return withActor(policy, { absent: ['workload'], lost, agentsAre: 'human' });
}

/** Mappers cannot tell who acts for the subject. */
function withActor(policy: Policy, lack: Lack): Lack {
  const { scripts, exchange } = settingsOf(policy);
  return scripts ? lack : withSilentActor(lack, { id: 'keycloak', title: 'Keycloak', exchange });
}
