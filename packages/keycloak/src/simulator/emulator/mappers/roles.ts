import { splitClaimPath } from '../claim-path.ts';
import { convert } from '../convert.ts';
import type { Draft, Value } from '../draft.ts';
import { type Config, everywhere, type Mapper } from '../mapper.ts';
import type { ResolvedRoles, Situation } from '../situation.ts';
import { holderOf } from '../write-claim.ts';

export const realmRoles: Mapper = {
  priority: 40,
  kinds: everywhere,
  write(draft, config, situation) {
    const { realm } = situation.roles;
    if (realm === undefined) return;
    writeRoles(draft, realm, config, config['usermodel.realmRoleMapping.rolePrefix'], situation);
  },
};

/** Roles of one client, or of all clients in turn, written into one claim or into claims by the client's id. */
export const clientRoles: Mapper = {
  priority: 40,
  kinds: everywhere,
  write(draft, config, situation) {
    const { clients } = situation.roles;
    const only = config['usermodel.clientRoleMapping.clientId'] ?? '';
    const prefix = config['usermodel.clientRoleMapping.rolePrefix'] ?? '';
    for (const [clientId, roles] of only === '' ? clients : [[only, clients.get(only)] as const]) {
      if (roles === undefined) continue;
      const named =
        only === '' && prefix.trim() !== '' ? prefix.replaceAll('${client_id}', clientId) : prefix;
      const name = config['claim.name']?.replaceAll('${client_id}', clientId.replace(/[\\.]/g, '\\$&'));
      writeRoles(
        draft,
        roles,
        name === undefined ? config : { ...config, 'claim.name': name },
        named,
        situation,
      );
    }
  },
};

/** Renames a role for all mappers after it. Its include flags have no effect. */
export const roleName: Mapper = {
  priority: 10,
  kinds: ['access', 'userinfo', 'introspection'],
  always: true,
  write(_draft, config, { roles }) {
    const [fromClient, from] = parseRole(config['role'] ?? '');
    const held = fromClient === undefined ? roles.realm : roles.clients.get(fromClient);
    if (held?.delete(from)) addRole(roles, parseRole(config['new.role.name'] ?? ''));
  },
};

/** Adds a role, for all mappers after it. */
export const hardcodedRole: Mapper = {
  priority: 20,
  kinds: ['access', 'userinfo', 'introspection'],
  always: true,
  write(_draft, config, { roles }) {
    addRole(roles, parseRole(config['role'] ?? ''));
  },
};

function addRole(roles: ResolvedRoles, [client, role]: readonly [string | undefined, string]): void {
  if (client === undefined) {
    roles.realm ??= new Set();
    roles.realm.add(role);
    return;
  }
  const held = roles.clients.get(client) ?? new Set();
  roles.clients.set(client, held.add(role));
}

/** `client.role`, cut at the last dot; without one, a role of the realm. */
function parseRole(text: string): readonly [string | undefined, string] {
  const dot = text.lastIndexOf('.');
  return dot === -1 ? [undefined, text] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** Role mappers ignore protected claims, and append to a list without checking its content. */
function writeRoles(
  draft: Draft,
  roles: ReadonlySet<string>,
  config: Config,
  prefix: string | undefined,
  { notes }: Situation,
): void {
  const value = convert(
    [...roles].toSorted().map((role) => (prefix ?? '') + role),
    config,
  );
  const path = splitClaimPath(config['claim.name'] ?? '');
  if (value === undefined || path.length === 0) return;
  if (!Array.isArray(value) && roles.size > 1) {
    notes.push(`${config['claim.name']}: Keycloak signs only one of several roles, in an undefined order.`);
  }
  if (Array.isArray(value) && draft.kind !== 'id' && writeAccess(draft, path, value)) return;
  const [holder, last] = holderOf(draft.other, path);
  const before = holder.get(last);
  holder.set(last, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value);
}

/** Whether the path is one of the two with separate fields. */
function writeAccess(draft: Draft, path: readonly string[], values: readonly Value[]): boolean {
  const roles = values.map(String);
  if (path.length === 2 && path[0] === 'realm_access' && path[1] === 'roles') {
    draft.realmAccess = new Set([...(draft.realmAccess ?? []), ...roles]);
    return true;
  }
  const client = path[1];
  if (path.length === 3 && path[0] === 'resource_access' && path[2] === 'roles' && client !== undefined) {
    draft.resourceAccess.set(client, new Set([...(draft.resourceAccess.get(client) ?? []), ...roles]));
    return true;
  }
  return false;
}
