/**
 * Asks a running Keycloak what it would sign. It only reads, but Keycloak runs the policy script, which asks its
 * sources.
 */
import type { NetworkError as NetworkErrorOfLibrary } from '@keycloak/keycloak-admin-client';
import type { LiveMapper } from './collisions.ts';
import { mappersOf } from './live-mappers.ts';

/**
 * - `address`: not https, and not this machine
 * - `unreachable`: no connection, or no answer in time
 * - `unauthorized`: the login at the Admin REST API was refused
 * - `forbidden`: it may not read the realm's clients and users
 * - `not_found`: no such realm, client or user
 * - `server`: any other answer that is not a token
 */
export type LiveErrorCode = 'address' | 'unreachable' | 'unauthorized' | 'forbidden' | 'not_found' | 'server';

/** A running Keycloak did not say what it would sign. */
export class LiveError extends Error {
  readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LiveError';
    this.code = code;
  }
}

/** The login for the Admin REST API. It must be allowed to view clients and users of the realm. */
export type AdminLogin =
  | { readonly username: string; readonly password: string }
  | { readonly clientId: string; readonly clientSecret: string };

/** Whose tokens to ask a running server for. */
export interface LiveQuestion {
  /** The server, with the path that it is served under. https, or http on this machine. */
  readonly url: string;
  readonly realm: string;
  readonly login: AdminLogin;
  /** Default `master`. */
  readonly loginRealm?: string;
  /** By `client_id`. */
  readonly client: string;
  readonly username: string;
  /** Asked for, beside the client's defaults. */
  readonly scopes: readonly string[];
  /** For everything. Default 30 s. */
  readonly timeoutMs?: number;
}

/**
 * Payloads as Keycloak would sign them. Each one uses a new session that is ended afterwards; a real login has more
 * session notes.
 */
export interface LiveTokens {
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
  /** Whether a policy script made the access token worthless. */
  readonly isDead: boolean;
  /** All mappers that run for these tokens, whoever added them. */
  readonly mappers: readonly LiveMapper[];
}

/**
 * The tokens that a running server would sign for a user, without a login of that user.
 *
 * @throws LiveError
 * @see https://www.keycloak.org/docs-api/latest/rest-api/index.html#_clients
 */
export async function previewLive(question: LiveQuestion): Promise<LiveTokens> {
  if (!isSafe(question.url)) {
    throw new LiveError('address', 'A password is sent by https alone, or within this machine.');
  }
  const timeoutMs = question.timeoutMs ?? 30_000;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new LiveError('unreachable', 'Keycloak does not answer in time.')),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([ask(question, timeoutMs), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(question: LiveQuestion, timeoutMs: number): Promise<LiveTokens> {
  const { realm, login, client: clientId, username, scopes } = question;
  const { default: KeycloakAdminClient, NetworkError } = await import('@keycloak/keycloak-admin-client');
  const called = caller(NetworkError, realm);
  const server = new KeycloakAdminClient({
    baseUrl: question.url.replace(/\/+$/, ''),
    realmName: question.loginRealm ?? 'master',
    timeout: timeoutMs,
  });
  await called('login', () =>
    server.auth(
      'username' in login
        ? { grantType: 'password', clientId: 'admin-cli', ...login }
        : { grantType: 'client_credentials', ...login },
    ),
  );
  const [client] = await called('clients', () => server.clients.find({ realm, clientId }));
  const [user] = await called('users', () => server.users.find({ realm, username, exact: true }));
  if (client?.id === undefined)
    throw new LiveError('not_found', `The realm ${realm} has no client ${clientId}.`);
  if (user?.id === undefined) throw new LiveError('not_found', `The realm ${realm} has no user ${username}.`);
  // An empty audience is not sent; the type demands one.
  const asked = {
    realm,
    id: client.id,
    userId: user.id,
    scope: ['openid', ...scopes].join(' '),
    audience: '',
  };
  const access = await called('tokens', () => server.clients.evaluateGenerateAccessToken(asked));
  const id = await called('tokens', () => server.clients.evaluateGenerateIdToken(asked));
  const userinfo = await called('tokens', () => server.clients.evaluateGenerateUserInfo(asked));
  const running = await called('clients', () => server.clients.evaluateListProtocolMapper(asked));
  const clientScopes = await called('clients', () => server.clientScopes.find({ realm }));
  return {
    access,
    id,
    userinfo,
    isDead: typeof access['exp'] === 'number' && access['exp'] <= 1,
    mappers: mappersOf(running, client, clientScopes),
  };
}

/** Calls the server. The library's errors contain the answer, which must not get into a message. */
function caller(NetworkError: typeof NetworkErrorOfLibrary, realm: string) {
  return async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (cause) {
      if (!(cause instanceof NetworkError)) {
        throw new LiveError('unreachable', 'Keycloak cannot be reached.', { cause });
      }
      const { status } = cause.response;
      if (what === 'login') throw new LiveError('unauthorized', 'Keycloak refuses the login.');
      if (status === 403) throw new LiveError('forbidden', `The login may not view ${what}.`);
      if (status === 404)
        throw new LiveError('not_found', `The realm ${realm} does not exist, or it has no ${what}.`);
      throw new LiveError('server', `Keycloak answers ${status} when asked for ${what}.`);
    }
  };
}

function isSafe(address: string): boolean {
  const { protocol, hostname } = URL.parse(address) ?? {};
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(localhost|\[::1\]|127(\.\d+){3})$/.test(hostname ?? '');
}
