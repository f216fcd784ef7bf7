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
 * How long Okta waits for a token inline hook, in milliseconds. It does not ask again, and issues the token as it was.
 * With a hook that is secured by OAuth, Okta's own request for an access token counts.
 * @see https://developer.okta.com/docs/concepts/inline-hooks/
 */
export const hookLimitMs = 3_000;

/** What the hook takes of {@link hookLimitMs}: the rest is for the network. */
export const deadlineMs = { header: 2_000, oauth: 1_500 } as const;

/**
 * Lifetime of an access token, in seconds.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/InlineHook/
 */
export const lifetimeLimitsSeconds = { least: 300, most: 86_400 } as const;

/** The answer of a hook must be smaller, in bytes. */
export const answerLimitBytes = 256 * 1_024;

/** The group that every user belongs to. */
export const everyone = 'Everyone';
