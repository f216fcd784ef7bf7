/** Reads a realm: five or six requests, and one for each client scope that roles permit. */
import { z } from 'zod';
import { nobodyOf } from '../compile/enrichment.ts';
import type { RealmApi } from './api.ts';
import type { Built } from './built.ts';
import { revisionMark } from './images.ts';
import { mapperKey } from './keys.ts';
import { roleText } from './notices.ts';
import {
  client as clientSchema,
  clientScope,
  named,
  type RealmClient,
  type RealmScope,
  type RealmState,
  realmSettings,
  type ScopeMappings,
  type ServerFacts,
  scopeMappings,
  understood,
  userProfile,
} from './realm-state.ts';
import { type Concern, isConcerned } from './resources.ts';
import { rolesOf } from './wanted.ts';

/** Reads what a build depends on in a realm. */
export async function readRealm(
  api: RealmApi,
  server: ServerFacts,
  built: Built | undefined,
  concern: Concern,
): Promise<RealmState> {
  // The first request says whether the realm is there.
  const scopes = understood(z.array(clientScope), await api.clientScopes());
  const [clients, defaults, optionals, settings, profile] = await Promise.all([
    api.clients().then((answer) => understood(z.array(clientSchema), answer)),
    namesOf(api.realmScopes('default')),
    namesOf(api.realmScopes('optional')),
    needsSettings(built) ? api.settings().then((answer) => understood(realmSettings, answer)) : undefined,
    built === undefined || built.attributes.length > 0
      ? api.profile().then((answer) => understood(userProfile, answer))
      : undefined,
  ]);
  const permissions = await readPermissions(api, scopes, built, concern);
  const roles = await readRoles(api, clients, permissions, built, concern);
  return { scopes, clients, defaults, optionals, settings, profile, permissions, roles, server };
}

async function namesOf(answer: Promise<unknown>): Promise<readonly string[]> {
  return understood(z.array(named), await answer).map(({ name }) => name);
}

function needsSettings(built: Built | undefined): boolean {
  if (built === undefined) return false;
  const { requires, script } = built.manifest;
  return (
    requires.features.includes('organization') ||
    (script === undefined && requires.accessTokenLifespan !== undefined)
  );
}

/**
 * The roles of client scopes. A scope that the build leaves open to all is asked only if it is of another build, because
 * roles there could only take away.
 */
async function readPermissions(
  api: RealmApi,
  scopes: readonly RealmScope[],
  built: Built | undefined,
  concern: Concern,
): Promise<ReadonlyMap<string, ScopeMappings>> {
  const permitted = new Set(built?.enrichment.permissions.map(({ clientScope: name }) => name));
  const asked = scopes.filter(
    (scope) =>
      isConcerned(scope, concern) &&
      (permitted.has(scope.name) || scope.attributes[revisionMark] !== built?.manifest.revision),
  );
  const found = await Promise.all(
    asked.map(
      async ({ id, name }) => [name, understood(scopeMappings, await api.scopeMappings(id))] as const,
    ),
  );
  return new Map(found);
}

/** Which roles exist. Those that permit a client scope do; the others are asked for. */
async function readRoles(
  api: RealmApi,
  clients: readonly RealmClient[],
  permissions: RealmState['permissions'],
  built: Built | undefined,
  { nobody }: Concern,
): Promise<ReadonlyMap<string, boolean>> {
  const roles = new Map<string, boolean>();
  for (const { realmMappings, clientMappings } of permissions.values()) {
    for (const { name } of realmMappings) roles.set(roleText({ name }), true);
    for (const { client, mappings } of Object.values(clientMappings)) {
      for (const { name } of mappings) roles.set(roleText({ name, client }), true);
    }
  }
  const needed = [
    ...(built?.enrichment.permissions.flatMap(rolesOf) ?? []),
    // A realm with traces of the policy may have the role without any client scope for it.
    ...(permissions.size > 0 || built === undefined ? [{ name: nobody }] : []),
  ];
  for (const { name, client } of needed) {
    const text = roleText({ name, client });
    if (roles.has(text)) continue;
    const owner = clients.find(({ clientId }) => clientId === client)?.id;
    const isKnown = client === undefined || owner !== undefined;
    roles.set(text, isKnown && (await api.role(name, owner)) !== undefined);
  }
  return roles;
}

/** What of a realm a build is about. */
export function concernOf(
  policy: string,
  built: Built | undefined,
  clients: readonly string[] | undefined,
): Concern {
  const scopes = built?.enrichment.clientScopes ?? [];
  return {
    policy,
    scopes: new Set(scopes.map(({ name }) => name)),
    mappers: new Set(
      scopes.flatMap((scope) => scope.protocolMappers.map(({ name }) => mapperKey(scope.name, name))),
    ),
    nobody: nobodyOf({ name: policy }),
    isByClient: clients !== undefined,
    ofClients: new Set(Object.values(built?.enrichment.clientScopesByClient ?? {}).flat()),
  };
}
