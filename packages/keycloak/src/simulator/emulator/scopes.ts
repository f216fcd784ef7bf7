import { own } from '@claimsmith/core';
import type { ClientScope, Enrichment } from '../../representation.ts';
import type { KnownIssuance, KnownOrganization } from './input.ts';
import { namedOrganizations } from './organizations.ts';
import type { ResolvedRoles } from './situation.ts';

const organizationMapper = 'oidc-organization-membership-mapper';

/** For every realm, not only that of the enrichment. */
const builtInOrganizations = 'organization';

/** The effect of an enrichment's client scopes in one request. */
export interface ScopesInForce {
  /** The client scopes whose mappers run. */
  readonly scopes: readonly ClientScope[];
  /** Names that the token's `scope` holds of them. */
  readonly names: readonly string[];
  /** Requested scopes that do not belong to the enrichment. */
  readonly foreign: readonly string[];
  /** Scopes of organizations for which Keycloak refuses the request. */
  readonly refused: readonly string[];
  readonly organizations: readonly KnownOrganization[];
}

/** Clients get default scopes always and optional scopes on request, each only if its roles permit it. */
export function scopesInForce(enrichment: Enrichment, issuance: KnownIssuance): ScopesInForce {
  const { defaults, optional } = assignedScopes(enrichment, issuance);
  const byName = new Map(enrichment.clientScopes.map((scope) => [scope.name, scope]));

  const asked = new Map<ClientScope, string[]>();
  const foreign: string[] = [];
  for (const name of new Set(issuance.request.scopes)) {
    const scope = byName.get(name) ?? organizationScope(name, byName);
    const linked = scope !== undefined && (defaults.has(scope.name) || optional.has(scope.name));
    if (scope === undefined || !linked) foreign.push(name);
    else asked.set(scope, [...(asked.get(scope) ?? []), name]);
  }
  const scopes = enrichment.clientScopes.filter(
    (scope) =>
      (defaults.has(scope.name) || asked.has(scope)) && isPermitted(scope.name, enrichment, issuance),
  );
  const ofOrganizations = new Map(
    scopes
      .filter(hasOrganizations)
      .map((scope) => [scope, namedOrganizations(scope.name, asked.get(scope) ?? [scope.name], issuance)]),
  );
  const isBuiltIn = (name: string) => `${name}:`.startsWith(`${builtInOrganizations}:`);
  const others = namedOrganizations(builtInOrganizations, foreign.filter(isBuiltIn), issuance);
  return {
    scopes,
    names: scopes
      .filter(({ attributes }) => (attributes['include.in.token.scope'] ?? 'true').toLowerCase() === 'true')
      .flatMap((scope) => ofOrganizations.get(scope)?.kept ?? asked.get(scope) ?? [scope.name]),
    foreign: [...foreign.filter((name) => !isBuiltIn(name)), ...others.kept],
    refused: [others, ...ofOrganizations.values()].flatMap(({ refused }) => refused),
    organizations: [...new Set([...ofOrganizations.values()].flatMap(({ organizations }) => organizations))],
  };
}

/** The client scopes of a client: those that it always has, and those that it may ask for. */
export function assignedScopes(
  { defaultScopes, optionalScopes, clientScopesByClient }: Enrichment,
  { client: { clientId } }: KnownIssuance,
): { readonly defaults: ReadonlySet<string>; readonly optional: ReadonlySet<string> } {
  const ofClient = (clientId !== undefined && own(clientScopesByClient, clientId)) || [];
  return { defaults: new Set([...defaultScopes, ...ofClient]), optional: new Set(optionalScopes) };
}

/** A scope with the organization mapper accepts an organization after a colon, or `*` for all. */
function organizationScope(name: string, byName: ReadonlyMap<string, ClientScope>): ClientScope | undefined {
  const scope = byName.get(name.slice(0, Math.max(name.indexOf(':'), 0)));
  return scope !== undefined && hasOrganizations(scope) ? scope : undefined;
}

function hasOrganizations({ protocolMappers }: ClientScope): boolean {
  return protocolMappers.some(({ protocolMapper }) => protocolMapper === organizationMapper);
}

function isPermitted(scope: string, { permissions }: Enrichment, { user }: KnownIssuance): boolean {
  const found = permissions.filter(({ clientScope }) => clientScope === scope);
  const realm = found.flatMap(({ realmRoles }) => realmRoles);
  const clients = found.flatMap(({ clientRoles }) =>
    Object.entries(clientRoles).flatMap(([client, roles]) => roles.map((role) => [client, role] as const)),
  );
  if (realm.length === 0 && clients.length === 0) return true;
  return (
    realm.some((role) => user.realmRoles.includes(role)) ||
    clients.some(([client, role]) => rolesAt(user, client).includes(role))
  );
}

/**
 * All roles of the user. If the client does not have `Full scope allowed`: only its own roles, those of its scope
 * mappings, and those of the active client scopes.
 */
export function resolveRoles(
  enrichment: Enrichment,
  { user, client }: KnownIssuance,
  scopes: readonly ClientScope[],
): ResolvedRoles {
  const inForce = enrichment.permissions.filter(({ clientScope }) =>
    scopes.some(({ name }) => name === clientScope),
  );
  const isOpen = (of: string | undefined, role: string) =>
    client.fullScopeAllowed ||
    of === client.clientId ||
    [...inForce, ...(client.scopeMappings ? [client.scopeMappings] : [])].some((permission) =>
      of === undefined
        ? permission.realmRoles.includes(role)
        : own(permission.clientRoles, of)?.includes(role),
    );
  const realm = user.realmRoles.filter((role) => isOpen(undefined, role));
  const clients = Object.entries(user.clientRoles)
    .map(([id, roles]) => [id, new Set(roles.filter((role) => isOpen(id, role)))] as const)
    .filter(([, roles]) => roles.size > 0);
  return { realm: realm.length === 0 ? undefined : new Set(realm), clients: new Map(clients) };
}

function rolesAt(user: KnownIssuance['user'], client: string): readonly string[] {
  return own(user.clientRoles, client) ?? [];
}
