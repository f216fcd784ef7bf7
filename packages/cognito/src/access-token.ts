import type { AccessToken, TokenField } from '@claimsmith/core';
import { groupsClaim } from './limits.ts';

/**
 * Access tokens of Amazon Cognito. They name the API in `aud` only if the client asks for a resource.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export const accessToken: AccessToken = {
  keysPath: '.well-known/jwks.json',
  typ: [null, 'jwt'],
  proof: { token_use: 'access' },
  hasAudience: false,
  ownAudiences: [],
  scopes: 'scope',
  client: ['client_id'],
  // All tokens of a login have it, also those of later refreshes.
  session: 'origin_jti',
  groups: groupsClaim,
  // Only tokens of users name one. Of a machine, `sub` is the client's id.
  machine: [{ claim: 'username', present: false }],
  recognizesAgents: false,
  // A user pool that spans regions has another host.
  twins: [['https://cognito-idp.', 'https://issuer-cognito-idp.']],
};

/** The fields of the identity context that they say. */
export const tokenFields: readonly TokenField[] = [
  { field: 'user.id', claim: 'sub', people: true },
  { field: 'user.username', claim: 'username', people: true },
];
