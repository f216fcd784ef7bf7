import type { AccessToken, TokenField } from '@claimsmith/core';

/**
 * Access tokens of a custom authorization server. Their header has no `typ`; only the policy marker tells them from ID
 * tokens.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
 */
export const accessToken: AccessToken = {
  keysPath: 'v1/keys',
  typ: [null, 'jwt', 'at+jwt'],
  proof: {},
  hasAudience: true,
  ownAudiences: [],
  scopes: 'scp',
  client: ['cid'],
  // Okta: it "isn't included in the access token if there is no user bound to it".
  machine: [{ claim: 'uid', present: false }],
  recognizesAgents: false,
};

/** The fields of the identity context that they say. `sub` is the login, unless somebody has changed that. */
export const tokenFields: readonly TokenField[] = [{ field: 'user.id', claim: 'uid', people: true }];
