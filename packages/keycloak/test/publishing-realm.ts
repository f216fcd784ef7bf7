/** Realms to publish to: who is in them, what their tokens say, and what others do there. */
import { expect } from 'vitest';
import type { Admin } from '../../../tools/keycloak/admin.ts';
import { type Claims, evaluate, type LiveRealm, login, payload } from './tokens.ts';
import { password, secret } from './world.ts';

/** By username. */
export const people = {
  ada: { realmRoles: ['staff', 'buyer', 'dev'], attributes: { tier: ['gold'], tags: ['a', 'b'] } },
  bob: { realmRoles: ['staff'], attributes: { tier: ['iron'], tags: ['c'] } },
  cid: { realmRoles: ['buyer'], attributes: { tags: ['d'] } },
  dan: { realmRoles: [], attributes: {} },
};
/** What everybody asks for. */
export const scopes = ['shop.buy'];

/** By person. */
export type Tokens = Readonly<Record<string, Claims>>;

/** What the policy decides in the tokens of everybody: by evaluation, and for one of them by a real login. */
export async function tokensOf(live: LiveRealm): Promise<Tokens> {
  const tokens: Record<string, Claims> = {};
  for (const name of Object.keys(people)) {
    tokens[name] = claimsOf(await evaluate(live, 'access-token', 'web', name, scopes));
  }
  const { body } = await login(live, 'web', 'ada', scopes);
  // A client without the optional scope may not ask for it.
  tokens['ada, by a login'] = body['error'] === undefined ? claimsOf(payload(body['access_token'])) : {};
  return tokens;
}

const names = ['tier', 'roles', 'level', 'gone', 'new', 'moved', 'tags', 'narrowed', 'policy'];

export function claimsOf(token: Claims): Claims {
  const own = Object.entries(token).filter(([name]) => names.includes(name));
  const scope = String(token['scope'] ?? '')
    .split(' ')
    .filter((name) => name.startsWith('shop.'));
  const aud = [token['aud']].flat().filter((name) => name === 'urn:shop');
  return {
    ...Object.fromEntries(
      own.map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value]),
    ),
    ...(scope.length === 0 ? {} : { scope }),
    ...(aud.length === 0 ? {} : { aud }),
  };
}

/**
 * Each claim, the scopes and the audience are as before or as after, or missing. Without a pause, what is the same before
 * and after is never missing, except for a list that moves.
 */
export function expectClosed(
  run: string,
  before: Tokens,
  seen: readonly Tokens[],
  after: Tokens,
  mayPause: boolean,
): void {
  for (const [index, tokens] of seen.entries()) {
    for (const [person, claims] of Object.entries(tokens)) {
      const [was, will] = [before[person] ?? {}, after[person] ?? {}];
      const where = `${run}, after request ${index + 1}, ${person}`;
      for (const [name, value] of Object.entries(claims)) {
        expect([was[name], will[name]], `${where}: ${name}`).toContainEqual(value);
      }
      if (mayPause) continue;
      for (const [name, value] of Object.entries(was)) {
        const isSame = JSON.stringify(will[name]) === JSON.stringify(value);
        if (isSame && name !== 'tags') expect(claims[name], `${where}: ${name}`).toEqual(value);
      }
    }
  }
}

/** A realm with people, a client and roles, and nothing of a policy. */
export async function newRealm(admin: Admin, realm: string): Promise<string> {
  await admin.delete(`/${realm}`).catch(() => undefined);
  const client = { enabled: true, secret, publicClient: false, directAccessGrantsEnabled: true };
  await admin.post('', {
    realm,
    enabled: true,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    roles: { realm: [{ name: 'staff' }, { name: 'buyer' }, { name: 'dev' }] },
    clients: [
      { ...client, clientId: 'web', serviceAccountsEnabled: true },
      { ...client, clientId: 'claimsmith', serviceAccountsEnabled: true },
    ],
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: {
            'kc.user.profile.config': [
              JSON.stringify({
                attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
                  name,
                  displayName: `\${${name}}`,
                  permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
                })),
              }),
            ],
          },
        },
      ],
    },
    users: Object.entries(people).map(([username, more]) => ({
      username,
      enabled: true,
      credentials: [{ type: 'password', value: password }],
      ...more,
    })),
  });
  return realm;
}

const byName = (a: Claims, b: Claims) => (String(a['name']) < String(b['name']) ? -1 : 1);

export async function scopesOf(admin: Admin, realm: string): Promise<readonly Claims[]> {
  const all = await admin.get(`/${realm}/client-scopes`);
  return Array.isArray(all) ? all.toSorted(byName) : [];
}

/** Everything of a realm that a policy must leave alone, in one order. */
export async function othersOf(admin: Admin, realm: string): Promise<unknown> {
  const isOthers = ({ name }: Claims) => !/^(claimsmith\.|shop\.)/.test(String(name));
  const clients = await admin.get(`/${realm}/clients`);
  const { attributes, ...profile } = Object(await admin.get(`/${realm}/users/profile`));
  const lists = await Promise.all(
    ['default', 'optional'].map((list) => admin.get(`/${realm}/default-${list}-client-scopes`)),
  );
  return sorted({
    scopes: (await scopesOf(admin, realm)).filter(isOthers),
    clients,
    profile,
    attributes: attributes.filter((one: Claims) => !['tier', 'tags'].includes(String(one['name']))),
    lists: lists.map((list) => (Array.isArray(list) ? list.filter(isOthers).toSorted(byName) : [])),
  });
}

/** Keycloak gives lists in any order. Client scopes of ours are left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const own = value.filter((item) => !/^(claimsmith\.shop|shop\.)/.test(String(item)));
    return own.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

export function othersMapper(name: string, claim: string) {
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-hardcoded-claim-mapper',
    config: { 'claim.name': claim, 'claim.value': 'x', 'access.token.claim': 'true' },
  };
}

export function othersScope(index: number) {
  return {
    name: `others-${index}`,
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'false', 'gui.order': String(index) },
    protocolMappers: [othersMapper('one', `others${index}`)],
  };
}

/** What somebody may do in the console. */
export async function disturb(admin: Admin, { name: realm, clientIds }: LiveRealm): Promise<void> {
  const scopes = await scopesOf(admin, realm);
  const scope = (name: string) => scopes.find((one) => one['name'] === name) ?? {};
  const base = `/${realm}/client-scopes/${scope('claimsmith.shop')['id']}/protocol-mappers/models`;
  const mappers = await admin.get(base);
  const mapper = (name: string) =>
    Object(Array.isArray(mappers) ? mappers.find((one) => one.name === name) : {});
  const level = mapper('level');
  await admin.put(`${base}/${level.id}`, { ...level, config: { ...level.config, 'claim.value': '9' } });
  await admin.delete(`${base}/${mapper('gone').id}`);
  await admin.post(base, othersMapper('by hand', 'handmade'));
  const staff = scope('claimsmith.shop.role.staff')['id'];
  await admin.post(`/${realm}/client-scopes/${staff}/scope-mappings/realm`, [
    await admin.get(`/${realm}/roles/dev`),
  ]);
  await admin.delete(`/${realm}/clients/${clientIds['web']}/default-client-scopes/${staff}`);
  const buy = scope('shop.buy');
  await admin.put(`/${realm}/client-scopes/${buy['id']}`, { ...buy, description: 'another' });
  const profile = Object(await admin.get(`/${realm}/users/profile`));
  await admin.put(`/${realm}/users/profile`, {
    ...profile,
    attributes: profile.attributes.map((one: Claims) =>
      one['name'] === 'tier'
        ? { ...one, permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] } }
        : one,
    ),
  });
}

export async function addAttribute(admin: Admin, realm: string, attribute: object): Promise<void> {
  const profile = Object(await admin.get(`/${realm}/users/profile`));
  const path = `/${realm}/users/profile`;
  await admin.put(path, { ...profile, attributes: [...profile.attributes, attribute] });
}

/** The realm's client scopes of the policy, by hand. */
export async function attachAll(admin: Admin, { name: realm, clientIds }: LiveRealm): Promise<void> {
  for (const list of ['default', 'optional']) {
    const scopes = await admin.get(`/${realm}/default-${list}-client-scopes`);
    for (const { id, name } of Array.isArray(scopes) ? scopes : []) {
      if (!/^(claimsmith|shop)\./.test(name)) continue;
      await admin.put(`/${realm}/clients/${clientIds['web']}/${list}-client-scopes/${id}`);
    }
  }
}

/** The service account of the client `claimsmith` gets these roles and no others. */
export async function giveRoles(admin: Admin, realm: string, roles: readonly string[]): Promise<void> {
  const [own, management] = await Promise.all(
    ['claimsmith', 'realm-management'].map(async (clientId) => {
      const found = await admin.get(`/${realm}/clients?clientId=${clientId}`);
      return Array.isArray(found) ? found[0].id : '';
    }),
  );
  const { id } = Object(await admin.get(`/${realm}/clients/${own}/service-account-user`));
  const path = `/${realm}/users/${id}/role-mappings/clients/${management}`;
  await admin.delete(path, await admin.get(path));
  const given = roles.map((role) => admin.get(`/${realm}/clients/${management}/roles/${role}`));
  await admin.post(path, await Promise.all(given));
}

/** Takes Claimsmith's marks from the mappers of a client scope, or also from the scope itself. */
export async function unmark(
  admin: Admin,
  realm: string,
  scope: Claims,
  what: 'all' | 'mappers',
): Promise<void> {
  if (!/^(claimsmith|shop)\./.test(String(scope['name']))) return;
  const path = `/${realm}/client-scopes/${scope['id']}`;
  const attributes = { ...Object(scope['attributes']), 'claimsmith.policy': '', 'claimsmith.revision': '' };
  if (what === 'all') await admin.put(path, { ...scope, attributes });
  const mappers = scope['protocolMappers'];
  for (const mapper of Array.isArray(mappers) ? mappers : []) {
    const { 'claimsmith.policy': _, ...config } = mapper.config;
    await admin.put(`${path}/protocol-mappers/models/${mapper.id}`, { ...mapper, config });
  }
}
