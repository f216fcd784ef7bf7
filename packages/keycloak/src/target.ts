/** Publishes to the realms of a Keycloak server. The requests go through the vendor's library for its Admin REST API. */

import { type Access, type Target, TargetError } from '@claimsmith/core';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { NetworkError as NetworkErrorOfLibrary } from '@keycloak/keycloak-admin-client';
import type { List, RealmApi, ServerApi } from './publish/api.ts';
import { addressOf, type Entry, entry, loginRealmOf } from './publish/entry.ts';
import { failureOf, type Need } from './publish/failure.ts';
import { placesOf } from './publish/places.ts';

export const target = {
  settings: entry,
  fillsSettings: false,
  places: async (policy, settings, access) => {
    const read = entry.parse(settings);
    return placesOf(policy, read, access, await connect(read, access));
  },
} satisfies Target;

/** Sends one request. */
interface Requests {
  read<T>(what: string, need: Need, request: (server: KeycloakAdminClient) => Promise<T>): Promise<T>;
  write<T>(what: string, need: Need, request: (server: KeycloakAdminClient) => Promise<T>): Promise<T>;
}

async function connect(settings: Entry, access: Access): Promise<ServerApi> {
  const library = await import('@keycloak/keycloak-admin-client');
  const requests = requestsOf(settings, access, library);
  return {
    name: addressOf(settings),
    realms: () =>
      requests.read('the realms of the server', { role: 'view-realm' }, (server) =>
        server.realms.find({ briefRepresentation: true }),
      ),
    info: () => requests.read('what the server is', {}, (server) => server.serverInfo.find({})),
    realm: (realm) => ({
      ...readsOf(realm, requests),
      ...tokensOf(realm, requests),
      ...writesOf(realm, requests),
      ...bindingsOf(realm, requests),
    }),
  };
}

/** A token of the Admin REST API lives for a minute by default. It is renewed this long before its end. */
const renewMs = 15_000;

/** One login serves all realms of a server. The library's own renewal cannot renew the token of a client. */
function requestsOf(
  settings: Entry,
  access: Access,
  { default: Client, NetworkError }: typeof import('@keycloak/keycloak-admin-client'),
): Requests {
  let token: { readonly value: string; readonly untilMs: number } | undefined;
  let login: Promise<string> | undefined;
  const loginRealm = loginRealmOf(settings);
  const clientFor = (signal: AbortSignal, realmName = loginRealm) => {
    const requestOptions: RequestInit = { signal };
    return new Client({ baseUrl: addressOf(settings), realmName, requestOptions });
  };
  const logIn = async (): Promise<string> => {
    const credentials = await credentialsOf(settings, access);
    const value = await access.read(`a token of the realm ${loginRealm}`, async (signal) => {
      const server = clientFor(signal);
      await attempt(NetworkError, { realm: loginRealm, isLogin: true }, () => server.auth(credentials));
      return server.accessToken ?? '';
    });
    token = { value, untilMs: Date.now() + lifeMs(value) - renewMs };
    return value;
  };
  const authorize = async (): Promise<string> => {
    if (token !== undefined && Date.now() < token.untilMs) return token.value;
    login ??= logIn().finally(() => {
      login = undefined;
    });
    return login;
  };
  const send = async <T>(
    kind: 'read' | 'write',
    what: string,
    need: Need,
    request: (server: KeycloakAdminClient) => Promise<T>,
  ): Promise<T> => {
    const once = async () => {
      const value = await authorize();
      return access[kind](what, (signal) => {
        const server = clientFor(signal, need.realm);
        server.registerTokenProvider({ getAccessToken: () => Promise.resolve(value) });
        return attempt(NetworkError, { ...need, isWrite: kind === 'write' }, () => request(server));
      });
    };
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof TargetError) || error.code !== 'unauthorized' || token === undefined)
        throw error;
      // The server was restarted, or the session was ended. A refused token has done nothing.
      token = undefined;
      return once();
    }
  };
  return {
    read: (...request) => send('read', ...request),
    write: (...request) => send('write', ...request),
  };
}

async function credentialsOf({ clientId, clientSecret, username, password }: Entry, access: Access) {
  if (clientId !== undefined && clientSecret !== undefined) {
    const secret = await access.secret(clientSecret);
    return { grantType: 'client_credentials' as const, clientId, clientSecret: secret.reveal() };
  }
  if (username === undefined || password === undefined) {
    throw new TargetError('settings', 'there is no login');
  }
  const secret = await access.secret(password);
  return { grantType: 'password' as const, clientId: 'admin-cli', username, password: secret.reveal() };
}

/** How long a token lives, by its own word. */
function lifeMs(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof exp === 'number' ? exp * 1000 - Date.now() : 0;
  } catch {
    return 0;
  }
}

/** The library's errors contain the server's answer, which must not get into a message. */
async function attempt<T>(
  NetworkError: typeof NetworkErrorOfLibrary,
  need: Need,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (cause instanceof TargetError) throw cause;
    const { status, headers } = cause instanceof NetworkError ? cause.response : {};
    throw failureOf(cause, status, headers?.get('retry-after') ?? undefined, need);
  }
}

/** A realm with many clients is read in parts. */
const pageSize = 500;

function readsOf(realm: string, { read }: Requests) {
  const of = `of the realm ${realm}`;
  const clients = { realm, role: 'view-clients' };
  return {
    settings: () =>
      read(`the settings ${of}`, { realm, role: 'view-realm' }, (server) => server.realms.findOne({ realm })),
    clientScopes: () =>
      read(`the client scopes ${of}`, clients, (server) => server.clientScopes.find({ realm })),
    clientScope: (id) =>
      read(`a client scope ${of}`, clients, async (server) =>
        present(await server.clientScopes.findOne({ realm, id })),
      ),
    clients: async () => {
      const all: unknown[] = [];
      for (let first = 0; ; first += pageSize) {
        const page = await read(`the clients ${of}`, clients, (server) =>
          server.clients.find({ realm, first, max: pageSize }),
        );
        all.push(...page);
        if (page.length < pageSize) return all;
      }
    },
    clientByName: (clientId) =>
      read(`the client ${clientId} ${of}`, clients, async (server) =>
        (await server.clients.find({ realm, clientId })).find((client) => client.clientId === clientId),
      ),
    realmScopes: (list) =>
      read(`the ${list} client scopes ${of}`, clients, (server) =>
        // The library asks in the realm of its client; it takes no other one here.
        list === 'default'
          ? server.clientScopes.listDefaultClientScopes()
          : server.clientScopes.listDefaultOptionalClientScopes(),
      ),
    scopeMappings: (id) =>
      read(`the roles of a client scope ${of}`, clients, (server) =>
        server.clientScopes.listScopeMappings({ realm, id }),
      ),
    role: (name, id) =>
      read(
        `the role ${name} ${of}`,
        { realm, role: id === undefined ? 'view-realm' : 'view-clients' },
        async (server) =>
          present(
            id === undefined
              ? await server.roles.findOneByName({ realm, name })
              : await server.clients.findRole({ realm, id, roleName: name }),
          ),
      ),
    profile: () =>
      read(`the user profile ${of}`, { realm, role: 'view-realm' }, (server) =>
        server.users.getProfile({ realm }),
      ),
  } satisfies Partial<RealmApi>;
}

function tokensOf(realm: string, { read }: Requests) {
  const of = `of the realm ${realm}`;
  const clients = { realm, role: 'view-clients' };
  return {
    userByName: (username) =>
      read(
        `the user ${username} ${of}`,
        { realm, role: 'view-users' },
        async (server) => (await server.users.find({ realm, username, exact: true }))[0],
      ),
    serviceAccount: (id) =>
      read(`the service account of a client ${of}`, clients, (server) =>
        server.clients.getServiceAccountUser({ realm, id }),
      ),
    clientSecret: (id) =>
      read(`the secret of a client ${of}`, clients, (server) =>
        server.clients.getClientSecret({ realm, id }),
      ),
    evaluate: async (id, userId, scopes) => {
      // An empty audience is not sent; the type demands one.
      const asked = { realm, id, userId, scope: ['openid', ...scopes].join(' '), audience: '' };
      const need = { realm, role: 'view-clients and view-users' };
      return {
        access: await read(`an access token ${of}`, need, (server) =>
          server.clients.evaluateGenerateAccessToken(asked),
        ),
        id: await read(`an ID token ${of}`, need, (server) => server.clients.evaluateGenerateIdToken(asked)),
        mappers: await read(`the mappers of a client ${of}`, need, (server) =>
          server.clients.evaluateListProtocolMapper(asked),
        ),
      };
    },
  } satisfies Partial<RealmApi>;
}

/** The library has null for what does not exist, against its own types. */
function present<T>(found: T | null | undefined): T | undefined {
  return found ?? undefined;
}

function writesOf(realm: string, { write }: Requests) {
  const clients = { realm, role: 'manage-clients' };
  const ofRealm = { realm, role: 'manage-realm' };
  // From Keycloak 26.8.2 on, changing mappers takes both.
  const mappers = { realm, role: 'manage-clients, and from Keycloak 26.8.2 on manage-realm' };
  return {
    createScope: (scope) =>
      write(`create the client scope ${scope.name}`, mappers, async (server) => {
        const { protocolMappers, ...rest } = scope;
        const { id } = await server.clientScopes.create({
          ...rest,
          realm,
          protocolMappers: protocolMappers.map((mapper) => ({ ...mapper })),
        });
        return id;
      }),
    updateScope: (id, scope) =>
      write(`change the client scope ${scope.name}`, clients, (server) =>
        server.clientScopes.update({ realm, id }, { ...scope }),
      ),
    deleteScope: (id, name) =>
      write(`delete the client scope ${name}`, clients, (server) => server.clientScopes.del({ realm, id })),
    createMapper: (id, mapper) =>
      write(`create the mapper ${mapper.name}`, mappers, (server) =>
        server.clientScopes.addProtocolMapper({ realm, id }, { ...mapper }),
      ),
    updateMapper: (id, mapper) =>
      write(`change the mapper ${mapper.name}`, mappers, (server) =>
        server.clientScopes.updateProtocolMapper({ realm, id, mapperId: mapper.id }, { ...mapper }),
      ),
    deleteMapper: (id, mapperId, name) =>
      write(`delete the mapper ${name}`, mappers, (server) =>
        server.clientScopes.delProtocolMapper({ realm, id, mapperId }),
      ),
    createRole: async (name, description) => {
      await write(`create the role ${name}`, ofRealm, (server) =>
        server.roles.create({ realm, name, description }),
      );
    },
    deleteRole: (name) =>
      write(`delete the role ${name}`, ofRealm, (server) => server.roles.delByName({ realm, name })),
    updateProfile: async (profile) => {
      await write('change the user profile', ofRealm, (server) =>
        server.users.updateProfile({ realm, ...profile }),
      );
    },
  } satisfies Partial<RealmApi>;
}

function namesOf(roles: readonly { readonly name: string }[]): string {
  return `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.map(({ name }) => name).join(', ')}`;
}

function bindingsOf(realm: string, { write }: Requests) {
  const clients = { realm, role: 'manage-clients' };
  const both = { realm, role: 'manage-clients and manage-realm' };
  return {
    permit: (id, roles, client) =>
      write(`permit a client scope to ${namesOf(roles)}`, both, (server) =>
        client === undefined
          ? server.clientScopes.addRealmScopeMappings({ realm, id }, [...roles])
          : server.clientScopes.addClientScopeMappings({ realm, id, client }, [...roles]),
      ),
    forbid: (id, roles, client) =>
      write(`take a client scope from ${namesOf(roles)}`, both, (server) =>
        client === undefined
          ? server.clientScopes.delRealmScopeMappings({ realm, id }, [...roles])
          : server.clientScopes.delClientScopeMappings({ realm, id, client }, [...roles]),
      ),
    addRealmScope: (list: List, id: string, name: string) =>
      write(`make ${name} a ${list} client scope`, clients, (server) =>
        list === 'default'
          ? server.clientScopes.addDefaultClientScope({ realm, id })
          : server.clientScopes.addDefaultOptionalClientScope({ realm, id }),
      ),
    removeRealmScope: (list: List, id: string, name: string) =>
      write(`remove ${name} from the ${list} client scopes`, clients, (server) =>
        list === 'default'
          ? server.clientScopes.delDefaultClientScope({ realm, id })
          : server.clientScopes.delDefaultOptionalClientScope({ realm, id }),
      ),
    attach: (id, list, clientScopeId, what) =>
      write(`add the ${what}`, clients, (server) =>
        list === 'default'
          ? server.clients.addDefaultClientScope({ realm, id, clientScopeId })
          : server.clients.addOptionalClientScope({ realm, id, clientScopeId }),
      ),
    detach: (id, list, clientScopeId, what) =>
      write(`remove the ${what}`, clients, (server) =>
        list === 'default'
          ? server.clients.delDefaultClientScope({ realm, id, clientScopeId })
          : server.clients.delOptionalClientScope({ realm, id, clientScopeId }),
      ),
  } satisfies Partial<RealmApi>;
}
