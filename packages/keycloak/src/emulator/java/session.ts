/** `keycloakSession` and `userSession`: what is around one request. */
import type { KnownIssuance } from '../input.ts';
import { httpClient } from './http.ts';
import { organizationModel } from './model.ts';
import { javaForm, javaMap, javaObject, javaStream, javaText, NoStandIn, textOf } from './objects.ts';
import { httpClientProvider, type Machine, organizationProvider } from './types.ts';

/** What lives as long as a request: scripts share it. */
export interface RequestState {
  readonly attributes: Map<string, unknown>;
  /** Whether a script has ended the session. */
  isSessionRemoved: boolean;
}

export interface RequestView {
  /** Path of the request's address. */
  readonly path: string;
  readonly form: ReadonlyMap<string, string>;
}

export function sessionModel(
  { user, client, request }: KnownIssuance,
  { path, form }: RequestView,
  state: RequestState,
  machine: Machine,
): object {
  const clientModel = javaObject('ClientModel', {
    getId: () => javaText(client.clientId),
    getClientId: () => javaText(client.clientId),
    getName: () => javaText(client.name),
    getAttributes: () =>
      javaMap(new Map(Object.entries(client.attributes).map(([name, value]) => [name, javaText(value)]))),
    getAttribute: (name: unknown) => javaText(client.attributes[textOf(name)]),
  });
  const context = javaObject('KeycloakContext', {
    getClient: () => clientModel,
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
    sessions: () =>
      javaObject('UserSessionProvider', {
        removeUserSession: () => {
          state.isSessionRemoved = true;
        },
      }),
    getTransactionManager: () =>
      javaObject('KeycloakTransactionManager', { setRollbackOnly: () => undefined }),
  });
}

export function userSessionModel({ session, request, client }: KnownIssuance): object {
  // Of a client session's notes, scripts read the scope that was asked for.
  const clientNotes = new Map([['scope', request.scopes.join(' ')]]);
  const clientSession = javaObject('AuthenticatedClientSessionModel', {
    getNote: (name: unknown) => javaText(clientNotes.get(textOf(name))),
  });
  return javaObject('UserSessionModel', {
    getId: () => javaText(session.id),
    getNote: (name: unknown) =>
      javaText(Object.hasOwn(session.notes, textOf(name)) ? session.notes[textOf(name)] : undefined),
    getNotes: () =>
      javaMap(new Map(Object.entries(session.notes).map(([name, value]) => [name, javaText(value)]))),
    getAuthenticatedClientSessionByClient: (id: unknown) =>
      textOf(id) === textOf(client.clientId ?? null) ? clientSession : null,
  });
}

function stateText({ attributes }: RequestState, name: string): string | undefined {
  const value = attributes.get(name);
  return value === undefined ? undefined : textOf(value);
}
