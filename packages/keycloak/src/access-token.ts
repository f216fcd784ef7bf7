import type { AccessToken, TokenField } from '@claimsmith/core';

/**
 * Access tokens of Keycloak. A claim says what they are: `ID` and `Refresh` are other tokens, `DPoP` is bound to a key.
 *
 * @see https://www.keycloak.org/docs/latest/server_admin/
 * @see https://www.keycloak.org/docs-api/latest/javadocs/org/keycloak/common/constants/ServiceAccountConstants.html
 */
export const accessToken: AccessToken = {
  keysPath: 'protocol/openid-connect/certs',
  typ: ['jwt', 'at+jwt'],
  proof: { typ: 'Bearer' },
  hasAudience: true,
  // Everybody may use the account console.
  ownAudiences: ['account'],
  scopes: 'scope',
  client: ['azp', 'client_id'],
  session: 'sid',
  // From the client scope `service_account`. A user name says nothing: people may register as `service-account-x`.
  machine: [{ claim: 'clientAddress', present: true }],
  recognizesAgents: false,
};

/** The fields of the identity context that they say. A service account is a user, too. */
export const tokenFields: readonly TokenField[] = [
  { field: 'user.id', claim: 'sub' },
  { field: 'session.id', claim: 'sid' },
];
