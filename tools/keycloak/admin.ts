import { setTimeout } from 'node:timers/promises';
/** The Admin REST API of a Keycloak under test, as thin as can be: JSON in, JSON out. */
import type { Keycloak } from './server.ts';

export interface Admin {
  /** @param path below `/admin/realms`, by default: `/acme/clients` */
  get(path: string): Promise<unknown>;
  /** @returns the id of what was made, where the server names one */
  post(path: string, body: unknown): Promise<string>;
  put(path: string, body?: unknown): Promise<void>;
  delete(path: string, body?: unknown): Promise<void>;
}

const requestTimeoutMs = 200_000;
/** Tokens of the master realm live for a minute. */
const tokenUseMs = 30_000;

/**
 * @param below what paths are below
 * @param realm where the admin logs in
 * @throws Error with the server's words on any answer but 2xx
 */
export function adminOf(
  { url, admin }: Pick<Keycloak, 'url' | 'admin'>,
  below = '/realms',
  realm = 'master',
): Admin {
  let token = '';
  let untilMs = 0;
  const authorize = async (isAgain = false): Promise<string> => {
    if (Date.now() < untilMs) return token;
    const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin });
    const response = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const answer: unknown = await response.json();
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) {
      // Right after a realm was renamed, a login there may be refused once.
      if (!isAgain) return await setTimeout(500).then(() => authorize(true));
      throw new Error(`No admin token: ${response.status} ${JSON.stringify(answer)}`);
    }
    token = String(answer.access_token);
    untilMs = Date.now() + tokenUseMs;
    return token;
  };
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}/admin${below}${path}`, {
      method,
      headers: { authorization: `Bearer ${await authorize()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (response.ok) return response;
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  return {
    get: async (path) => (await send('GET', path)).json(),
    post: async (path, body) =>
      (await send('POST', path, body)).headers.get('location')?.split('/').at(-1) ?? '',
    put: async (path, body) => void (await send('PUT', path, body)),
    delete: async (path, body) => void (await send('DELETE', path, body)),
  };
}
