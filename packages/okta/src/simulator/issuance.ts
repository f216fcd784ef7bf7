/**
 * What Okta knows when it makes a token: the simulator's event. Native claims are evaluated on it, and the hook's
 * request is made from it. Missing parts are unknown.
 */
export interface OktaIssuance {
  /** Absent with client credentials. `profile` holds base and custom attributes by Okta's names. */
  readonly user?: {
    readonly id: string;
    readonly profile: Readonly<Record<string, unknown>>;
    /** Names; the built-in group Everyone is implied. */
    readonly groups: readonly string[];
  };
  readonly app: {
    readonly clientId: string;
    readonly name: string;
    readonly type: 'PUBLIC' | 'CONFIDENTIAL';
    /** Data that an administrator keeps with the app. */
    readonly profile: Readonly<Record<string, unknown>>;
  };
  /** The user's profile in this app. */
  readonly appuser?: Readonly<Record<string, unknown>>;
  readonly session?: {
    readonly id: string;
    /** When the user has logged in, in ISO 8601. */
    readonly authenticatedAt: string;
    readonly amr: readonly string[];
    /** Id of the identity provider: Okta's own org, or another one. */
    readonly idp: string;
  };
  readonly request: {
    readonly grantType: string;
    readonly scopes: readonly string[];
    readonly ip?: string;
    /** Parameters of the query that Okta does not know itself. */
    readonly params: Readonly<Record<string, string>>;
  };
  readonly authorizationServer: { readonly issuer: string; readonly audience: string };
  /** Which tokens are asked for. An ID token needs a user and the scope `openid`. */
  readonly tokens: { readonly access: boolean; readonly id: boolean };
}
