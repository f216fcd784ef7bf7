/**
 * Parts of a realm as the Admin REST API and realm files have them, without ids: each server gives its own. All values of
 * a mapper's configuration are text.
 *
 * @see https://www.keycloak.org/docs-api/latest/rest-api/index.html
 */
export interface ProtocolMapper {
  readonly name: string;
  readonly protocol: 'openid-connect';
  /** The provider's id: `oidc-usermodel-attribute-mapper`. */
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A client scope with the mappers that it brings to a client. */
export interface ClientScope {
  readonly name: string;
  readonly description: string;
  readonly protocol: 'openid-connect';
  /** Keycloak's own keys, and ours that mark what Claimsmith owns. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly protocolMappers: readonly ProtocolMapper[];
}

/** The roles that permit a client scope. Without any, all users may have it; otherwise a user needs one of them. */
export interface ScopePermission {
  readonly clientScope: string;
  readonly realmRoles: readonly string[];
  /** Roles by client id. */
  readonly clientRoles: Readonly<Record<string, readonly string[]>>;
}

/** The content of `client-scopes.json`: everything that a policy adds to a realm's clients. */
export interface Enrichment {
  readonly clientScopes: readonly ClientScope[];
  readonly permissions: readonly ScopePermission[];
  /** Names of scopes that each enriched client has by default. */
  readonly defaultScopes: readonly string[];
  /** Names of scopes that a client may ask for. */
  readonly optionalScopes: readonly string[];
  /** Names of scopes that single clients have by default, by client id. */
  readonly clientScopesByClient: Readonly<Record<string, readonly string[]>>;
}
