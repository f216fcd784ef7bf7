/** The name that stands for all scopes that a spec does not name. */
export const otherScopes = '*';

/**
 * Scopes that decide what an issuer itself gives, so `*` does not decide on them.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
 */
export const openIdScopes: readonly string[] = [
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
  'online_access',
  'device_sso',
];
