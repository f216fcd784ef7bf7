import type { KeycloakIssuance } from '../issuance.ts';
import type { Enrichment, ProtocolMapper } from '../representation.ts';
import { claimsOf, type Draft, emptyDraft, type TokenKind } from './draft.ts';
import { includes, type Mapper } from './mapper.ts';
import { providers } from './providers.ts';
import { resolveRoles, scopesInForce } from './scopes.ts';
import type { Situation } from './situation.ts';

/** What Keycloak makes of an enrichment for one request: the claims that our mappers write, nothing else. */
export interface Emulation {
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
  /** What introspection adds to the token's own fields; its audience is there too. */
  readonly introspection: Readonly<Record<string, unknown>>;
  /** Names that the enrichment's client scopes leave in `scope`. */
  readonly scopes: readonly string[];
  /** Scopes asked for that are none of the enrichment's. */
  readonly foreignScopes: readonly string[];
  /** What Keycloak did that an author may not expect. One sentence each. */
  readonly notes: readonly string[];
}

/**
 * Runs the mappers of an enrichment as Keycloak 26.7 does: by priority, in the order of the file where Keycloak's
 * own order is not certain.
 *
 * @throws MapperFailure where Keycloak would answer 500
 */
export function emulate(enrichment: Enrichment, issuance: KeycloakIssuance): Emulation {
  const { scopes, names, foreign, organizations } = scopesInForce(enrichment, issuance);
  const mappers = scopes
    .flatMap(({ protocolMappers }) => protocolMappers)
    .flatMap((representation) => {
      const mapper = providers.get(representation.protocolMapper);
      return mapper === undefined ? [] : [{ representation, mapper }];
    })
    .sort((a, b) => a.mapper.priority - b.mapper.priority);
  const notes: string[] = [];
  const situation = (): Situation => ({
    issuance,
    roles: resolveRoles(enrichment, issuance, scopes),
    organizations,
    notes,
  });
  const token = situation();
  const access = emptyDraft('access');
  run(mappers, access, token);
  const id = emptyDraft('id');
  // The ID token is made in the same request, with the roles that the access token's mappers left.
  id.fields.set('aud', [issuance.client.clientId]);
  run(mappers, id, token);
  const userinfo = emptyDraft('userinfo');
  run(mappers, userinfo, situation());
  const introspection = emptyDraft('introspection');
  const aud = access.fields.get('aud');
  if (aud !== undefined) introspection.fields.set('aud', aud);
  run(mappers, introspection, situation());
  return {
    access: claimsOf(access),
    id: claimsOf(id),
    userinfo: claimsOf(userinfo),
    introspection: claimsOf(introspection),
    scopes: names,
    foreignScopes: foreign,
    notes: [...new Set(notes)],
  };
}

function run(
  mappers: readonly { readonly representation: ProtocolMapper; readonly mapper: Mapper }[],
  draft: Draft,
  situation: Situation,
): void {
  const { lightweight } = situation.issuance.client;
  for (const { representation, mapper } of mappers) {
    if (!mapper.kinds.includes(draft.kind)) continue;
    if (!mapper.always && !includes(representation.config, draft.kind, lightweight)) continue;
    mapper.write(draft, representation.config, situation);
  }
}

export type { TokenKind };
