/* What Cognito and Lambda allow, read on 2026-11-20. */

/**
 * Versions of the trigger, with the version that their events name.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const triggerVersions = { V1_0: '1', V2_0: '2', V3_0: '3' } as const;

/** A version of the trigger, as the settings of a user pool name it. */
export type TriggerVersion = keyof typeof triggerVersions;

/**
 * How long Cognito waits for the function, in milliseconds, and how often it calls it before it gives up.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-identity-pools-working-with-aws-lambda-triggers.html
 */
export const attemptLimitMs = 5_000;
export const attempts = 3;

/** The time of one call, in milliseconds. Three calls take less than five seconds. */
export const deadlineMs = 1_500;

/** The time-out of the function itself, in seconds: it ends before Cognito calls again. */
export const functionTimeoutSeconds = 4;

/**
 * Claims and scopes of one transaction, those that are there and those that are added, over both tokens.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html
 */
export const changesLimit = 5_000;

/** Characters of a custom attribute's name, without `custom:`; bytes of an attribute's value. */
export const attributeNameLimit = 20;
export const attributeLimitBytes = 2_048;

/** The lifetime of an access token, in seconds, as an app client may set it. */
export const lifetimeBoundsSeconds = { least: 300, most: 86_400 } as const;

/**
 * Claims that the trigger cannot add, change or remove.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
// biome-ignore format: a table
export const protectedNames: readonly string[] = [
  'username', 'sub', 'identities', 'client_id', 'event_id', 'device_key', 'version', 'acr', 'amr', 'at_hash', 'auth_time',
  'azp', 'exp', 'iat', 'iss', 'jti', 'nbf', 'nonce', 'origin_jti', 'token_use', 'aud',
];

/**
 * The claim that lists the groups of a user. A trigger does not set it as other claims: an override of the groups replaces
 * it in both tokens. A user without groups has no such claim.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const groupsClaim = 'cognito:groups';

/** Whether a claim of this name never reaches a token as the trigger sets it. `scope` has fields of its own. */
export function isProtected(name: string): boolean {
  return protectedNames.includes(name) || name === 'scope' || /^(?:cognito|dev):/.test(name);
}

/** Claims that are text in the ID token. */
export const textInIdToken: readonly string[] = [
  'phone_number_verified',
  'email_verified',
  'updated_at',
  'address',
];

/** Standard attributes of users. Users can change those that their app client may write. */
// biome-ignore format: a table
export const standardAttributes: readonly string[] = [
  'address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name', 'nickname',
  'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo',
];

/**
 * Whether a function may have a variable of this name.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
 */
export function isVariable(name: string): boolean {
  return /^[A-Za-z]\w+$/.test(name);
}

/** Whether a text may be a scope. */
export function isScope(text: string): boolean {
  return /^\S+$/.test(text);
}

/**
 * Access tokens live that long unless the app client says otherwise, in milliseconds.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export const defaultLifetime = {
  defaultMs: 3_600_000,
  setting: 'access token expiration of the app client',
} as const;
