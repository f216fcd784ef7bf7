/** Exchanged tokens, and tokens in the name of a user, on a real server: what a policy script makes of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import type { KeycloakIssuance } from '../src/simulator/issuance.ts';
import { simulate } from '../src/simulator/simulator.ts';
import { policyOf } from './fixtures.ts';
import {
  browse,
  type Claims,
  type Cookies,
  introspect,
  type LiveRealm,
  liveRealm,
  login,
  payload,
  requestToken,
  type TokenAnswer,
} from './tokens.ts';
import { password, secret } from './world.ts';

const realmName = 'claimsmith-exchange';
const audience = 'https://orders.acme.example/';
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const policy = policyOf(`version: 1
name: exchange
user: { attributes: { department: string } }
claims:
  department: { value: user.attributes.department, kind: descriptive }
  grant: { value: request.grant_type, kind: descriptive }
  app_roles: { value: 'user.roles.filter(r, r.startsWith("orders:"))', kind: authoritative }
  customer: { value: user.id, kind: authoritative, delegated: true }
  acts: { value: actor.sub, kind: authoritative, when: has(actor.sub) }
  hops: { value: actor.chain, kind: descriptive }
scopes:
  orders.read: { grant: '"orders:reader" in user.roles', delegated: true }
  orders.write: { grant: '"orders:writer" in user.roles' }
deny: [{ when: 'user.groups.exists(g, g == "suspended")', reason: account_suspended }]
issuers: { keycloak: { realm: ${realmName}, scripts: true, audience: "${audience}" } }`);

const compilation = await compile(policy);

export interface BuiltExchange {
  readonly jars: Readonly<Record<string, Uint8Array>>;
}

export function buildExchange(): BuiltExchange {
  return { jars: { 'claimsmith-exchange.jar': Buffer.from(fileOf('claimsmith-exchange.jar'), 'base64') } };
}

function fileOf(path: string): string {
  const artifact = compilation.artifacts.find((one) => one.path === path);
  if (artifact === undefined) throw new Error(`no ${path}: ${JSON.stringify(compilation.findings)}`);
  return artifact.content;
}

/**
 * Clients: the user's app, services that exchange its tokens, one of them without the policy, one that gets refresh tokens
 * and one with UMA, and clients whose tokens name an actor.
 */
const clients = {
  app: 'web',
  service: 'shop-api',
  next: 'stock-api',
  plain: 'plain-api',
  refreshing: 'refreshing-api',
  uma: 'uma-api',
  acting: 'acting',
  chained: 'chained',
  garbled: 'garbled',
  empty: 'empty',
};

const services = [clients.service, clients.next, clients.plain, clients.refreshing, clients.uma];

/** What other mappers write as `act`. */
const acts: Readonly<Record<string, string>> = {
  [clients.acting]: '{"sub":"portal"}',
  [clients.chained]: '{"sub":"a","act":{"sub":"b"}}',
  [clients.garbled]: '{"sub":"a","act":"b"}',
  [clients.empty]: '{}',
};

/** Ids of users are unique on a server, not only in a realm. */
const people = { ada: 'exchange-ada', suspended: 'exchange-suspended' };

/** A client that gives everybody access to its one resource. */
const withUma = {
  serviceAccountsEnabled: true,
  authorizationServicesEnabled: true,
  authorizationSettings: {
    policyEnforcementMode: 'PERMISSIVE',
    resources: [{ name: 'orders' }],
    policies: [],
  },
};

interface BuiltRealm {
  readonly clientScopes: readonly { readonly name: string }[];
}

function realm(): Record<string, unknown> {
  const built: BuiltRealm & Record<string, unknown> = JSON.parse(fileOf('realm.json'));
  const mapper = (name: string, protocolMapper: string, config: Record<string, string>) => ({
    name,
    protocol: 'openid-connect',
    protocolMapper,
    config: { 'access.token.claim': 'true', 'id.token.claim': 'false', ...config },
  });
  const client = (clientId: string) => ({
    clientId,
    enabled: true,
    secret,
    publicClient: false,
    directAccessGrantsEnabled: true,
    standardFlowEnabled: true,
    redirectUris: ['http://127.0.0.1/callback'],
    attributes: {
      'standard.token.exchange.enabled': 'true',
      ...(clientId === clients.refreshing
        ? { 'standard.token.exchange.enableRefreshRequestedTokenType': 'SAME_SESSION' }
        : {}),
    },
    defaultClientScopes: ['basic', 'profile', ...(clientId === clients.plain ? [] : ['claimsmith.exchange'])],
    optionalClientScopes: ['orders.read', 'orders.write'],
    ...(clientId === clients.uma ? withUma : {}),
    protocolMappers: [
      ...[...services, clients.acting].map((service) =>
        mapper(service, 'oidc-audience-mapper', { 'included.client.audience': service }),
      ),
      ...(acts[clientId] === undefined
        ? []
        : [
            mapper('act', 'oidc-hardcoded-claim-mapper', {
              'claim.name': 'act',
              'claim.value': acts[clientId],
              'jsonType.label': 'JSON',
            }),
          ]),
    ],
  });
  const user = (username: string, more: object = {}) => ({
    id: username,
    username,
    email: `${username}@acme.example`,
    firstName: 'A',
    lastName: 'B',
    enabled: true,
    realmRoles: ['orders:reader', 'orders:writer'],
    attributes: { department: ['sales'] },
    credentials: [{ type: 'password', value: password }],
    ...more,
  });
  return {
    ...built,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    roles: { realm: ['orders:reader', 'orders:writer'].map((name) => ({ name })) },
    groups: [{ name: 'suspended' }],
    clients: Object.values(clients).map(client),
    users: [user(people.ada), user(people.suspended)],
  };
}

export function exchangeAgainstServer(keycloak: Keycloak): void {
  describe('lets tokens be exchanged', () => {
    let live: LiveRealm;
    beforeAll(async () => {
      const admin = adminOf(keycloak);
      await admin.delete(`/${realmName}`).catch(() => undefined);
      await admin.post('', realm());
      live = await liveRealm(keycloak, realmName);
    }, 240_000);

    const scopes = ['orders.read', 'orders.write'];
    const names = [...policy.claims.map(({ name }) => name), policy.marker?.claim ?? ''];
    const ours = (claims: Claims) => ({
      ...Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name))),
      scopes: scopes.filter((scope) => String(claims['scope']).split(' ').includes(scope)),
      isForApi: [claims['aud']].flat().includes(audience),
    });

    function exchange(
      { body }: TokenAnswer,
      more: Readonly<Record<string, string>> = {},
      service = clients.service,
    ) {
      return requestToken(live, service, {
        grant_type: exchangeGrant,
        subject_token: String(body['access_token']),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: scopes.join(' '),
        ...more,
      });
    }

    async function simulated(
      client: string,
      grantType: string,
      notes: KeycloakIssuance['session']['notes'] = {},
      params: KeycloakIssuance['request']['params'] = {},
    ) {
      const event = {
        user: {
          id: people.ada,
          username: people.ada,
          emailVerified: false,
          attributes: { department: ['sales'] },
          realmRoles: ['orders:reader', 'orders:writer'],
          groups: [],
          organizations: [],
        },
        client: { clientId: client, attributes: {} },
        session: { id: 's', notes },
        request: { grantType, scopes: ['openid', ...scopes], params },
      };
      const issuance = await simulate(
        compilation,
        { trigger: 'user', event },
        {
          fetch: () => Promise.reject(new TypeError('no source')),
          answer: () => ({ fails: 'network' }),
          secrets: {},
          nowSeconds: Math.floor(Date.now() / 1000),
        },
      );
      expect(issuance.denied).toBeUndefined();
      return ours({ ...issuance.access, scope: issuance.scopes.join(' '), aud: issuance.audiences });
    }

    const isWorthless = ({ status, body }: TokenAnswer) =>
      status !== 200 || Number(payload(body['access_token'])['exp']) === 1;

    const subjectToken = ({ body }: TokenAnswer) => ({ subject_token: String(body['access_token']) });

    it('by a client that acts for the user, and gives it only what is delegated', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      expect(payload(first.body['access_token'])).not.toHaveProperty('act');
      const answer = await exchange(first);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      const claims = payload(answer.body['access_token']);
      expect(claims).toMatchObject({ azp: clients.service, act: { sub: clients.service } });
      expect(claims).not.toHaveProperty('app_roles');
      expect(ours(claims)).toEqual(await simulated(clients.service, exchangeGrant, {}, subjectToken(first)));
      expect(ours(claims)).toMatchObject({
        grant: exchangeGrant,
        customer: people.ada,
        acts: clients.service,
        scopes: ['orders.read'],
        isForApi: true,
      });
      const { body } = await introspect(live, clients.service, String(answer.body['access_token']));
      expect(body).toMatchObject({ active: true, act: { sub: clients.service }, acts: clients.service });
    });

    it('by one service after the other, and names them all', async () => {
      const one = await exchange(await login(live, clients.app, people.ada, scopes));
      const claims = payload((await exchange(one, {}, clients.next)).body['access_token']);
      expect(claims).toMatchObject({
        act: { sub: clients.next, act: { sub: clients.service } },
        hops: [clients.next, clients.service],
      });
      expect(ours(claims)).toEqual(await simulated(clients.next, exchangeGrant, {}, subjectToken(one)));
      // Also if a client exchanges its own token.
      const own = payload((await exchange(one)).body['access_token']);
      expect(own).toMatchObject({ hops: [clients.service, clients.service] });
    });

    it('and denies one that was exchanged before without the policy', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const plain = await exchange(first, { scope: 'openid' }, clients.plain);
      expect(plain.status, JSON.stringify(plain.body)).toBe(200);
      expect(payload(plain.body['access_token'])).not.toHaveProperty('act');
      expect(isWorthless(await exchange(plain))).toBe(true);
      // A token of a login or a refresh without the policy may be exchanged.
      const bare = await login(live, clients.plain, people.ada, []);
      expect(isWorthless(await exchange(bare))).toBe(false);
      const refresh = { grant_type: 'refresh_token', refresh_token: String(bare.body['refresh_token']) };
      expect(isWorthless(await exchange(await requestToken(live, clients.plain, refresh)))).toBe(false);
    });

    it('and denies an exchange for a refresh token, because that would not say where it comes from', async () => {
      const own = await login(live, clients.refreshing, people.ada, scopes);
      const again = (answer: TokenAnswer) =>
        requestToken(live, clients.refreshing, {
          grant_type: 'refresh_token',
          refresh_token: String(answer.body['refresh_token']),
        });
      const refreshed = await again(own);
      expect(payload(refreshed.body['access_token'])).toHaveProperty('app_roles');
      const first = await login(live, clients.app, people.ada, scopes);
      expect(isWorthless(await exchange(first, {}, clients.refreshing))).toBe(false);
      const wanted = { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' };
      const exchanged = await exchange(first, wanted, clients.refreshing);
      expect(exchanged.body).toHaveProperty('refresh_token');
      expect(isWorthless(exchanged)).toBe(true);
      expect(isWorthless(await again(exchanged))).toBe(true);
      // Its other sessions are not concerned; tokens of theirs that it has refreshed may not be exchanged.
      const other = await again(refreshed);
      expect(payload(other.body['access_token'])).toHaveProperty('app_roles');
      expect(isWorthless(await exchange(other))).toBe(true);
    });

    it('and denies an UMA token, which may come from an exchanged one', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const exchanged = await exchange(first, {}, clients.uma);
      expect(isWorthless(exchanged)).toBe(false);
      const response = await fetch(`${live.endpoint}/token`, {
        method: 'POST',
        headers: { authorization: `Bearer ${exchanged.body['access_token']}` },
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
          audience: clients.uma,
          permission: 'orders',
        }),
      });
      const body: Claims = Object(await response.json());
      expect(body).toHaveProperty('access_token');
      expect(isWorthless({ status: response.status, body })).toBe(true);
    });

    it('with the scopes that are asked for', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const { body } = await exchange(first, { scope: 'orders.write' });
      expect(ours(payload(body['access_token']))).toMatchObject({ scopes: [] });
    });

    it('and refuses a request that names an actor, which Keycloak leaves out of the token', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const answer = await exchange(first, {
        actor_token: String(first.body['access_token']),
        actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      expect(isWorthless(answer), JSON.stringify(answer)).toBe(true);
    });

    it('and takes no actor from other parameters', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const { body } = await exchange(first, {
        actor: 'portal',
        act: '{"sub":"portal"}',
        'actor.sub': 'portal',
      });
      expect(payload(body['access_token'])).toMatchObject({ hops: [clients.service] });
    });

    it('and denies one of a user who is suspended since', async () => {
      const first = await login(live, clients.app, people.suspended, scopes);
      expect(isWorthless(await exchange(first))).toBe(false);
      const groups = await live.admin.get(`/${realmName}/groups?search=suspended`);
      const [group] = Array.isArray(groups) ? groups : [];
      await live.admin.put(`/${realmName}/users/${people.suspended}/groups/${group?.id}`, {});
      expect(isWorthless(await exchange(first))).toBe(true);
    });

    it('names the administrator who impersonates a user, and gives only what is delegated', async () => {
      const cookies = await impersonate(people.ada);
      const { status, body } = await browse(live, clients.app, people.ada, scopes, cookies);
      expect(status, JSON.stringify(body)).toBe(200);
      const claims = payload(body['access_token']);
      const { acts: administrator, hops } = claims;
      expect(administrator).toMatch(/^[0-9a-f-]{36}$/);
      expect(hops).toEqual([administrator]);
      const expected = await simulated(clients.app, 'authorization_code', {
        IMPERSONATOR_ID: String(administrator),
      });
      expect(ours(claims)).toEqual(expected);
      expect(ours(claims)).toMatchObject({ customer: people.ada, scopes: ['orders.read'], isForApi: true });
      expect(claims).not.toHaveProperty('app_roles');
      const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      const again = payload((await requestToken(live, clients.app, refresh)).body['access_token']);
      expect(ours(again)).toEqual({ ...ours(claims), grant: 'refresh_token' });
      const exchanged = payload((await exchange({ status, body })).body['access_token']);
      const hopsThen = [clients.service, administrator];
      expect(ours(exchanged)).toEqual({
        ...ours(claims),
        grant: exchangeGrant,
        acts: clients.service,
        hops: hopsThen,
      });
    });

    it.each([
      [clients.acting, ['portal']],
      [clients.chained, ['a', 'b']],
    ])('reads the claim act that another mapper has written: %s', async (client, chain) => {
      const { body } = await login(live, client, people.ada, scopes);
      const claims = payload(body['access_token']);
      expect(claims).toMatchObject({ acts: chain[0], hops: chain, customer: people.ada });
      expect(claims).not.toHaveProperty('app_roles');
    });

    it.each([clients.garbled, clients.empty])(
      'denies one whose claim act is unreadable: %s',
      async (client) => {
        expect(isWorthless(await login(live, client, people.ada, scopes))).toBe(true);
      },
    );

    it('names the client that exchanges a token, whatever another mapper has written', async () => {
      const first = await login(live, clients.app, people.ada, scopes);
      const { body } = await exchange(first, {}, clients.acting);
      expect(payload(body['access_token'])).toMatchObject({
        act: { sub: clients.acting },
        acts: clients.acting,
      });
    });

    /** The cookies of a browser in which an administrator has become a user. */
    async function impersonate(username: string): Promise<Cookies> {
      const { username: name, password: word } = keycloak.admin;
      const form = { grant_type: 'password', client_id: 'admin-cli', username: name, password: word };
      const asked = await fetch(`${keycloak.url}/realms/master/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      const { access_token: token }: { access_token?: unknown } = Object(await asked.json());
      const answered = await fetch(
        `${keycloak.url}/admin/realms/${realmName}/users/${live.userIds[username]}/impersonation`,
        { method: 'POST', headers: { authorization: `Bearer ${String(token)}` } },
      );
      expect(answered.status).toBe(200);
      return new Map(
        answered.headers.getSetCookie().flatMap((line) => {
          const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          return value === '' ? [] : [[key, value] as const];
        }),
      );
    }
  });
}
