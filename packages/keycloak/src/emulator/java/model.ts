/** Users, roles, groups and organizations as a script sees them. */

import { own } from '../../dictionary.ts';
import type { KnownIssuance, KnownOrganization } from '../input.ts';
import { groupName } from '../mappers/groups.ts';
import { attributeOf } from '../mappers/user-attribute.ts';
import { javaList, javaMap, javaObject, javaStream, javaText } from './objects.ts';

type User = KnownIssuance['user'];
type Group = User['groups'][number];

export interface UserModel {
  readonly user: object;
  /** What static helpers of Keycloak find. */
  readonly helpers: {
    readonly resolveAttribute: (user: unknown, name: unknown, all: unknown) => object;
    readonly getDeepUserRoleMappings: () => object;
    readonly buildGroupPath: (group: unknown) => object | null;
  };
}

export function userModel(known: User): UserModel {
  const paths = new Map<unknown, string>();
  const groups = known.groups.map((group) => groupModel(group, paths));
  const user = javaObject('UserModel', {
    getId: () => javaText(known.id),
    getUsername: () => javaText(known.username),
    getEmail: () => javaText(known.email),
    isEmailVerified: () => known.emailVerified ?? null,
    getFirstName: () => javaText(known.firstName),
    getLastName: () => javaText(known.lastName),
    isEnabled: () => true,
    getServiceAccountClientLink: () => javaText(known.serviceAccountOf),
    getAttributes: () => attributesModel(known.attributes),
    getFirstAttribute: (name: unknown) => javaText(own(known.attributes, String(name))?.[0]),
    getAttributeStream: (name: unknown) =>
      javaStream((own(known.attributes, String(name)) ?? []).map(javaText)),
    getGroupsStream: () => javaStream(groups),
    getRealmRoleMappingsStream: () => javaStream(known.realmRoles.map((role) => roleModel(role))),
  });
  return {
    user,
    helpers: {
      resolveAttribute: (_user, name, all) =>
        javaList(attributeOf(known, String(name), all === true).map((value) => javaText(value))),
      getDeepUserRoleMappings: () =>
        javaList([
          ...known.realmRoles.map((role) => roleModel(role)),
          ...Object.entries(known.clientRoles).flatMap(([client, roles]) =>
            roles.map((role) => roleModel(role, client)),
          ),
        ]),
      buildGroupPath: (group) => javaText(paths.get(group)),
    },
  };
}

function groupModel(group: Group, paths: Map<unknown, string>): object {
  const model = javaObject('GroupModel', {
    getName: () => javaText(groupName(group)),
    getAttributes: () => attributesModel(group.attributes),
    getFirstAttribute: (name: unknown) => javaText(own(group.attributes, String(name))?.[0]),
    getParent: () => (group.parent === undefined ? null : groupModel(group.parent, paths)),
  });
  paths.set(model, group.path);
  return model;
}

function roleModel(name: string, client?: string): object {
  return javaObject('RoleModel', {
    getName: () => javaText(name),
    isClientRole: () => client !== undefined,
    getContainer: () => javaObject('RoleContainerModel', { getClientId: () => javaText(client) }),
  });
}

export function organizationModel({ id, alias, name, attributes }: KnownOrganization): object {
  return javaObject('OrganizationModel', {
    getId: () => javaText(id),
    getAlias: () => javaText(alias),
    getName: () => javaText(name),
    isEnabled: () => true,
    getAttributes: () => attributesModel(attributes),
  });
}

function attributesModel(attributes: Readonly<Record<string, readonly string[]>>): object {
  const lists = Object.entries(attributes).map(
    ([name, values]) => [name, javaList(values.map(javaText))] as const,
  );
  return javaMap(new Map(lists));
}
