import type { WantedResource } from '@claimsmith/core';
import { nobodyOf } from '../compile/enrichment.ts';
import type { Built } from './built.ts';
import { attributeImage, mapperImage, markedConfig, policyMark, scopeImage } from './images.ts';
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
import type { RealmState } from './realm-state.ts';
import { bindingMemo, nobodyImage } from './resources.ts';

/** What a realm should have of a build. */
export function wantedOf(
  built: Built,
  state: Pick<RealmState, 'profile'>,
  clients: readonly string[] | undefined,
): readonly WantedResource[] {
  const { enrichment, manifest } = built;
  const scopes = enrichment.clientScopes.flatMap((scope): readonly WantedResource[] => {
    const key = scopeKey(scope.name);
    return [
      { key, image: scopeImage(scope) },
      ...scope.protocolMappers.map((mapper) => ({
        key: mapperKey(scope.name, mapper.name),
        image: mapperImage({ ...mapper, config: markedConfig(mapper.config, manifest.policy) }),
        parent: key,
      })),
    ];
  });
  const permissions = enrichment.permissions.flatMap((permission) =>
    rolesOf(permission).map((role) => ({
      key: permissionKey(permission.clientScope, role),
      image: permissionImage(role),
      parent: scopeKey(permission.clientScope),
    })),
  );
  const nobody =
    enrichment.permissions.length === 0
      ? []
      : [{ key: roleKey(nobodyOf({ name: manifest.policy })), image: nobodyImage }];
  return [...scopes, ...nobody, ...permissions, ...bindings(built, clients), ...attributes(built, state)];
}

export function rolesOf({
  realmRoles,
  clientRoles,
}: Built['enrichment']['permissions'][number]): readonly RoleName[] {
  return [
    ...realmRoles.map((name) => ({ name })),
    ...Object.entries(clientRoles).flatMap(([client, names]) => names.map((name) => ({ name, client }))),
  ];
}

/** Client scopes at clients, or as defaults of the realm. */
function bindings({ enrichment }: Built, clients: readonly string[] | undefined): readonly WantedResource[] {
  const { clientScopes, defaultScopes, optionalScopes, clientScopesByClient } = enrichment;
  const memoOf = (name: string) =>
    bindingMemo(clientScopes.find((scope) => scope.name === name)?.protocolMappers ?? []);
  const binding = (key: string, scope: string, image: WantedResource['image']): WantedResource => ({
    key,
    image,
    memo: memoOf(scope),
    isBinding: true,
  });
  const everywhere = [
    ...defaultScopes.map((scope) => ({ scope, as: 'default' })),
    ...optionalScopes.map((scope) => ({ scope, as: 'optional' })),
  ];
  const ofClients = Object.entries(clientScopesByClient).flatMap(([client, names]) =>
    clients === undefined || clients.includes(client)
      ? names.map((scope) => binding(attachmentKey(client, scope), scope, { as: 'default' }))
      : [],
  );
  return [
    ...(clients === undefined
      ? everywhere.map(({ scope, as }) => binding(realmScopeKey(scope), scope, { as, missingAt: [] }))
      : clients.flatMap((client) =>
          everywhere.map(({ scope, as }) => binding(attachmentKey(client, scope), scope, { as })),
        )),
    ...ofClients,
  ];
}

/** The attributes that the user profile lacks, and those that were added before. */
function attributes(
  { attributes, manifest }: Built,
  { profile }: Pick<RealmState, 'profile'>,
): readonly WantedResource[] {
  return attributes
    .filter((attribute) => {
      const known = profile?.attributes.find(({ name }) => name === attribute.name);
      return known === undefined || known.annotations[policyMark] === manifest.policy;
    })
    .map((attribute) => ({ key: attributeKey(attribute.name), image: attributeImage(attribute) }));
}
