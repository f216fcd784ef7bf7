/** What carries claims: the access token, the ID token, and the answer of the userinfo endpoint. */
export const tokenNames = ['access', 'id', 'userinfo'] as const;
export type TokenName = (typeof tokenNames)[number];
