/** What a person should know before a realm is written to. Pure. */
import type { Notice, Policy } from '@claimsmith/core';
import { type Collision, collisionsOf, type LiveMapper } from '../collisions.ts';
import { nobodyOf } from '../compile/enrichment.ts';
import type { Built } from './built.ts';
import { policyMark } from './images.ts';
import { attributeKey, mapperKey, type RoleName, scopeKey } from './keys.ts';
import type { ProfileAttribute, RealmClient, RealmMapper, RealmState } from './realm-state.ts';
import { isOfBase } from './resources.ts';
import { rolesOf } from './wanted.ts';

/** What a realm is judged by. */
export interface Circumstances {
  readonly policy: Policy;
  readonly built: Built;
  readonly realm: string;
  readonly state: RealmState;
  /** The clients to enrich, by id; undefined: all new ones. */
  readonly clients: readonly string[] | undefined;
  readonly userProfile: 'create' | 'check';
}

/** Clients that every realm has. They are not asked to be enriched. */
const builtInClients = [
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
];

/** Everything that speaks against a build in a realm, and what is good to know. */
export function noticesOf(circumstances: Circumstances): readonly Notice[] {
  return [
    ...serverNotices(circumstances),
    ...realmNotices(circumstances),
    ...clientNotices(circumstances),
    ...roleNotices(circumstances),
    ...attributeNotices(circumstances),
    ...collisionNotices(circumstances),
    ...strangerNotices(circumstances),
  ];
}

function conflict(message: string, help: string, key?: string): Notice {
  return { severity: 'conflict', message, help, ...(key === undefined ? {} : { key }) };
}

function warning(message: string, help: string, key?: string): Notice {
  return { severity: 'warning', message, help, ...(key === undefined ? {} : { key }) };
}

/** The version that everything was tried on. */
const triedVersion = { major: 26, minor: 7 };

function serverNotices({ built, state: { server } }: Circumstances): readonly Notice[] {
  const found: Notice[] = [];
  const { requires, script } = built.manifest;
  const [major = 0, minor = 0] = server.version?.split('.').map(Number) ?? [];
  if (server.version !== undefined && (major !== triedVersion.major || minor !== triedVersion.minor)) {
    const { major: triedMajor, minor: triedMinor } = triedVersion;
    const isOlder = major < triedMajor || (major === triedMajor && minor < triedMinor);
    found.push(
      warning(
        `The server is Keycloak ${server.version}; Claimsmith was tried with ${triedMajor}.${triedMinor}.`,
        isOlder
          ? 'Update the server, or try the policy in a realm for tests first.'
          : 'Try the policy in a realm for tests first.',
      ),
    );
  }
  for (const feature of requires.features) {
    if (server.features === undefined || server.features.has(feature.toUpperCase())) continue;
    found.push(
      conflict(
        `The feature ${feature} of the server is off.`,
        `Start the server with --features=${feature}.`,
      ),
    );
  }
  const isDeployed = script === undefined || server.scripts.get(script.provider) === script.description;
  if (!isDeployed && found.every(({ severity }) => severity !== 'conflict')) {
    found.push(
      warning(
        `The server does not have ${script.file} of this revision.`,
        'Copy it to providers/ and restart the server; apply waits for it.',
      ),
    );
  }
  return found;
}

function realmNotices({ built, realm, state: { settings }, clients }: Circumstances): readonly Notice[] {
  const found: Notice[] = [];
  const { requires, script, realms, clients: enriched } = built.manifest;
  if (script !== undefined && !realms.includes(realm)) {
    found.push(
      conflict(
        `The policy script does not work in the realm ${realm}: it was built for ${some(realms)}.`,
        'Name the realm under issuers.keycloak.realm of the spec, and build again.',
      ),
    );
  }
  if (script !== undefined && enriched !== undefined && clients !== undefined) {
    const others = clients.filter((client) => !enriched.includes(client));
    if (others.length > 0) {
      found.push(
        conflict(
          `The policy script does not enrich the clients ${others.join(', ')}.`,
          'Name them under issuers.keycloak.clients of the spec, and build again.',
        ),
      );
    }
  }
  if (requires.features.includes('organization') && settings?.organizationsEnabled === false) {
    found.push(
      warning(
        'The policy reads the organization, but organizations are off in this realm.',
        'Switch on Organizations in the settings of the realm.',
      ),
    );
  }
  const seconds = requires.accessTokenLifespan;
  const actual = settings?.accessTokenLifespan;
  if (script === undefined && seconds !== undefined && actual !== undefined && actual > seconds) {
    found.push(
      conflict(
        `Access tokens of the realm live for ${actual} seconds; the spec says at most ${seconds}.`,
        `Set Access Token Lifespan of the realm to ${seconds} seconds, or leave lifetime.access out.`,
      ),
    );
  }
  return found;
}

/** The clients that get the client scopes now; in a realm whose new clients get them, those that have them. */
export function enrichedClients({
  built,
  state,
  clients,
}: Pick<Circumstances, 'built' | 'state' | 'clients'>) {
  const { base } = built;
  return state.clients.filter(({ clientId, defaultClientScopes, optionalClientScopes }) =>
    clients === undefined
      ? base !== undefined && [...defaultClientScopes, ...optionalClientScopes].includes(base)
      : clients.includes(clientId),
  );
}

function clientNotices(circumstances: Circumstances): readonly Notice[] {
  const { built, state, clients } = circumstances;
  const { requires, script, clients: ofScript } = built.manifest;
  const enriched = enrichedClients(circumstances);
  const known = new Set(state.clients.map(({ clientId }) => clientId));
  const needed = [...(clients ?? []), ...Object.keys(built.enrichment.clientScopesByClient)];
  const found = [...new Set(needed)]
    .filter((client) => !known.has(client))
    .map((client) => conflict(`The realm has no client ${client}.`, 'Create it, or correct its name.'));
  for (const client of enriched) found.push(...clientFaults(client, built));
  if (clients !== undefined) return found;
  const others = state.clients.filter(
    (client) => !enriched.includes(client) && !builtInClients.includes(client.clientId) && isOpenId(client),
  );
  if (others.length > 0 && ofScript === undefined) {
    const names = others.map(({ clientId }) => clientId).toSorted();
    found.push({
      severity: 'note',
      message: `Only new clients get the client scopes. These clients of the realm do not have them: ${some(names)}.`,
      help: 'Name the clients to enrich under clients of the environment, or add the client scopes to them.',
    });
  }
  if (script === undefined && requires.noServiceAccounts) {
    found.push(
      warning(
        'New clients get the client scopes, and the spec excludes service accounts: nothing stops a new client from having one.',
        'Name the clients to enrich under clients of the environment.',
      ),
    );
  }
  return found;
}

/** The first names of a list that may be long. */
function some(names: readonly string[]): string {
  const more = names.length - 5;
  return more > 0 ? `${names.slice(0, 5).join(', ')} and ${more} more` : names.join(', ');
}

function isOpenId({ protocol, bearerOnly }: RealmClient): boolean {
  return !bearerOnly && (protocol === 'openid-connect' || protocol === undefined || protocol === null);
}

function clientFaults(client: RealmClient, { manifest: { requires, script } }: Built): readonly Notice[] {
  const found: Notice[] = [];
  const { clientId } = client;
  if (!isOpenId(client)) {
    found.push(conflict(`The client ${clientId} does not use OpenID Connect.`, 'Leave it out.'));
  }
  if (requires.fullScopeAllowed && !client.fullScopeAllowed) {
    found.push(
      conflict(
        `The client ${clientId} has Full scope allowed off, so its tokens would lack roles.`,
        'Switch on Full scope allowed on its dedicated scopes, or leave the client out.',
      ),
    );
  }
  if (script !== undefined) return found;
  if (requires.noServiceAccounts && client.serviceAccountsEnabled) {
    found.push(
      conflict(
        `The client ${clientId} has a service account, which the spec excludes.`,
        'Switch off Service account roles, or leave the client out.',
      ),
    );
  }
  const seconds = Number(client.attributes['access.token.lifespan'] ?? Number.NaN);
  if (requires.accessTokenLifespan !== undefined && seconds > requires.accessTokenLifespan) {
    found.push(
      conflict(
        `Access tokens of the client ${clientId} live for ${seconds} seconds; the spec says at most ${requires.accessTokenLifespan}.`,
        'Remove Access Token Lifespan from the advanced settings of the client.',
      ),
    );
  }
  return found;
}

/** How a role is looked up in {@link RealmState.roles}. */
export function roleText({ name, client }: RoleName): string {
  return client === undefined ? name : `${name} of the client ${client}`;
}

function roleNotices({ built, state }: Circumstances): readonly Notice[] {
  const nobody = nobodyOf({ name: built.manifest.policy });
  const needed = new Set(
    built.enrichment.permissions.flatMap((permission) => rolesOf(permission).map(roleText)),
  );
  const missing = [...needed].filter((role) => role !== nobody && state.roles.get(role) === false);
  const composite = new Set(
    [...state.permissions.values()].flatMap(({ realmMappings, clientMappings }) =>
      [realmMappings, ...Object.values(clientMappings).map(({ mappings }) => mappings)]
        .flat()
        .filter((role) => role.composite)
        .map(({ name }) => name),
    ),
  );
  return [
    ...missing.map((role) =>
      conflict(`The realm has no role ${role}.`, 'Create it, or correct its name in the spec.'),
    ),
    ...[...composite].map((role) =>
      warning(
        `The role ${role} is a composite role: users with only a part of it have the claim, too.`,
        'Make it a plain role.',
      ),
    ),
  ];
}

function attributeNotices({ built, state: { profile }, userProfile }: Circumstances): readonly Notice[] {
  if (profile === undefined) return [];
  return built.attributes.flatMap((attribute): readonly Notice[] => {
    const { name } = attribute;
    const known = profile.attributes.find((one) => one.name === name);
    if (known !== undefined) return attributeFaults(known, attribute, built);
    if (userProfile === 'create') return [];
    return [
      conflict(
        `The user profile has no attribute ${name}: Keycloak drops its values, or lets users write them.`,
        'Add it, editable by admins only, or set userProfile: create in the environment.',
        attributeKey(name),
      ),
    ];
  });
}

/** An attribute of the realm's own is left as it is, so it must already be what the policy needs. */
function attributeFaults(
  known: ProfileAttribute,
  { name, multivalued }: ProfileAttribute,
  { manifest }: Built,
): readonly Notice[] {
  const key = attributeKey(name);
  if (known.annotations[policyMark] === manifest.policy) return [];
  const found: Notice[] = [];
  if (known.permissions.edit.includes('user')) {
    found.push(
      conflict(
        `Users can edit the attribute ${name} in the user profile, and the policy reads it.`,
        'Let only admins edit it, or read another attribute.',
        key,
      ),
    );
  }
  if (known.multivalued !== multivalued) {
    const kind = (isList: boolean) => (isList ? 'several values' : 'one value');
    found.push(
      warning(
        `The attribute ${name} has ${kind(known.multivalued)} in the user profile, and ${kind(multivalued)} in the spec.`,
        'Make them equal.',
        key,
      ),
    );
  }
  return found;
}

/** Mappers that somebody put into the client scopes of the policy. */
function strangerNotices({ policy, built, state }: Circumstances): readonly Notice[] {
  const own = ownMappers(built);
  return state.scopes
    .filter(({ attributes }) => attributes[policyMark] === policy.name)
    .flatMap((scope) =>
      scope.protocolMappers
        .filter(({ config }) => config[policyMark] !== policy.name)
        .map(({ name }) => mapperKey(scope.name, name)),
    )
    .filter((key) => !own.has(key))
    .map((key) =>
      warning(`${key} is not of the policy, but stands in its client scope.`, 'Move or remove it.', key),
    );
}

/** The keys of a build's mappers. */
function ownMappers({ enrichment }: Built): ReadonlySet<string> {
  return new Set(
    enrichment.clientScopes.flatMap((scope) =>
      scope.protocolMappers.map(({ name }) => mapperKey(scope.name, name)),
    ),
  );
}

/** Mappers of others that write what the policy writes: which value wins is not certain. */
function collisionNotices(circumstances: Circumstances): readonly Notice[] {
  return collisionsAt(circumstances).map(({ claim, writers }) =>
    conflict(
      `Other mappers write ${claim === 'aud' ? 'the audience of the API' : `the claim ${claim}`}: ${writers.join('; ')}.`,
      claim === 'aud'
        ? 'Remove them: only the policy may give this audience.'
        : 'Remove them, or rename the claim in the spec with as.',
    ),
  );
}

export function collisionsAt({
  policy,
  built,
  state,
  clients,
}: Pick<Circumstances, 'policy' | 'built' | 'state' | 'clients'>): readonly Collision[] {
  const enriched = enrichedClients({ built, state, clients });
  const names = new Set([
    ...enriched.flatMap((client) => [...client.defaultClientScopes, ...client.optionalClientScopes]),
    ...(clients === undefined ? [...state.defaults, ...state.optionals] : []),
    ...built.enrichment.clientScopes.map(({ name }) => name),
  ]);
  const own = ownMappers(built);
  const mappers = [
    ...state.scopes
      .filter(({ name }) => names.has(name))
      .flatMap((scope) =>
        // A mapper without the mark that has the place of one of ours will become ours, or is a conflict by itself.
        liveMappers(
          scope.protocolMappers.filter(({ name }) => !own.has(mapperKey(scope.name, name))),
          scopeKey(scope.name),
          policy.name,
        ),
      ),
    ...enriched.flatMap(({ clientId, protocolMappers }) =>
      liveMappers(protocolMappers, `client ${clientId}`, policy.name),
    ),
  ];
  return collisionsOf(policy, withoutEquals(mappers, built));
}

/** Without mappers of others that write the same as one of the build that writes for everybody. */
export function withoutEquals(mappers: readonly LiveMapper[], { enrichment }: Built): readonly LiveMapper[] {
  const gated = new Set(enrichment.permissions.map(({ clientScope }) => clientScope));
  const own = new Set(
    enrichment.clientScopes
      .filter(({ name }) => enrichment.defaultScopes.includes(name) && !gated.has(name))
      .flatMap(({ protocolMappers }) => protocolMappers.filter((mapper) => !isOfBase(mapper)))
      .map((mapper) => JSON.stringify(meaning(mapper))),
  );
  return mappers.filter(
    ({ policy, provider, config }) =>
      policy !== undefined || !own.has(JSON.stringify(meaning({ protocolMapper: provider, config }))),
  );
}

function liveMappers(
  mappers: readonly RealmMapper[],
  container: string,
  policy: string,
): readonly LiveMapper[] {
  return mappers.map(({ name, protocolMapper, config }) => ({
    name,
    container,
    policy: config[policyMark] === policy ? policy : undefined,
    provider: protocolMapper,
    config,
  }));
}

/** What a mapper writes, wherever it writes it: two that mean the same do no harm. */
function meaning({ protocolMapper, config }: Pick<RealmMapper, 'protocolMapper' | 'config'>) {
  const isFlag = /(\.token\.claim|^lightweight\.claim|\.tokenResponse\.claim)$/;
  return [
    protocolMapper,
    Object.entries(config)
      .filter(([key, value]) => value !== '' && !isFlag.test(key) && key !== policyMark)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ];
}
