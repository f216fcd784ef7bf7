import { own } from '@claimsmith/core';
/** Users, roles, groups and organizations as a script sees them. */

import type { KnownIssuance, KnownOrganization } from '../input.ts';
import { groupName } from '../mappers/groups.ts';
import { attributeOf } from '../mappers/user-attribute.ts';
import { javaList, javaMap, javaStream } from './collections.ts';
import { javaLong, javaObject, javaText, textOf } from './objects.ts';

type User = KnownIssuance['user'];
type Group = User['groups'][number];

export interface UserModel {
  readonly user: object;
  /** The surroundings for static helpers of Keycloak. */
  readonly helpers: {
    readonly resolveAttribute: (user: unknown, name: unknown, all: unknown) => object;
    readonly getDeepUserRoleMappings: () => object;
    readonly buildGroupPath: (group: unknown) => string | null;
  };
}

export function userModel(known: User): UserModel {
  const paths = new Map<unknown, string>();
  // Keycloak has them in the order of their names.
  const groups = known.groups
    .toSorted((a, b) => (groupName(a) < groupName(b) ? -1 : 1))
    .map((group) => groupModel(group, paths));
  const attributes = { ...known.attributes, ...fieldsOf(known) };
  const user = javaObject('UserModel', {
    getId: () => javaText(known.id),
    getUsername: () => javaText(known.username),
    getEmail: () => javaText(known.email),
    isEmailVerified: () => known.emailVerified ?? null,
    getFirstName: () => javaText(known.firstName),
    getLastName: () => javaText(known.lastName),
    getCreatedTimestamp: () =>
      known.createdTimestamp === undefined ? null : javaLong(known.createdTimestamp),
    isEnabled: () => true,
    getServiceAccountClientLink: () => javaText(known.serviceAccountOf),
    getAttributes: () => attributesModel(attributes),
    getFirstAttribute: (name: unknown) => javaText(own(attributes, String(name))?.[0]),
    getAttributeStream: (name: unknown) => javaStream(own(attributes, String(name)) ?? []),
    getGroupsStream: () => javaStream(groups),
    getRealmRoleMappingsStream: () => javaStream(known.realmRoles.map((role) => roleModel(known, role))),
    getRoleMappingsStream: () => javaStream(rolesOf(known)),
  });
  return {
    user,
    helpers: {
      resolveAttribute: (_user, name, all) => javaList(attributeOf(known, String(name), all === true)),
      getDeepUserRoleMappings: () => javaList(rolesOf(known)),
      buildGroupPath: (group) => javaText(paths.get(group)),
    },
  };
}

/** Four fields of a user are attributes too. */
function fieldsOf({
  username,
  email,
  firstName,
  lastName,
}: User): Readonly<Record<string, readonly string[]>> {
  const fields = Object.entries({ username, email, firstName, lastName });
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]] as const])),
  );
}

function rolesOf(user: User): readonly object[] {
  return [
    ...user.realmRoles.map((role) => roleModel(user, role)),
    ...Object.entries(user.clientRoles).flatMap(([client, roles]) =>
      roles.map((role) => roleModel(user, role, client)),
    ),
  ];
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

function roleModel({ roleAttributes = [] }: User, name: string, client?: string): object {
  const found = roleAttributes.find((one) => one.role === name && one.client === client);
  return javaObject('RoleModel', {
    getName: () => javaText(name),
    getAttributeStream: (key: unknown) => javaStream(own(found?.attributes ?? {}, textOf(key)) ?? []),
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
  const lists = Object.entries(attributes).map(([name, values]) => [name, javaList(values)] as const);
  return javaMap(new Map(lists));
}
