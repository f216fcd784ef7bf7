/** The requests about one realm that publishing needs. target.ts sends them through the vendor's library. */

/** Which list a client scope stands in. */
export type List = 'default' | 'optional';

/** A mapper to write. */
export interface MapperDraft {
  readonly name: string;
  readonly protocol: 'openid-connect';
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A client scope to write. */
export interface ScopeDraft {
  readonly name: string;
  readonly description: string;
  readonly protocol: 'openid-connect';
  readonly attributes: Readonly<Record<string, string>>;
}

/** A role as Keycloak gave it. */
export type RoleDraft = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string };

/** All of them throw a TargetError. What they return is as Keycloak sent it; undefined means that it does not exist. */
export interface RealmApi {
  settings(): Promise<unknown>;
  clientScopes(): Promise<unknown>;
  clientScope(id: string): Promise<unknown>;
  clients(): Promise<readonly unknown[]>;
  clientByName(clientId: string): Promise<unknown>;
  realmScopes(list: List): Promise<unknown>;
  scopeMappings(scopeId: string): Promise<unknown>;
  role(name: string, clientUuid?: string): Promise<unknown>;
  profile(): Promise<unknown>;
  userByName(username: string): Promise<unknown>;
  serviceAccount(clientUuid: string): Promise<unknown>;
  clientSecret(clientUuid: string): Promise<unknown>;
  /** Token payloads without a login, and the mappers that made them. */
  evaluate(clientUuid: string, userId: string, scopes: readonly string[]): Promise<Evaluated>;

  /** @returns the id */
  createScope(scope: ScopeDraft & { readonly protocolMappers: readonly MapperDraft[] }): Promise<string>;
  updateScope(id: string, scope: ScopeDraft): Promise<void>;
  deleteScope(id: string, name: string): Promise<void>;
  createMapper(scopeId: string, mapper: MapperDraft): Promise<void>;
  updateMapper(scopeId: string, mapper: MapperDraft & { readonly id: string }): Promise<void>;
  deleteMapper(scopeId: string, mapperId: string, name: string): Promise<void>;
  createRole(name: string, description: string): Promise<void>;
  deleteRole(name: string): Promise<void>;
  permit(scopeId: string, roles: readonly RoleDraft[], clientUuid: string | undefined): Promise<void>;
  forbid(scopeId: string, roles: readonly RoleDraft[], clientUuid: string | undefined): Promise<void>;
  addRealmScope(list: List, scopeId: string, name: string): Promise<void>;
  removeRealmScope(list: List, scopeId: string, name: string): Promise<void>;
  attach(clientUuid: string, list: List, scopeId: string, what: string): Promise<void>;
  detach(clientUuid: string, list: List, scopeId: string, what: string): Promise<void>;
  updateProfile(profile: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface Evaluated {
  readonly access: unknown;
  readonly id: unknown;
  readonly mappers: unknown;
}

/** The requests about a server as a whole. */
export interface ServerApi {
  /** The server's name for people: its address without a password. */
  readonly name: string;
  realms(): Promise<unknown>;
  info(): Promise<unknown>;
  realm(name: string): RealmApi;
}
