/*
 * What Auth0 allows, read on 2026-11-20. Sizes written "kB" count 1,000 bytes here even where Auth0 may mean
 * 1,024: a limit kept with room to spare is kept under either reading.
 */

/**
 * Code of one Action, without npm packages, in bytes.
 * @see https://auth0.com/docs/customize/actions/limitations
 */
export const actionLimitBytes = 100_000;

/**
 * Actions of a tenant, and versions that Auth0 keeps of one.
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy
 */
export const actionsLimit = 100;
export const versionsLimit = 50;

/**
 * All Actions of a trigger together, in milliseconds of wall time.
 * @see https://auth0.com/docs/customize/actions/limitations
 */
export const triggerLimitMs = 20_000;

/** The part of the trigger's time that our Action may use. The rest is for the tenant's other Actions. */
export const deadlineMs = 8_000;

/** How long an Action asks for the groups of a user, in milliseconds, before it asks sources. */
export const groupsLimitMs = 2_000;

/** The largest number of pages of groups that an Action asks for. */
export const groupPages = 20;

/**
 * Custom claims of one token, names and values, in bytes. Access and ID token are counted apart; above it the
 * login fails.
 * @see https://auth0.com/docs/troubleshoot/product-lifecycle/past-migrations/custom-claims-migration
 */
export const claimsLimitBytes = 100_000;

/**
 * Secrets of one Action: how many, and characters of a value. A key may have 128, as any `${NAME}` of a spec.
 * @see https://auth0.com/docs/customize/actions/limitations
 */
export const secretLimits = { count: 30, valueCharacters: 4_096 } as const;

/**
 * Limits of a trigger's cache that an Action relies on: bytes of a value, and its longest life in milliseconds.
 * @see https://auth0.com/docs/customize/actions/limitations
 */
export const cacheValueLimitBytes = 4_000;
export const cacheLifetimeLimitMs = 86_400_000;

/**
 * What the cache takes at most: entries, bytes of a key, of a value and of all together, and how long an entry lives
 * without a `ttl`. The documents say 4 kB and 8 kB; these are the bounds of Auth0's own test kit.
 * @see https://github.com/auth0/auth0-actions
 */
export const cacheLimits = {
  entries: 20,
  keyBytes: 64,
  valueBytes: 4_096,
  totalBytes: 16_640,
  defaultLifetimeMs: 900_000,
} as const;

/** Characters of a scope, of an API and in `addScope` and `removeScope`. */
export const scopeLimitCharacters = 280;

/** Whether a text may be a scope at Auth0. Other texts are never in tokens, and `removeScope` would throw. */
export function isScope(text: string): boolean {
  return text.length <= scopeLimitCharacters && /^\S+$/.test(text);
}

/** Scopes that one execution may add. */
export const addedScopesLimit = 1_000;

/**
 * Characters of `console` output kept with an execution.
 * @see https://auth0.com/docs/customize/actions/limitations
 */
export const logLimitCharacters = 256;

/**
 * Claims that Auth0 silently drops from access and ID tokens.
 * @see https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
 */
// biome-ignore format: a table
export const droppedNames: readonly string[] = [
  'acr', 'act', 'active', 'amr', 'at_hash', 'ath', 'attest', 'aud',
  'auth_time', 'authorization_details', 'azp', 'c_hash', 'client_id', 'cnf', 'cty', 'dest',
  'entitlements', 'events', 'exp', 'groups', 'gty', 'htm', 'htu', 'iat',
  'internalService', 'iss', 'jcard', 'jku', 'jti', 'jwe', 'jwk', 'kid',
  'may_act', 'mky', 'nbf', 'nonce', 'object_id', 'org_id', 'org_name', 'orig',
  'origid', 'permissions', 'roles', 'rph', 's_hash', 'sid', 'sip_callid', 'sip_cseq_num',
  'sip_date', 'sip_from_tag', 'sip_via_branch', 'sub', 'sub_jwk', 'toe', 'txn', 'typ',
  'uuid', 'vot', 'vtm', 'x5t#S256',
];

/**
 * Claims that Auth0 writes itself although its list does not name them: `scope` (setting it throws after a login), the
 * profiles of agents, and the link between transactions.
 */
export const issuedNames: readonly string[] = [
  'scope',
  'sub_profile',
  'client_profile',
  'transaction_linking_id',
];

/** Whether a claim of this name never reaches a token as it was set. */
export function isRestricted(name: string): boolean {
  return droppedNames.includes(name) || issuedNames.includes(name);
}

/** Whether Auth0 refuses claims under this host: `auth0.com`, `webtask.io`, `webtask.run` and all below them. */
export function isForbiddenNamespace(name: string): boolean {
  if (/^urn:auth0(:|$)/i.test(name)) return true;
  if (!URL.canParse(name)) return false;
  const { hostname } = new URL(name);
  return ['auth0.com', 'webtask.io', 'webtask.run'].some(
    (host) => hostname === host || hostname.endsWith(`.${host}`),
  );
}

/**
 * Which API of Auth0's own an access token is for: no claim of an Action gets into one for the Management API, and only
 * claims with a namespace into one for the others.
 *
 * @see https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
 */
export function ownApi(audience: string): 'management' | 'other' | undefined {
  const [, path] = /^https:\/\/[^/]+\.auth0(?:app)?\.com\/(api\/v2|api|mfa)(?:\/|$)/.exec(audience) ?? [];
  if (path === undefined) return undefined;
  return path === 'api/v2' ? 'management' : 'other';
}

/** Whether a claim has the name of a URL or URN. */
export function isNamespaced(name: string): boolean {
  return URL.canParse(name);
}

/**
 * Triggers by id, as bound in a tenant, with the version of each that we write for.
 * @see https://auth0.com/docs/customize/actions/explore-triggers
 */
export const triggers = {
  'post-login': { version: 'v3', handler: 'onExecutePostLogin' },
  'credentials-exchange': { version: 'v2', handler: 'onExecuteCredentialsExchange' },
} as const;

/** The id of a trigger that a policy can enrich. */
export type TriggerId = keyof typeof triggers;

/**
 * The Actions of a policy and their triggers, in the order in which they run. A user who is asked for a factor comes back to
 * the next Action, so another Action asks before the policy decides on claims.
 *
 * @see https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login
 */
export const actionTriggers = {
  'post-login-challenge': 'post-login',
  'post-login': 'post-login',
  'credentials-exchange': 'credentials-exchange',
} as const satisfies Record<string, TriggerId>;

/** The id of an Action: the end of its name, and the name of its file. */
export type ActionId = keyof typeof actionTriggers;

const isActionId = (id: string): id is ActionId => Object.hasOwn(actionTriggers, id);

/** The Actions in the order in which they run. */
export const actionIds: readonly ActionId[] = Object.keys(actionTriggers).filter(isActionId);

/** The factors that a user can set up during a login. */
export const enrollable: readonly string[] = [
  'otp',
  'push-notification',
  'phone',
  'webauthn-platform',
  'webauthn-roaming',
];

/** The factors that a user can be asked for. */
export const factors: readonly string[] = [
  'otp',
  'push-notification',
  'phone',
  'webauthn-platform',
  'webauthn-roaming',
  'email',
];

/**
 * The Node version that Actions are written for.
 * @see https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-nodejs-22
 */
export const actionRuntime = 'node22';

/**
 * Access tokens of an API live that long unless its settings say otherwise, in milliseconds.
 * @see https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime
 */
export const defaultLifetime = {
  defaultMs: 86_400_000,
  setting: 'Maximum Access Token Lifetime of the API',
} as const;
