import { own, type Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import type { Enrichment } from '../../representation.ts';
import { lifetimeMsOf, roleOwners, type Settings, settingsOf } from '../../settings.ts';
import { enrichmentOf } from '../enrichment.ts';
import { defaultBuiltIns, optionalBuiltIns, serviceAccountScope } from './built-in-scopes.ts';
import { clientScopeMappings, scopeMappings } from './scope-mappings.ts';
import { userProfile } from './user-profile.ts';

/**
 * `realm.json`: a whole realm for a new server. It includes the client scopes of every realm, because a file that names
 * some gets no others. It has no users, and only the clients that the settings name, without secrets.
 *
 * @see https://www.keycloak.org/server/importExport
 */
export function realmOf(policy: Policy): Readonly<Record<string, unknown>> {
  const settings = settingsOf(policy);
  const enrichment = enrichmentOf(policy);
  const lifetimeMs = lifetimeMsOf(policy);
  const enrichesAll = settings.clients === undefined;
  const ours = enrichesAll ? enrichment : { defaultScopes: [], optionalScopes: [] };
  return {
    realm: settings.realms[0],
    enabled: true,
    // Password guessing has to wait longer and longer.
    bruteForceProtected: true,
    organizationsEnabled: contextFields(policy).some((field) => field.startsWith('org.')),
    ...(lifetimeMs === undefined ? {} : { accessTokenLifespan: lifetimeMs / 1000 }),
    roles: roles(enrichment),
    clientScopes: [...defaultBuiltIns, ...optionalBuiltIns, serviceAccountScope, ...enrichment.clientScopes],
    defaultDefaultClientScopes: [...defaultBuiltIns.map(({ name }) => name), ...ours.defaultScopes],
    defaultOptionalClientScopes: [...optionalBuiltIns.map(({ name }) => name), ...ours.optionalScopes],
    scopeMappings: scopeMappings(enrichment),
    clientScopeMappings: clientScopeMappings(enrichment),
    clients: clients(policy, enrichment),
    ...peopleAlone(settings),
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: { 'kc.user.profile.config': [JSON.stringify(userProfile(policy))] },
        },
      ],
    },
  };
}

/**
 * Refuses tokens for all service accounts, if every client is enriched and the settings exclude service accounts. A
 * script does this by itself. If only some clients are enriched, this policy would also refuse people, because Keycloak
 * can tell them apart only by grant type, and not in all requests.
 *
 * @see https://www.keycloak.org/docs/latest/server_admin/#_client_policies
 */
function peopleAlone({ scripts, clients: enriched, serviceAccounts }: Settings) {
  if (scripts || serviceAccounts || enriched !== undefined) return {};
  const name = 'claimsmith.people-alone';
  const description = 'No tokens for service accounts, by Claimsmith.';
  const executors = [{ executor: 'reject-request', configuration: {} }];
  const conditions = [{ condition: 'grant-type', configuration: { grant_types: ['client_credentials'] } }];
  return {
    clientProfiles: { profiles: [{ name, description, executors }] },
    clientPolicies: { policies: [{ name, description, enabled: true, conditions, profiles: [name] }] },
  };
}

/** The roles that conditions name. */
function roles({ permissions }: Enrichment) {
  const realm = new Set(permissions.flatMap(({ realmRoles }) => realmRoles));
  const byClient = new Map<string, Set<string>>();
  for (const { clientRoles } of permissions) {
    for (const [client, names] of Object.entries(clientRoles)) {
      byClient.set(client, new Set([...(byClient.get(client) ?? []), ...names]));
    }
  }
  const named = (names: Iterable<string>) => [...names].map((name) => ({ name }));
  return {
    realm: named(realm),
    client: Object.fromEntries([...byClient].map(([client, names]) => [client, named(names)])),
  };
}

/** Confidential clients for people to log in to. The server generates a secret for each. */
function clients(policy: Policy, { defaultScopes, optionalScopes, clientScopesByClient }: Enrichment) {
  const settings = settingsOf(policy);
  const { clients: enriched } = settings;
  const named = new Set(enriched ?? Object.keys(clientScopesByClient));
  const owner = roleOwners(settings).filter((id) => !named.has(id));
  return [
    ...[...named].map((clientId) => ({
      clientId,
      enabled: true,
      protocol: 'openid-connect',
      publicClient: false,
      standardFlowEnabled: true,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      fullScopeAllowed: true,
      redirectUris: [],
      // A stolen code is worthless.
      attributes: { 'pkce.code.challenge.method': 'S256' },
      defaultClientScopes: [
        ...defaultBuiltIns.map(({ name }) => name),
        ...defaultScopes,
        ...(own(clientScopesByClient, clientId) ?? []),
      ],
      optionalClientScopes: [
        ...optionalBuiltIns.map(({ name }) => name),
        'offline_access',
        ...optionalScopes,
      ],
    })),
    ...owner.map((clientId) => ({
      clientId,
      enabled: true,
      protocol: 'openid-connect',
      publicClient: false,
      standardFlowEnabled: false,
      fullScopeAllowed: true,
      description: 'The roles of an API.',
    })),
  ];
}
