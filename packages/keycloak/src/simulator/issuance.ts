/** What Keycloak knows when it makes a token: the simulator's event. Missing parts are unknown. */
export interface KeycloakIssuance {
  /** Name of the realm. Default the one that the policy is built for. */
  readonly realm?: string;
  /** The user, or a client's service account. */
  readonly user: {
    readonly id: string;
    readonly username: string;
    readonly email?: string;
    readonly emailVerified: boolean;
    readonly firstName?: string;
    readonly lastName?: string;
    /** In milliseconds since 1970. */
    readonly createdTimestamp?: number;
    /** Every attribute is a list of texts. */
    readonly attributes: Readonly<Record<string, readonly string[]>>;
    /** Names of realm roles, effective ones: composites and groups are resolved already. */
    readonly realmRoles: readonly string[];
    readonly clientRoles: Readonly<Record<string, readonly string[]>>;
    /** The attributes of those roles. Without `client`, it is a role of the realm. Default none. */
    readonly roleAttributes?: readonly {
      readonly role: string;
      readonly client?: string;
      readonly attributes: Readonly<Record<string, readonly string[]>>;
    }[];
    /** Direct groups, outermost first, each with its own attributes. */
    readonly groups: readonly Group[];
    /** Accounts at identity providers, one for each provider. Default none. */
    readonly identities?: readonly {
      /** `google`, `oidc`. */
      readonly provider: string;
      readonly alias: string;
      readonly userId: string;
    }[];
    /** Those that are enabled. */
    readonly organizations: readonly Organization[];
    /** Aliases of enabled organizations that the user is not in. */
    readonly otherOrganizations?: readonly string[];
    /** Set if the user is a service account. */
    readonly serviceAccountOf?: string;
  };
  readonly client: {
    readonly clientId: string;
    readonly name?: string;
    readonly attributes: Readonly<Record<string, string>>;
    /** The id of its authenticator. Default: `client-secret`. */
    readonly authenticator?: string;
    /** Whether it does not authenticate at all. Default false. */
    readonly publicClient?: boolean;
    readonly fullScopeAllowed: boolean;
    readonly lightweight: boolean;
    /** Roles that the client's own scope mappings let through without `Full scope allowed`. */
    readonly scopeMappings?: {
      readonly realmRoles: readonly string[];
      readonly clientRoles: Readonly<Record<string, readonly string[]>>;
    };
    /** Names of scopes that the client may ask for, besides those of the policy and Keycloak's own. */
    readonly otherScopes?: readonly string[];
  };
  readonly session: {
    readonly id: string;
    /** Whether it is one of offline tokens. Default false. */
    readonly isOffline?: boolean;
    readonly notes: Readonly<Record<string, string>>;
  };
  readonly request: {
    readonly grantType: string;
    /** Scopes asked for, without the client's defaults. */
    readonly scopes: readonly string[];
    readonly ip?: string;
    /** Of the token request. */
    readonly userAgent?: string;
    readonly params: Readonly<Record<string, string>>;
  };
}

export interface Group {
  /** `/staff/berlin`. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly parent?: Group;
}

export interface Organization {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}
