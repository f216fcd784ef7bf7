/* What Okta allows, read on 2026-11-20. */

/**
 * Characters of one expression of a native claim.
 * @see https://developer.okta.com/docs/reference/okta-expression-language/
 */
export const expressionLimitCharacters = 1_024;

/**
 * Groups that a group filter may match; beyond it the token request fails.
 * @see https://support.okta.com/help/s/article/error-the-groups-claim-matched-too-many-groups
 */
export const groupsLimit = 100;

/**
 * The part of Okta's waiting time that the hook may use, in milliseconds; the rest is for the network. With OAuth,
 * Okta's own request for a token counts too.
 * @see https://developer.okta.com/docs/concepts/inline-hooks/
 */
export const deadlineMs = { header: 2_000, oauth: 1_500 } as const;

/** The group that every user belongs to. */
export const everyone = 'Everyone';

/**
 * Claims that the ID tokens of each authorization server have from the start. Okta refuses another claim with such a
 * name, but a hook may write them. @see
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerClaims/
 */
// biome-ignore format: a table
export const systemIdNames: readonly string[] = [
  'address', 'birthdate', 'email', 'email_verified', 'family_name', 'gender', 'given_name', 'locale',
  'middle_name', 'name', 'nickname', 'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at',
  'website', 'zoneinfo',
];

/** An audience that services refuse. */
export const quarantineAudience = 'urn:claimsmith:unenriched';

/**
 * The shortest life of an access token by a rule, in minutes.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerRules/
 */
export const leastRuleLifetimeMinutes = 5;

/**
 * Access tokens live that long unless the rule of the access policy says otherwise, in milliseconds.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerRules/
 */
export const defaultLifetime = {
  defaultMs: 3_600_000,
  setting: 'access token lifetime of the rule',
} as const;
