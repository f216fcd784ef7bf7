/**
 * A claim that Okta makes itself, as its API accepts it.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerClaims/
 */
export interface NativeClaim {
  readonly name: string;
  readonly status: 'ACTIVE';
  /** RESOURCE: the access token. IDENTITY: the ID token. */
  readonly claimType: 'RESOURCE' | 'IDENTITY';
  readonly valueType: 'EXPRESSION' | 'GROUPS';
  /** Okta Expression Language, or the pattern of a group filter. */
  readonly value: string;
  readonly group_filter_type?: 'STARTS_WITH' | 'EQUALS' | 'CONTAINS' | 'REGEX';
  /** Only if one of these scopes is granted; empty: always. */
  readonly conditions: { readonly scopes: readonly string[] };
  readonly alwaysIncludeInToken: true;
}
