import { mapper } from '../world.ts';
import { clientRoles, type MapperCase, of, realmRoles, roleName } from './forms.ts';

/** Roles of realms and clients, renamed and added ones. */
export const roleCases: readonly MapperCase[] = [
  of('realm roles', 'ada', [realmRoles('roles')]),
  of('realm roles with a prefix', 'ada', [
    realmRoles('roles', { 'usermodel.realmRoleMapping.rolePrefix': 'realm:' }),
  ]),
  of('one realm role as a text', 'approver', [realmRoles('role', { multivalued: 'false' })]),
  of('no roles', 'bob', [realmRoles('roles'), clientRoles('payments', 'payments'), clientRoles('all', '')]),
  of('sixty roles', 'many', [realmRoles('roles')]),
  of('roles in the place of Keycloak', 'ada', [
    realmRoles('realm_access.roles'),
    clientRoles('resource_access.${client_id}.roles', ''),
  ]),
  of('roles of one client', 'ada', [
    clientRoles('roles', 'payments'),
    clientRoles('none', 'nobody'),
    clientRoles('prefixed', 'payments', { 'usermodel.clientRoleMapping.rolePrefix': 'p:' }),
  ]),
  of('roles of all clients in one claim', 'ada', [clientRoles('roles', '')]),
  of('roles of all clients by client', 'ada', [
    clientRoles('clients.${client_id}', ''),
    clientRoles('all', '', { 'usermodel.clientRoleMapping.rolePrefix': '${client_id}/' }),
  ]),
  of('roles in claims with odd names', 'ada', [
    realmRoles('https://acme\\.example/roles'),
    clientRoles('a.b', 'odd.client'),
  ]),
  of('roles where Keycloak guards the claim', 'approver', [realmRoles('groups')]),
  of('renamed roles', 'ada', [
    roleName('payments:approver', 'approver'),
    roleName('payments.viewer', 'seen'),
    roleName('crm.admin', 'payments.crm-admin'),
    roleName('nobody', 'somebody'),
    realmRoles('roles'),
    clientRoles('payments', 'payments'),
    clientRoles('crm', 'crm'),
  ]),
  of('a role that is added', 'bob', [
    mapper('oidc-hardcoded-role-mapper', { role: 'extra' }, 'realm'),
    mapper('oidc-hardcoded-role-mapper', { role: 'payments.extra' }, 'client'),
    realmRoles('roles'),
    clientRoles('payments', 'payments'),
  ]),
  of('roles as numbers', 'approver', [realmRoles('numbers', { 'jsonType.label': 'long' })]),
  of('roles of a client that may not see all', 'ada', [realmRoles('roles'), clientRoles('all', '')], {
    fullScopeAllowed: false,
  }),
];
