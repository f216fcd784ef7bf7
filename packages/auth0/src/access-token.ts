import type { AccessToken, TokenField } from '@claimsmith/core';

/**
 * Access tokens of Auth0. The profile RFC 9068 of an API has `jti`; the default profile has neither `jti` nor a `typ` of
 * its own.
 *
 * @see https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 */
export const accessToken: AccessToken = {
  keysPath: '.well-known/jwks.json',
  typ: ['at+jwt'],
  typWithoutId: ['jwt'],
  proof: {},
  hasAudience: true,
  // With the scope openid, a token is also for the UserInfo endpoint.
  ownAudiences: ['{issuer}userinfo'],
  scopes: 'scope',
  client: ['client_id', 'azp'],
  machine: [
    { claim: 'gty', equals: 'client-credentials' },
    // Not just the end: connections choose the end of a user's `sub`, as in `samlp|acme|x@clients`.
    { claim: 'sub', equals: '{client}@clients' },
  ],
  recognizesAgents: true,
};

/**
 * The fields of the identity context that they say. Tokens of an organization name it.
 *
 * @see https://auth0.com/docs/manage-users/organizations/using-tokens
 */
export const tokenFields: readonly TokenField[] = [
  { field: 'user.id', claim: 'sub', people: true },
  { field: 'org.id', claim: 'org_id' },
];
