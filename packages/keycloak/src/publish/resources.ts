import type { Resource } from '@claimsmith/core';
import { attributeImage, mapperImage, otherAttributes, policyMark, scopeImage } from './images.ts';
import {
  attachmentKey,
  attributeKey,
  mapperKey,
  permissionImage,
  permissionKey,
  type RoleName,
  realmScopeKey,
  roleKey,
  scopeKey,
} from './keys.ts';
import type { ProfileAttribute, RealmClient, RealmMapper, RealmScope, RealmState } from './realm-state.ts';

/** Which of a realm's parts the policy is about. */
export interface Concern {
  readonly policy: string;
  /** Names of client scopes that the build gives. */
  readonly scopes: ReadonlySet<string>;
  /** Keys of mappers that the build gives. */
  readonly mappers: ReadonlySet<string>;
  /** The role that nobody may have. */
  readonly nobody: string;
  /** Whether clients are enriched one by one, and not as defaults of the realm. */
  readonly isByClient: boolean;
  /** Client scopes of single clients, whatever the others get. */
  readonly ofClients: ReadonlySet<string>;
}

/** What a realm has of the policy, and what is in its place. */
export function resourcesOf(state: RealmState, concern: Concern): readonly Resource[] {
  const scopes = state.scopes.filter((scope) => isConcerned(scope, concern));
  return [
    ...scopes.flatMap((scope) => [
      scopeResource(scope, concern),
      ...scope.protocolMappers.map((mapper) => mapperResource(scope, mapper, concern)),
      ...permissions(scope, state),
      ...[realmScopeResource(scope, state, concern)].filter((found) => found !== undefined),
    ]),
    ...state.clients.flatMap((client) =>
      scopes.flatMap((scope) => {
        if (!isAttachable(scope.name, concern)) return [];
        const found = attachmentResource(client, scope.name, bindingMemo(scope.protocolMappers));
        return found === undefined ? [] : [found];
      }),
    ),
    ...(state.roles.get(concern.nobody) === true ? [nobodyResource(concern.nobody)] : []),
    ...(state.profile?.attributes ?? []).flatMap((attribute) => {
      const found = attributeResource(attribute, concern);
      return found === undefined ? [] : [found];
    }),
  ];
}

/** A client scope of the policy, or one that has a name of it. */
export function isConcerned({ name, attributes }: RealmScope, concern: Concern): boolean {
  return attributes[policyMark] === concern.policy || concern.scopes.has(name);
}

function isMarked({ attributes }: RealmScope, { policy }: Concern): boolean {
  return attributes[policyMark] === policy;
}

/** Whether the attachments of a client scope to clients are resources of their own. */
function isAttachable(scope: string, { isByClient, ofClients, policy }: Concern): boolean {
  return isByClient || ofClients.has(scope) || scope.startsWith(`claimsmith.${policy}.client.`);
}

export function scopeResource(scope: RealmScope, concern: Concern): Resource {
  const others = scope.protocolMappers
    .filter(
      (mapper) => !isOwnMapper(mapper, concern) && !concern.mappers.has(mapperKey(scope.name, mapper.name)),
    )
    .map(({ name }) => name)
    .toSorted();
  return {
    key: scopeKey(scope.name),
    owner: isMarked(scope, concern) ? 'ours' : 'foreign',
    image: scopeImage(scope),
    rest: { attributes: otherAttributes(scope), mappers: others },
    id: scope.id,
  };
}

function isOwnMapper({ config }: RealmMapper, { policy }: Concern): boolean {
  return config[policyMark] === policy;
}

/**
 * A mapper within a client scope. A scope that was made by hand from the built files has the mark, and its mappers have
 * not: those that the build names are ours, too.
 */
export function mapperResource(scope: RealmScope, mapper: RealmMapper, concern: Concern): Resource {
  const key = mapperKey(scope.name, mapper.name);
  const isBuilt = isMarked(scope, concern) && concern.mappers.has(key);
  return {
    key,
    owner: isOwnMapper(mapper, concern) || isBuilt ? 'ours' : 'foreign',
    image: mapperImage(mapper),
    id: mapper.id,
    parent: scopeKey(scope.name),
  };
}

function permissions({ name }: RealmScope, state: RealmState): readonly Resource[] {
  const mappings = state.permissions.get(name);
  if (mappings === undefined) return [];
  return [
    ...mappings.realmMappings.map((role) => ({ name: role.name })),
    ...Object.values(mappings.clientMappings).flatMap(({ client, mappings: roles }) =>
      roles.map((role) => ({ name: role.name, client })),
    ),
  ].map((role) => permissionResource(name, role));
}

/** A permission can only be ours, because it is a part of the client scope. */
export function permissionResource(scope: string, role: RoleName): Resource {
  return {
    key: permissionKey(scope, role),
    owner: 'ours',
    image: permissionImage(role),
    parent: scopeKey(scope),
  };
}

/** A default or optional client scope of the realm. A client with the base scope must have the others, too. */
export function realmScopeResource(
  { name, protocolMappers }: RealmScope,
  { defaults, optionals, clients, scopes }: Pick<RealmState, 'defaults' | 'optionals' | 'clients' | 'scopes'>,
  concern: Concern,
): Resource | undefined {
  const list = defaults.includes(name) ? 'default' : optionals.includes(name) ? 'optional' : undefined;
  if (list === undefined) return undefined;
  const base = scopes.find((scope) => isMarked(scope, concern) && scope.protocolMappers.some(isOfBase))?.name;
  return {
    key: realmScopeKey(name),
    owner: 'ours',
    image: { as: list, missingAt: base === undefined ? [] : missingAt(name, base, clients) },
    memo: bindingMemo(protocolMappers),
    isBinding: true,
  };
}

/** The clients that have the base scope and lack another one. */
export function missingAt(scope: string, base: string, clients: readonly RealmClient[]): readonly string[] {
  const has = (client: RealmClient, name: string) =>
    client.defaultClientScopes.includes(name) || client.optionalClientScopes.includes(name);
  return clients
    .filter((client) => has(client, base) && !has(client, scope))
    .map(({ clientId }) => clientId)
    .toSorted();
}

export function attachmentResource(
  { clientId, defaultClientScopes, optionalClientScopes }: RealmClient,
  name: string,
  memo: Resource['memo'],
): Resource | undefined {
  const as = defaultClientScopes.includes(name)
    ? 'default'
    : optionalClientScopes.includes(name)
      ? 'optional'
      : undefined;
  if (as === undefined) return undefined;
  return {
    key: attachmentKey(clientId, name),
    owner: 'ours',
    image: { as },
    ...(memo === undefined ? {} : { memo }),
    isBinding: true,
  };
}

type Mapper = Pick<RealmMapper, 'name' | 'protocolMapper' | 'config'>;

/** What the order of writes depends on: see order.ts. */
export function bindingMemo(mappers: readonly Mapper[]) {
  return { isBase: mappers.some(isOfBase), hasLists: mappers.some(isList) };
}

/** Whether a mapper gives the token its authority: the policy script, or the audience and the marker. */
export function isOfBase({ name, protocolMapper }: Pick<Mapper, 'name' | 'protocolMapper'>): boolean {
  return isScript(protocolMapper) || name === 'API audience' || name === 'policy marker';
}

/** Two mappers of one list give both lists together. */
export function isList({ config }: Pick<Mapper, 'config'>): boolean {
  return config['multivalued'] === 'true';
}

/** The role has no content; its name and that it exists are all. */
export const nobodyImage = { for: 'nobody' } as const;

export function nobodyResource(name: string): Resource {
  return { key: roleKey(name), owner: 'ours', image: nobodyImage };
}

/** Attributes without the mark belong to the realm, even under the same name. */
export function attributeResource(attribute: ProfileAttribute, { policy }: Concern): Resource | undefined {
  if (attribute.annotations[policyMark] !== policy) return undefined;
  return { key: attributeKey(attribute.name), owner: 'ours', image: attributeImage(attribute) };
}

/** Whether a mapper's provider is a policy script. */
export function isScript(provider: unknown): boolean {
  return typeof provider === 'string' && provider.startsWith('script-claimsmith-');
}
