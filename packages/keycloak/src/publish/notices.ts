/** What a person should know before a realm is written to. Pure. */
import { type Notice, observeNotices } from '@claimsmith/core';
import { nobodyOf } from '../compile/enrichment.ts';
import { settingsOf } from '../settings.ts';
import type { Built } from './built.ts';
import { type Circumstances, conflict, enrichedClients, warning } from './circumstances.ts';
import { policyMark } from './images.ts';
import { attributeKey, type RoleName } from './keys.ts';
import { collisionNotices, strangerNotices } from './others.ts';
import type { ProfileAttribute, RealmClient } from './realm-state.ts';
import { rolesOf } from './wanted.ts';

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
    ...exchangeNotices(circumstances),
    ...roleNotices(circumstances),
    ...attributeNotices(circumstances),
    ...collisionNotices(circumstances),
    ...strangerNotices(circumstances),
    ...observeNotices('Keycloak', settingsOf(circumstances.policy).observe),
  ];
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

/** Ways to exchange tokens, if the policy relies on it that nobody does. */
export function exchangeNotices({
  built,
  state,
  clients,
}: Pick<Circumstances, 'built' | 'state' | 'clients'>): readonly Notice[] {
  if (!built.manifest.requires.noExchange) return [];
  const isFormer = state.server.features?.has('TOKEN_EXCHANGE') === true;
  const exchanging = enrichedClients({ built, state, clients }).filter(
    ({ attributes }) => attributes['standard.token.exchange.enabled'] === 'true',
  );
  return [
    ...(isFormer
      ? [
          warning(
            'The server has the feature token-exchange (V1), by which clients may exchange tokens although the policy relies on it that they do not.',
            'Start the server without this feature, or allow a policy script in the spec.',
          ),
        ]
      : []),
    ...exchanging.map(({ clientId }) =>
      conflict(
        `The client ${clientId} may exchange tokens, and without a policy script Keycloak does not say who acts for a user: an exchanged token would have authority that the policy does not delegate.`,
        'Switch off Standard token exchange of the client, leave it out, or allow a policy script in the spec.',
      ),
    ),
  ];
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
