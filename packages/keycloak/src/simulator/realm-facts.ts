import type { Type } from '@claimsmith/cel';
import type { Fact, Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { z } from 'zod';
import { declaredRead } from '../compile/script/context.ts';
import { profileAttributes } from '../plan/native/user.ts';
import type { Enrichment } from '../representation.ts';
import { attributeName, roleOwners, settingsOf } from '../settings.ts';
import type { Manifest } from '../wire.ts';
import * as input from './emulator/input.ts';

const names = z.array(z.looseObject({ name: z.string() }));
const realmFile = input.realm.extend({
  realm: z.string(),
  enabled: z.boolean(),
  bruteForceProtected: z.boolean(),
  organizationsEnabled: z.boolean(),
  roles: z.object({ realm: names, client: z.record(z.string(), names) }),
  defaultDefaultClientScopes: z.array(z.string()),
  defaultOptionalClientScopes: z.array(z.string()),
  clients: z.array(
    z.looseObject({
      clientId: z.string(),
      enabled: z.boolean(),
      protocol: z.string(),
      publicClient: z.boolean(),
      standardFlowEnabled: z.boolean(),
      directAccessGrantsEnabled: z.boolean().default(false),
      serviceAccountsEnabled: z.boolean().default(false),
      fullScopeAllowed: z.boolean(),
      defaultClientScopes: z.array(z.string()).default([]),
      optionalClientScopes: z.array(z.string()).default([]),
    }),
  ),
  clientProfiles: z.unknown().optional(),
  clientPolicies: z.unknown().optional(),
});
type RealmFile = z.output<typeof realmFile>;

const profileFile = z.object({
  attributes: z.array(
    z.looseObject({
      name: z.string(),
      validations: z.record(z.string(), z.record(z.string(), z.unknown())),
      permissions: z.object({ view: z.array(z.string()), edit: z.array(z.string()) }),
      multivalued: z.boolean(),
    }),
  ),
});

/** A new server gets everything from `realm.json`. It must sign the same as a server that gets the other files. */
export function realmFacts(
  policy: Policy,
  { requires }: Manifest,
  enrichment: Enrichment,
  realmJson: unknown,
  profileJson: unknown,
): readonly Fact[] {
  const settings = settingsOf(policy);
  const realm = realmFile.parse(realmJson);
  const ofAll = settings.clients === undefined;
  const own = (scopes: readonly string[]) => scopes.filter((name) => isOwn(name, enrichment));
  const [provider] = realm.components['org.keycloak.userprofile.UserProfileProvider'];
  const [profile = 'null'] = provider?.config['kc.user.profile.config'] ?? [];
  return [
    fact('realm.json: realm', settings.realms[0], realm.realm),
    fact('realm.json: enabled', true, realm.enabled),
    fact('realm.json: slows down guessing', true, realm.bruteForceProtected),
    fact('realm.json: organizations', requires.features.includes('organization'), realm.organizationsEnabled),
    fact('realm.json: lifetime of access tokens', requires.accessTokenLifespan, realm.accessTokenLifespan),
    fact(
      'realm.json: client scopes',
      enrichment.clientScopes,
      realm.clientScopes.filter(({ name }) => isOwn(name, enrichment)),
    ),
    fact(
      'realm.json: scopes of every client',
      ofAll ? enrichment.defaultScopes : [],
      own(realm.defaultDefaultClientScopes),
    ),
    fact(
      'realm.json: scopes that every client may ask for',
      ofAll ? enrichment.optionalScopes : [],
      own(realm.defaultOptionalClientScopes),
    ),
    fact('realm.json: roles', requires.realmRoles, realm.roles.realm.map(({ name }) => name).sort()),
    fact('realm.json: roles of clients', requires.clientRoles, rolesByClient(realm)),
    fact('realm.json: permissions', permissionsOf(enrichment), permissionsIn(realm)),
    fact('realm.json: user profile', profileJson, JSON.parse(profile)),
    ...clientFacts(policy, enrichment, realm, own),
    ...policyFacts(policy, realm),
    ...attributeFacts(policy, requires.attributes, profileFile.parse(profileJson)),
  ];
}

function fact(at: string, expected: unknown, actual: unknown): Fact {
  return { at, expected, actual };
}

function isOwn(name: string, { clientScopes }: Enrichment): boolean {
  return clientScopes.some((scope) => scope.name === name);
}

function rolesByClient({ roles }: RealmFile): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(roles.client).map(([client, all]) => [client, all.map(({ name }) => name).sort()]),
  );
}

/** `scope, client, role` of each permission; without a client of the realm. */
function permissionsOf({ permissions }: Enrichment): readonly string[] {
  return permissions
    .flatMap(({ clientScope, realmRoles, clientRoles }) => [
      ...realmRoles.map((role) => `${clientScope}, , ${role}`),
      ...Object.entries(clientRoles).flatMap(([client, roles]) =>
        roles.map((role) => `${clientScope}, ${client}, ${role}`),
      ),
    ])
    .sort();
}

function permissionsIn({ scopeMappings, clientScopeMappings }: RealmFile): readonly string[] {
  const all = [['', scopeMappings] as const, ...Object.entries(clientScopeMappings)];
  return all
    .flatMap(([client, mappings]) =>
      mappings.flatMap(({ clientScope, roles }) => roles.map((role) => `${clientScope}, ${client}, ${role}`)),
    )
    .sort();
}

/** Clients that people log in to with a secret. A client that only owns roles does not count. */
function clientFacts(
  policy: Policy,
  { defaultScopes, optionalScopes, clientScopesByClient }: Enrichment,
  { clients }: RealmFile,
  own: (scopes: readonly string[]) => readonly string[],
): readonly Fact[] {
  const settings = settingsOf(policy);
  const { clients: enriched } = settings;
  const named = enriched ?? Object.keys(clientScopesByClient);
  const owners = roleOwners(settings).filter((owner) => !named.includes(owner));
  const shape = { enabled: true, protocol: 'openid-connect', publicClient: false, fullScopeAllowed: true };
  const flows = { directAccessGrantsEnabled: false, serviceAccountsEnabled: false };
  return [
    fact(
      'realm.json: clients',
      [...named, ...owners],
      clients.map(({ clientId }) => clientId),
    ),
    ...clients.map((client) => {
      const { clientId, enabled, protocol, publicClient, fullScopeAllowed, standardFlowEnabled } = client;
      const { directAccessGrantsEnabled, serviceAccountsEnabled } = client;
      const isOwner = owners.includes(clientId);
      const scopes = isOwner ? [] : [...defaultScopes, ...(clientScopesByClient[clientId] ?? [])];
      const defaults = own(client.defaultClientScopes);
      const optional = own(client.optionalClientScopes);
      const is = { enabled, protocol, publicClient, fullScopeAllowed, standardFlowEnabled };
      return fact(
        `realm.json: client ${clientId}`,
        {
          ...shape,
          ...flows,
          standardFlowEnabled: !isOwner,
          scopes,
          optional: isOwner ? [] : optionalScopes,
        },
        { ...is, directAccessGrantsEnabled, serviceAccountsEnabled, scopes: defaults, optional },
      );
    }),
  ];
}

/** Denies tokens to service accounts without a script. */
function policyFacts(policy: Policy, { clientProfiles, clientPolicies }: RealmFile): readonly Fact[] {
  const { scripts, serviceAccounts, clients } = settingsOf(policy);
  const isRefused = !scripts && !serviceAccounts && clients === undefined;
  const rule = z.object({
    policies: z.array(
      z.object({ enabled: z.boolean(), conditions: z.array(z.unknown()), profiles: z.array(z.string()) }),
    ),
  });
  const profile = z.object({
    profiles: z.array(z.object({ name: z.string(), executors: z.array(z.unknown()) })),
  });
  const [ruled] = rule.safeParse(clientPolicies).data?.policies ?? [];
  const [profiled] = profile.safeParse(clientProfiles).data?.profiles ?? [];
  const expected = {
    enabled: true,
    conditions: [{ condition: 'grant-type', configuration: { grant_types: ['client_credentials'] } }],
    executors: [{ executor: 'reject-request', configuration: {} }],
    isBound: true,
  };
  const actual = ruled &&
    profiled && {
      enabled: ruled.enabled,
      conditions: ruled.conditions,
      executors: profiled.executors,
      isBound: ruled.profiles.includes(profiled.name),
    };
  return [fact('realm.json: service accounts', isRefused ? expected : undefined, actual)];
}

/** Attributes that the policy reads: users cannot write their own, and each holds values of its type. */
function attributeFacts(
  policy: Policy,
  required: readonly string[],
  { attributes }: z.output<typeof profileFile>,
): readonly Fact[] {
  const settings = settingsOf(policy);
  const fields = contextFields(policy);
  const declared = declaredRead(policy, 'user.attributes', fields).map(
    ([name, type]) => [attributeName(settings, name), type] as const,
  );
  const standard = Object.entries(profileAttributes)
    .filter(([field]) => fields.includes(`user.${field}`))
    .map(([, name]) => [name, { kind: 'string' }] as const);
  const own = ['username', 'email', 'firstName', 'lastName'];
  const read = new Map<string, Type>([...standard, ...declared].filter(([name]) => !own.includes(name)));
  return [
    fact('user profile', [...own, ...read.keys()].sort(), attributes.map(({ name }) => name).sort()),
    fact('attributes of the realm', [...read.keys()].sort(), required.toSorted()),
    ...attributes.flatMap(({ name, validations, permissions, multivalued }) => {
      const type = read.get(name);
      if (type === undefined) return [];
      const element = type.kind === 'list' ? type.element : type;
      return [
        fact(`attribute ${name}: written by`, ['admin'], permissions.edit),
        fact(`attribute ${name}: several values`, type.kind === 'list', multivalued),
        fact(`attribute ${name}: values`, valuesOf(element), heldBy(validations)),
      ];
    }),
  ];
}

/** The allowed values of an attribute of a type, in words. */
function valuesOf({ kind }: Type): string {
  if (kind === 'bool') return 'true or false';
  if (kind === 'int') return `whole numbers from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`;
  return kind === 'double' ? 'numbers' : 'text of 2048 characters';
}

function heldBy(validations: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const { options, integer, pattern, length } = validations;
  if (options !== undefined) return [options['options']].flat().join(' or ');
  if (integer !== undefined) return `whole numbers from ${integer['min']} to ${integer['max']}`;
  if (pattern !== undefined) {
    const form = new RegExp(String(pattern['pattern']));
    const isOfNumbers = ['0', '-1', '1.5', '1e6'].every((text) => form.test(text));
    return isOfNumbers && !['', '01', 'x', '1,5'].some((text) => form.test(text)) ? 'numbers' : 'other texts';
  }
  return `text of ${length?.['max']} characters`;
}
