import type { Organization } from '../issuance.ts';
import type { KnownIssuance } from './input.ts';
import type { RequestState } from './java/session.ts';

/** What mappers read. Roles are shared by the tokens of one request: a mapper that renames one renames it for all. */
export interface Situation {
  readonly issuance: KnownIssuance;
  readonly roles: ResolvedRoles;
  /** The organizations that the scopes of the request name. */
  readonly organizations: readonly Organization[];
  readonly request: RequestState;
  /** The claims of the token that is introspected; undefined elsewhere. */
  readonly signed: Readonly<Record<string, unknown>> | undefined;
  /** What Keycloak did that an author may not expect. */
  readonly notes: string[];
}

/** The user's roles that the client may see. */
export interface ResolvedRoles {
  /** Undefined where there is none. */
  realm: Set<string> | undefined;
  readonly clients: Map<string, Set<string>>;
}
