/** A realm to try an enrichment in: who is there, as Keycloak is told it and as the emulator is. */

import type { ClientScope, Enrichment, ProtocolMapper, ScopePermission } from '../src/representation.ts';
import type { Group, KeycloakIssuance, Organization } from '../src/simulator/issuance.ts';

export interface TestUser {
  readonly username: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly realmRoles?: readonly string[];
  readonly clientRoles?: Readonly<Record<string, readonly string[]>>;
  /** Paths of groups of the world. */
  readonly groups?: readonly string[];
  /** Aliases of organizations of the world. */
  readonly organizations?: readonly string[];
}

export interface TestGroup {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly subGroups?: readonly TestGroup[];
}

export interface TestClient {
  readonly clientId: string;
  readonly fullScopeAllowed?: boolean;
  readonly lightweight?: boolean;
  /** Roles that its own scope mappings name. */
  readonly scopeMappings?: NonNullable<KeycloakIssuance['client']['scopeMappings']>;
  readonly enrichment: Enrichment;
}

export interface World {
  readonly realm: string;
  readonly users: readonly TestUser[];
  readonly groups: readonly TestGroup[];
  readonly realmRoles: readonly string[];
  readonly clientRoles: Readonly<Record<string, readonly string[]>>;
  /** Without their ids, which the server gives. */
  readonly organizations: readonly Omit<Organization, 'id'>[];
  readonly clients: readonly TestClient[];
}

export const password = 'password';
export const secret = 'secret';

/** The realm as the Admin REST API takes it whole. Organizations and their members come afterwards. */
export function realmOf(world: World): Record<string, unknown> {
  const enrichments = world.clients.map(({ enrichment }) => enrichment);
  const permissions = enrichments.flatMap((enrichment) => enrichment.permissions);
  const ofClients = new Map<string, { clientScope?: string; client?: string; roles: readonly string[] }[]>();
  for (const { clientScope, clientRoles } of permissions) {
    for (const [client, roles] of Object.entries(clientRoles)) {
      ofClients.set(client, [...(ofClients.get(client) ?? []), { clientScope, roles }]);
    }
  }
  for (const { clientId, scopeMappings } of world.clients) {
    for (const [owner, roles] of Object.entries(scopeMappings?.clientRoles ?? {})) {
      ofClients.set(owner, [...(ofClients.get(owner) ?? []), { client: clientId, roles }]);
    }
  }
  return {
    realm: world.realm,
    enabled: true,
    organizationsEnabled: world.organizations.length > 0,
    components: { 'org.keycloak.userprofile.UserProfileProvider': [userProfile] },
    // What users cost here is not what is tried.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    roles: {
      realm: world.realmRoles.map((name) => ({ name })),
      client: Object.fromEntries(
        Object.entries(world.clientRoles).map(([client, roles]) => [client, roles.map((name) => ({ name }))]),
      ),
    },
    groups: world.groups.map(groupRepresentation),
    clientScopes: [
      ...new Map(enrichments.flatMap((e) => e.clientScopes).map((scope) => [scope.name, scope])).values(),
    ],
    scopeMappings: [
      ...permissions
        .filter(({ realmRoles }) => realmRoles.length > 0)
        .map(({ clientScope, realmRoles }) => ({ clientScope, roles: realmRoles })),
      ...world.clients.flatMap(({ clientId, scopeMappings }) =>
        scopeMappings === undefined ? [] : [{ client: clientId, roles: scopeMappings.realmRoles }],
      ),
    ],
    clientScopeMappings: Object.fromEntries(ofClients),
    clients: [
      ...world.clients.map(clientRepresentation),
      ...Object.keys(world.clientRoles)
        .filter((clientId) => !world.clients.some((client) => client.clientId === clientId))
        .map((clientId) => ({ clientId, enabled: true, bearerOnly: true })),
    ],
    users: world.users.map((user) => ({
      ...user,
      organizations: undefined,
      enabled: true,
      credentials: [{ type: 'password', value: password }],
    })),
  };
}

/** Requires nothing of a user, and lets every attribute be. */
const userProfile = {
  providerId: 'declarative-user-profile',
  config: {
    'kc.user.profile.config': [
      JSON.stringify({
        unmanagedAttributePolicy: 'ENABLED',
        attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
          name,
          permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
        })),
      }),
    ],
  },
};

function groupRepresentation({ name, attributes, subGroups }: TestGroup): Record<string, unknown> {
  return { name, attributes: attributes ?? {}, subGroups: (subGroups ?? []).map(groupRepresentation) };
}

function clientRepresentation({ clientId, fullScopeAllowed, lightweight, enrichment }: TestClient) {
  return {
    clientId,
    enabled: true,
    protocol: 'openid-connect',
    secret,
    publicClient: false,
    directAccessGrantsEnabled: true,
    standardFlowEnabled: true,
    redirectUris: ['http://127.0.0.1/callback'],
    serviceAccountsEnabled: false,
    fullScopeAllowed: fullScopeAllowed ?? true,
    attributes: {
      'client.use.lightweight.access.token.enabled': String(lightweight ?? false),
      'allow.token.introspection.without.audience.check': 'true',
    },
    defaultClientScopes: [...enrichment.defaultScopes, ...(enrichment.clientScopesByClient[clientId] ?? [])],
    optionalClientScopes: enrichment.optionalScopes,
  };
}

/** The issuance of a token to a user of the world, as the emulator takes it. */
export function issuanceOf(
  world: World,
  user: TestUser,
  client: TestClient,
  {
    id = 'id',
    scopes = [],
    organizationIds = {},
  }: {
    readonly id?: string;
    readonly scopes?: readonly string[];
    readonly organizationIds?: Readonly<Record<string, string>>;
  } = {},
): KeycloakIssuance {
  const groups = new Map(world.groups.flatMap((group) => flatten(group)).map((group) => [group.path, group]));
  return {
    user: {
      id,
      username: user.username,
      emailVerified: user.emailVerified ?? false,
      ...(user.email === undefined ? {} : { email: user.email.toLowerCase() }),
      ...(user.firstName === undefined ? {} : { firstName: user.firstName }),
      ...(user.lastName === undefined ? {} : { lastName: user.lastName }),
      attributes: user.attributes ?? {},
      realmRoles: user.realmRoles ?? [],
      clientRoles: user.clientRoles ?? {},
      groups: (user.groups ?? []).flatMap((path) => groups.get(path) ?? []),
      organizations: world.organizations
        .filter(({ alias }) => user.organizations?.includes(alias))
        .map((organization) => ({ ...organization, id: organizationIds[organization.alias] ?? 'id' })),
      otherOrganizations: world.organizations
        .map(({ alias }) => alias)
        .filter((alias) => !user.organizations?.includes(alias)),
    },
    client: {
      clientId: client.clientId,
      attributes: {},
      fullScopeAllowed: client.fullScopeAllowed ?? true,
      lightweight: client.lightweight ?? false,
      ...(client.scopeMappings === undefined ? {} : { scopeMappings: client.scopeMappings }),
    },
    session: { id: 'session', notes: {} },
    request: { grantType: 'password', scopes, params: {} },
  };
}

function flatten({ name, attributes, subGroups }: TestGroup, parent?: Group): readonly Group[] {
  const group: Group = {
    path: `${parent?.path ?? ''}/${name}`,
    attributes: attributes ?? {},
    ...(parent === undefined ? {} : { parent }),
  };
  return [group, ...(subGroups ?? []).flatMap((child) => flatten(child, group))];
}

const everywhere = {
  'access.token.claim': 'true',
  'id.token.claim': 'true',
  'userinfo.token.claim': 'true',
  'introspection.token.claim': 'true',
  'lightweight.claim': 'false',
};

/** A mapper that writes into all tokens, unless its configuration says otherwise. */
export function mapper(
  protocolMapper: string,
  config: Readonly<Record<string, string>>,
  name = `${protocolMapper} ${config['claim.name'] ?? ''}`,
): ProtocolMapper {
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper,
    config: { ...everywhere, ...config },
  };
}

export function scope(
  name: string,
  protocolMappers: readonly ProtocolMapper[],
  attributes: Readonly<Record<string, string>> = {},
): ClientScope {
  return {
    name,
    description: '',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'false', ...attributes },
    protocolMappers: protocolMappers.map((one, index) => ({
      ...one,
      name: `${index} ${one.name}`,
    })),
  };
}

export function enrichment(
  clientScopes: readonly ClientScope[],
  more: Partial<Omit<Enrichment, 'clientScopes'>> = {},
): Enrichment {
  const optional = more.optionalScopes ?? [];
  return {
    clientScopes,
    permissions: [],
    defaultScopes: clientScopes.map(({ name }) => name).filter((name) => !optional.includes(name)),
    optionalScopes: [],
    clientScopesByClient: {},
    ...more,
  };
}

export function permission(
  clientScope: string,
  realmRoles: readonly string[],
  clientRoles: Readonly<Record<string, readonly string[]>> = {},
): ScopePermission {
  return { clientScope, realmRoles, clientRoles };
}
