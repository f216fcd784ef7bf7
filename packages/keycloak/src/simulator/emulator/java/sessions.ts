/** Sessions that a script may end, and the transaction that it may wait for. */
import type { KnownIssuance } from '../input.ts';
import { JavaException, javaObject, javaText, NoStandIn, textOf } from './objects.ts';

/** The state of a request, which its scripts share. */
export interface RequestState {
  readonly attributes: Map<string, unknown>;
  /** The sessions of this login that are there. */
  readonly sessions: Set<'online' | 'offline'>;
  /** Whether the client is in the session. */
  hasClient: boolean;
  /** The notes that scripts keep with the client's session, also for later requests. */
  readonly clientNotes: Map<string, string>;
  /** Whether a refresh token for offline use is asked for, or used. */
  readonly isOffline: boolean;
  /** To be run when the request is over. */
  readonly completions: (() => void)[];
}

/** `over` for all clients, `left` by this one, or untouched. */
export type SessionEnd = 'over' | 'left' | undefined;

/** @param clientNotes those of earlier requests in the client's session */
export function newRequest(
  { session, request }: KnownIssuance,
  clientNotes = new Map<string, string>(),
): RequestState {
  return {
    attributes: new Map(),
    sessions: new Set([session.isOffline === true ? 'offline' : 'online']),
    hasClient: true,
    clientNotes,
    isOffline: session.isOffline === true || request.scopes.includes('offline_access'),
    completions: [],
  };
}

export function completeRequest({ completions }: RequestState): void {
  for (const complete of completions.splice(0)) complete();
}

export function sessionEnd({ sessions, hasClient }: RequestState): SessionEnd {
  if (sessions.size === 0) return 'over';
  return hasClient ? undefined : 'left';
}

export function sessionProvider({ sessions }: RequestState): object {
  const model = (kind: 'online' | 'offline') => {
    const found = sessions.has(kind) ? javaObject('UserSessionModel', {}) : null;
    if (found !== null) kinds.set(found, kind);
    return found;
  };
  const remove = (kind: 'online' | 'offline') => (_realm: unknown, found: unknown) => {
    if (typeof found !== 'object' || found === null || kinds.get(found) !== kind) {
      throw new NoStandIn(`a session that is not ${kind}, to be removed`);
    }
    sessions.delete(kind);
  };
  return javaObject('UserSessionProvider', {
    getUserSession: () => model('online'),
    getOfflineUserSession: () => model('offline'),
    removeUserSession: remove('online'),
    removeOfflineUserSession: remove('offline'),
  });
}

const kinds = new WeakMap<object, 'online' | 'offline'>();

/** Takes part in the request's transaction, as far as scripts may. */
export function transactionManager({ completions }: RequestState): object {
  return javaObject('KeycloakTransactionManager', {
    setRollbackOnly: () => undefined,
    enlistAfterCompletion: (transaction: unknown) => {
      const commit: unknown = Reflect.get(Object(transaction), 'commit');
      if (typeof commit !== 'function') throw new JavaException('java.lang.AbstractMethodError');
      completions.push(() => void commit());
    },
  });
}

const factories = new WeakMap<object, RequestState>();

export function sessionFactory(state: RequestState): object {
  const factory = javaObject('KeycloakSessionFactory', {});
  factories.set(factory, state);
  return factory;
}

/** `KeycloakModelUtils.runJobInTransaction`: a separate session of the same server. */
export function runInTransaction(factory: unknown, job: unknown): void {
  const state = typeof factory === 'object' && factory !== null ? factories.get(factory) : undefined;
  if (state === undefined || typeof job !== 'function') {
    throw new JavaException('java.lang.NullPointerException');
  }
  job(
    javaObject('KeycloakSession', {
      realms: () => javaObject('RealmProvider', { getRealm: (id: unknown) => realmModel(textOf(id)) }),
      getContext: () => javaObject('KeycloakContext', { setRealm: () => undefined }),
      sessions: () => sessionProvider(state),
    }),
  );
}

/** A realm's id is its name here. It knows no other clients. */
export function realmModel(name: string | undefined): object {
  return javaObject('RealmModel', {
    getName: () => javaText(name),
    getId: () => javaText(name ?? 'realm'),
    getClientByClientId: () => null,
  });
}
