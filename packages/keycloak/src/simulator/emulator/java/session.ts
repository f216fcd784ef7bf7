import { own } from '@claimsmith/core';
/** `keycloakSession` and `userSession`: what is around one request. */
import type { ClientScope } from '../../../representation.ts';
import type { KnownIdentity, KnownIssuance } from '../input.ts';
import type { AssignedScopes } from '../situation.ts';
import { javaForm, javaMap, javaStream } from './collections.ts';
import { executors, httpClient } from './http.ts';
import { organizationModel } from './model.ts';
import { javaObject, javaText, NoStandIn, textOf } from './objects.ts';
import { type RequestState, sessionFactory, sessionProvider, transactionManager } from './sessions.ts';
import { executorsProvider, httpClientProvider, type Machine, organizationProvider } from './types.ts';

export interface RequestView {
  /** Path of the request's address. */
  readonly path: string;
  readonly form: ReadonlyMap<string, string>;
}

/** The surroundings of a script, besides the issuance. */
export interface Around {
  readonly assigned: AssignedScopes;
  readonly request: RequestView;
  readonly state: RequestState;
  readonly machine: Machine;
  readonly realm: object;
}

export function sessionModel(
  { user, client, request }: KnownIssuance,
  { assigned: { defaults, optional }, request: { path, form }, state, machine, realm }: Around,
): object {
  const clientModel = javaObject('ClientModel', {
    getId: () => javaText(client.clientId),
    getClientId: () => javaText(client.clientId),
    getName: () => javaText(client.name),
    isPublicClient: () => client.publicClient === true,
    getClientAuthenticatorType: () => javaText(client.authenticator ?? 'client-secret'),
    getAttributes: () => javaMap(new Map(Object.entries(client.attributes))),
    getAttribute: (name: unknown) => javaText(own(client.attributes, textOf(name))),
    getClientScopes: (isDefault: unknown) => scopesModel(isDefault === true ? defaults : optional),
  });
  const headerOf = (name: unknown) =>
    javaText(textOf(name).toLowerCase() === 'user-agent' ? request.userAgent : undefined);
  const context = javaObject('KeycloakContext', {
    getClient: () => clientModel,
    getRealm: () => realm,
    getRequestHeaders: () => javaObject('HttpHeaders', { getHeaderString: headerOf }),
    getHttpRequest: () => javaObject('HttpRequest', { getDecodedFormParameters: () => javaForm(form) }),
    getConnection: () => javaObject('ClientConnection', { getRemoteAddr: () => javaText(request.ip) }),
    getUri: () => javaObject('KeycloakUriInfo', { getPath: () => javaText(path) }),
  });
  const providers = new Map<string, () => object>([
    [
      organizationProvider,
      () =>
        javaObject('OrganizationProvider', {
          isEnabled: () => true,
          getByMember: () => javaStream(user.organizations.map(organizationModel)),
        }),
    ],
    [
      httpClientProvider,
      () => javaObject('HttpClientProvider', { getHttpClient: () => httpClient(machine.wire) }),
    ],
    [executorsProvider, () => executors],
  ]);
  return javaObject('KeycloakSession', {
    getContext: () => context,
    getAttribute: (name: unknown) => javaText(stateText(state, textOf(name))),
    setAttribute: (name: unknown, value: unknown) => void state.attributes.set(textOf(name), value),
    getProvider: (type: unknown) => {
      const name = String(Reflect.get(Object(type), 'getName')?.());
      const provider = providers.get(name);
      if (provider === undefined) throw new NoStandIn(`getProvider(${name})`);
      return provider();
    },
    sessions: () => sessionProvider(state),
    users: () =>
      javaObject('UserProvider', {
        getFederatedIdentitiesStream: () => javaStream((user.identities ?? []).map(identityModel)),
      }),
    identityProviders: () =>
      javaObject('IdentityProviderStorageProvider', {
        getByAlias: (alias: unknown) => {
          const found = user.identities?.find((one) => one.alias === textOf(alias));
          return found === undefined
            ? null
            : javaObject('IdentityProviderModel', { getProviderId: () => javaText(found.provider) });
        },
      }),
    getTransactionManager: () => transactionManager(state),
    getKeycloakSessionFactory: () => sessionFactory(state),
  });
}

function identityModel({ alias, userId }: KnownIdentity): object {
  return javaObject('FederatedIdentityModel', {
    getIdentityProvider: () => javaText(alias),
    getUserId: () => javaText(userId),
  });
}

/** Client scopes by their names. */
function scopesModel(scopes: readonly ClientScope[]): object {
  const models = scopes.map(({ name, attributes }) => {
    const attribute = (key: string) => own(attributes, key);
    const members = {
      getName: () => javaText(name),
      getAttribute: (key: unknown) => javaText(attribute(textOf(key))),
    };
    return [name, javaObject('ClientScopeModel', members)] as const;
  });
  return javaMap(new Map(models));
}

export function userSessionModel(
  { session, request, client }: KnownIssuance,
  state: RequestState,
  { user, realm }: { readonly user: object; readonly realm: object },
): object {
  // Of a client session's notes, scripts read the requested scope, and their own.
  const scope = request.scopes.join(' ');
  const clientSession = javaObject('AuthenticatedClientSessionModel', {
    getNote: (name: unknown) =>
      javaText(textOf(name) === 'scope' ? scope : state.clientNotes.get(textOf(name))),
    getNotes: () => javaMap(new Map([...state.clientNotes, ['scope', scope]])),
    setNote: (name: unknown, value: unknown) => void state.clientNotes.set(textOf(name), textOf(value)),
    detachFromUserSession: () => {
      state.hasClient = false;
    },
  });
  return javaObject('UserSessionModel', {
    getId: () => javaText(session.id),
    isOffline: () => session.isOffline === true,
    getNote: (name: unknown) => javaText(own(session.notes, textOf(name))),
    getNotes: () => javaMap(new Map(Object.entries(session.notes))),
    getUser: () => user,
    getRealm: () => realm,
    getAuthenticatedClientSessionByClient: (id: unknown) =>
      state.hasClient && textOf(id) === textOf(client.clientId ?? null) ? clientSession : null,
  });
}

function stateText({ attributes }: RequestState, name: string): string | undefined {
  const value = attributes.get(name);
  return value === undefined ? undefined : textOf(value);
}
