import type { ClientScope } from '../../representation.ts';
import type { KnownIssuance, KnownOrganization } from './input.ts';
import type { RequestState } from './java/sessions.ts';

/** The input of mappers. The tokens of a request share roles: a mapper that renames one renames it for all. */
export interface Situation {
  readonly issuance: KnownIssuance;
  /** The enrichment's client scopes that the client has. */
  readonly assigned: AssignedScopes;
  readonly roles: ResolvedRoles;
  /** The organizations that the scopes of the request name. */
  readonly organizations: readonly KnownOrganization[];
  readonly request: RequestState;
  /** The claims of the token that is introspected; undefined elsewhere. */
  readonly signed: Readonly<Record<string, unknown>> | undefined;
  /** Effects at Keycloak that an author may not expect. */
  readonly notes: string[];
}

export interface AssignedScopes {
  readonly defaults: readonly ClientScope[];
  /** Only on request. */
  readonly optional: readonly ClientScope[];
}

/** The user's roles that the client may see. */
export interface ResolvedRoles {
  /** Undefined if there is none. */
  realm: Set<string> | undefined;
  readonly clients: Map<string, Set<string>>;
}
