/** Tokens from a real server, and what they say. */
import { type Admin, adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { password, realmOf, secret, type World } from './world.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** A realm on a server, with the ids that the server gave. */
export interface LiveRealm {
  readonly name: string;
  readonly admin: Admin;
  /** Address of the realm's OpenID Connect endpoints, without a slash at its end. */
  readonly endpoint: string;
  readonly userIds: Readonly<Record<string, string>>;
  readonly clientIds: Readonly<Record<string, string>>;
  readonly organizationIds: Readonly<Record<string, string>>;
}

/** Imports a world's realm whole, replacing one of that name. */
export async function importRealm(
  keycloak: Pick<Keycloak, 'url' | 'admin'>,
  world: World,
): Promise<LiveRealm> {
  const admin = adminOf(keycloak);
  await admin.delete(`/${world.realm}`).catch(() => undefined);
  await admin.post('', realmOf(world));
  const { userIds } = await liveRealm(keycloak, world.realm);
  for (const { alias, name, attributes } of world.organizations) {
    const id = await admin.post(`/${world.realm}/organizations`, {
      name,
      alias,
      attributes,
      domains: [{ name: `${alias}.example` }],
    });
    for (const { username, organizations } of world.users) {
      if (organizations?.includes(alias)) {
        await admin.post(`/${world.realm}/organizations/${id}/members`, userIds[username]);
      }
    }
  }
  return liveRealm(keycloak, world.realm);
}

/** A realm as it is now. */
export async function liveRealm(keycloak: Pick<Keycloak, 'url' | 'admin'>, name: string): Promise<LiveRealm> {
  const admin = adminOf(keycloak);
  const organizations = await admin.get(`/${name}/organizations?max=100`).catch(() => []);
  return {
    name,
    admin,
    endpoint: `${keycloak.url}/realms/${name}/protocol/openid-connect`,
    userIds: idsBy('username', await admin.get(`/${name}/users?max=1000`)),
    clientIds: idsBy('clientId', await admin.get(`/${name}/clients?max=2000`)),
    organizationIds: idsBy('alias', organizations),
  };
}

function idsBy(key: string, list: unknown): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const item of Array.isArray(list) ? list : []) ids[String(item[key])] = String(item.id);
  return ids;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Claims;
}

/** One request to the token endpoint as a client. */
export function requestToken(
  realm: LiveRealm,
  clientId: string,
  parameters: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  return send(`${realm.endpoint}/token`, { client_id: clientId, client_secret: secret, ...parameters });
}

/**
 * A login with the right password. Keycloak lets nobody log in twice at a time, and a login may end a moment after its
 * answer has come: the next one then gets the answer of a wrong password, and is tried again.
 */
export async function login(
  realm: LiveRealm,
  clientId: string,
  username: string,
  scopes: readonly string[],
): Promise<TokenAnswer> {
  const scope = ['openid', ...scopes].join(' ');
  const ask = () => requestToken(realm, clientId, { grant_type: 'password', username, password, scope });
  const answer = await ask();
  if (answer.body['error_description'] !== 'Invalid user credentials') return answer;
  await new Promise((resolve) => setTimeout(resolve, 300));
  return ask();
}

const redirect = 'http://127.0.0.1/callback';

/** What a browser keeps: whoever has logged in with it is known at the next client. */
export type Cookies = Map<string, string>;

/** A login in a browser: its form, filled in where it is shown, and the code that comes of it. */
export async function browse(
  realm: LiveRealm,
  clientId: string,
  username: string,
  scopes: readonly string[],
  cookies: Cookies = new Map(),
): Promise<TokenAnswer> {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirect,
    scope: ['openid', ...scopes].join(' '),
  });
  const visit = async (url: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of page.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return page;
  };
  let answered = await visit(`${realm.endpoint}/auth?${query}`);
  // A realm with organizations asks for the name and the password one after the other.
  for (let forms = 0; forms < 2 && answered.status === 200; forms++) {
    const action = / action="([^"]+)"/.exec(await answered.text())?.[1]?.replaceAll('&amp;', '&') ?? '';
    answered = await visit(action, { method: 'POST', body: new URLSearchParams({ username, password }) });
  }
  const code = new URL(answered.headers.get('location') ?? redirect).searchParams.get('code') ?? '';
  return requestToken(realm, clientId, { grant_type: 'authorization_code', code, redirect_uri: redirect });
}

export function introspect(realm: LiveRealm, clientId: string, token: string): Promise<TokenAnswer> {
  return send(`${realm.endpoint}/token/introspect`, { client_id: clientId, client_secret: secret, token });
}

export async function userinfo(realm: LiveRealm, token: string): Promise<TokenAnswer> {
  const response = await fetch(`${realm.endpoint}/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer(response);
}

async function send(url: string, parameters: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  return answer(await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) }));
}

async function answer(response: Response): Promise<TokenAnswer> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

/** What a token would hold, without a login. */
export async function evaluate(
  realm: LiveRealm,
  kind: 'access-token' | 'id-token' | 'userinfo',
  clientId: string,
  username: string,
  scopes: readonly string[],
): Promise<Claims> {
  const query = new URLSearchParams({ userId: realm.userIds[username] ?? '', scope: scopes.join(' ') });
  const path = `/${realm.name}/clients/${realm.clientIds[clientId]}/evaluate-scopes/generate-example-${kind}`;
  return claims(await realm.admin.get(`${path}?${query}`));
}

/** The claims of a signed token, unverified. */
export function payload(token: unknown): Claims {
  const [, body] = String(token).split('.');
  return claims(JSON.parse(Buffer.from(body ?? '', 'base64url').toString()));
}

function claims(value: unknown): Claims {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
