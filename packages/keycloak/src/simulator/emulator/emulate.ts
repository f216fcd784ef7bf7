import type { Enrichment, ProtocolMapper } from '../../representation.ts';
import { claimsOf, type Draft, emptyDraft, type TokenKind } from './draft.ts';
import type { KnownIssuance } from './input.ts';
import { completeRequest, newRequest, type SessionEnd, sessionEnd } from './java/sessions.ts';
import { everywhere, includes, type Mapper } from './mapper.ts';
import { providers } from './providers.ts';
import { assignedScopes, resolveRoles, scopesInForce } from './scopes.ts';
import { noScripts, type Scripts, scriptMapper } from './scripts.ts';
import type { Situation } from './situation.ts';

/** The result of an enrichment for one request at Keycloak: only the claims that our mappers write. */
export interface Emulation {
  /** A script may have set `exp` and `scope` too. */
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
  /** The fields that introspection adds to the token's own; it also has the audience. */
  readonly introspection: Readonly<Record<string, unknown>>;
  /** Names that the enrichment's client scopes leave in `scope`. */
  readonly scopes: readonly string[];
  /** Requested scopes that do not belong to the enrichment. */
  readonly foreignScopes: readonly string[];
  /** Organization scopes for which Keycloak refuses the request, whatever else it contains. */
  readonly refusedScopes: readonly string[];
  /** The state in which a script has left the session. */
  readonly session: SessionEnd;
  /** Effects at Keycloak that an author may not expect. One sentence each. */
  readonly notes: readonly string[];
}

export interface EmulationOptions {
  /** Without them, a server without any. */
  readonly scripts?: Scripts;
  /** The results to make; scripts run, and ask sources, for each. Default: all. */
  readonly kinds?: readonly TokenKind[];
}

/**
 * Runs the mappers of an enrichment as Keycloak 26.7 does: by priority, and in the order of the file if Keycloak's
 * order is not certain. A mapper without its provider is skipped, such as a script without its JAR.
 *
 * @throws MapperFailure if Keycloak would answer 500
 */
export function emulate(
  enrichment: Enrichment,
  issuance: KnownIssuance,
  { scripts = noScripts, kinds = everywhere }: EmulationOptions = {},
): Emulation {
  const { scopes, names, foreign, refused, organizations } = scopesInForce(enrichment, issuance);
  const scope = [...foreign, ...names].join(' ');
  const notes: string[] = [];
  const mappers = scopes
    .flatMap(({ protocolMappers }) => protocolMappers)
    .flatMap((representation) => {
      const { protocolMapper } = representation;
      const mapper = providers.get(protocolMapper) ?? scriptMapper(protocolMapper, scripts, scope);
      if (mapper !== undefined) return { representation, mapper };
      notes.push(`The mapper ${protocolMapper} does not exist: Keycloak silently skips it.`);
      return [];
    })
    .sort((a, b) => a.mapper.priority - b.mapper.priority);
  const { defaults, optional } = assignedScopes(enrichment, issuance);
  const named = (wanted: ReadonlySet<string>) =>
    enrichment.clientScopes.filter(({ name }) => wanted.has(name));
  const assigned = { defaults: named(defaults), optional: named(optional) };
  const clientNotes = new Map<string, string>();
  const request = (): Situation => ({
    issuance,
    assigned,
    roles: resolveRoles(enrichment, issuance, scopes),
    organizations,
    request: newRequest(issuance, clientNotes),
    signed: undefined,
    notes,
  });
  const tokenRequest = request();
  const access = emptyDraft('access');
  const { act } = issuance.session;
  if (act !== undefined) access.other.set('act', { node: act });
  run(mappers, access, tokenRequest);
  // Keycloak issues an offline refresh token with its session, even if a script has ended that session.
  if (tokenRequest.request.isOffline) tokenRequest.request.sessions.add('offline');
  const id = emptyDraft('id');
  // The ID token is made in the same request, with the roles that the access token's mappers left.
  id.fields.set('aud', [issuance.client.clientId ?? '']);
  if (kinds.includes('id')) run(mappers, id, tokenRequest);
  completeRequest(tokenRequest.request);
  const userinfo = emptyDraft('userinfo');
  if (kinds.includes('userinfo')) run(mappers, userinfo, request());
  const introspection = emptyDraft('introspection');
  const aud = access.fields.get('aud');
  if (aud !== undefined) introspection.fields.set('aud', aud);
  if (kinds.includes('introspection'))
    run(mappers, introspection, { ...request(), signed: claimsOf(access) });
  return {
    access: claimsOf(access),
    id: claimsOf(id),
    userinfo: claimsOf(userinfo),
    introspection: claimsOf(introspection),
    scopes: names,
    foreignScopes: foreign,
    refusedScopes: refused,
    session: sessionEnd(tokenRequest.request),
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
