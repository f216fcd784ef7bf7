/** The part of an Action's `api` that both triggers share. */
export interface SharedApi {
  readonly accessToken: { setCustomClaim(name: string, value: unknown): unknown };
  readonly cache: ActionCache;
}

/** @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object */
export interface PostLoginApi extends SharedApi {
  readonly access: { deny(reason: string): unknown };
  readonly accessToken: SharedApi['accessToken'] & {
    addScope(scope: string): void;
    removeScope(scope: string): void;
  };
  readonly groups: { getUserGroups(page: { readonly from?: string }): Promise<unknown> };
  readonly idToken: { setCustomClaim(name: string, value: unknown): unknown };
  readonly authentication: {
    challengeWithAny(factors: readonly Factor[]): unknown;
    enrollWithAny(factors: readonly Factor[]): unknown;
  };
}

/** `otp`, `webauthn-roaming`. */
export interface Factor {
  readonly type: string;
}

/** @see https://auth0.com/docs/customize/actions/explore-triggers/machine-to-machine-trigger/credentials-exchange-api-object */
export interface CredentialsExchangeApi extends SharedApi {
  readonly access: {
    deny(code: 'invalid_scope' | 'invalid_request' | 'server_error', reason: string): unknown;
  };
}

/** `set` returns an error rather than throw it. Lifetimes are in milliseconds. */
export interface ActionCache {
  get(key: string): { readonly value?: unknown } | undefined;
  set(key: string, value: string, options: { readonly ttl: number }): unknown;
}
