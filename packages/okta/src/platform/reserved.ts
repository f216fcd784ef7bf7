/*
 * Names that Okta's hook may not write, read on 2026-11-20. One operation on such a name makes Okta drop the whole
 * response and issue the token unmodified.
 */

/**
 * Claims of access tokens.
 * @see https://developer.okta.com/docs/reference/token-hook/
 */
// biome-ignore format: a table
export const reservedAccessNames: readonly string[] = [
  'acr', 'as_uri', 'auth_time', 'authorization_details', 'cid', 'cnf', 'exp', 'groups',
  'iat', 'iss', 'jti', 'rpt', 'rsi', 'scp', 'sid', 'token_type', 'uid', 'username', 'ver',
];

/**
 * Claims of ID tokens.
 * @see https://developer.okta.com/docs/reference/token-hook/
 */
// biome-ignore format: a table
export const reservedIdNames: readonly string[] = [
  'acr', 'active', 'aid', 'amr', 'app_id', 'app_type', 'at_hash', 'aud', 'auth_time', 'c_hash',
  'cid', 'client_id', 'client_ip', 'client_req_id', 'client_type', 'client_user_agent', 'cnf',
  'device_compliance', 'device_id', 'device_known', 'device_managed', 'device_name', 'device_trust',
  'did', 'dst', 'exp', 'group', 'groups', 'hotk', 'iat', 'idp', 'idp_iss', 'iss', 'jti', 'mac_key',
  'may_act', 'nonce', 'oid', 'okta_emailVerified', 'okta_lastUpdated', 'orig', 'permissions',
  'purpose', 'pwd_exp_days', 'pwd_exp_time', 'rid', 'role', 'scope', 'scopes', 'sid', 'sub', 'term',
  'token_type', 'user_ip', 'ver',
];

/**
 * The allowed lifetimes of an access token, in seconds.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/other/create-token-hook/
 */
export const lifetimeBoundsSeconds = { least: 300, most: 86_400 } as const;

/**
 * A response of the hook, in bytes. Okta says "256 KB"; under either reading of the unit this keeps below it.
 * @see https://developer.okta.com/docs/concepts/inline-hooks/
 */
export const responseLimitBytes = 256_000;

/** The largest accepted request, in bytes. */
export const requestLimitBytes = 262_144;

/** How long Okta waits for an answer, in milliseconds; then it issues the token unmodified. */
export const hookLimitMs = 3_000;

/** The type of the one event that this hook answers. */
export const tokenTransform = 'com.okta.oauth2.tokens.transform';
