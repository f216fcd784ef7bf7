import { isDeepStrictEqual } from 'node:util';
import { contractOf } from '@claimsmith/core';
import { createGuard, readContract } from '@claimsmith/guard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { keycloak as keycloakIssuer } from '../src/index.ts';
import { simulate } from '../src/simulator/simulator.ts';
import {
  answerTo,
  audience,
  clients,
  type Payments,
  type Person,
  people,
  settingsOfServer,
} from './payments.ts';
import { resourceServer } from './resource-server.ts';
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
  userinfo,
} from './tokens.ts';
import { password } from './world.ts';

/** The payments example as a policy script, its sources on a server of this machine. */
export function scriptAgainstServer(keycloak: Keycloak, payments: Payments): void {
  describe('runs the policy script', () => {
    let realm: LiveRealm;
    let accepts: (token: unknown) => Promise<boolean>;
    let issued = 0;
    let refused = 0;
    let differences = 0;
    beforeAll(async () => {
      realm = await importPayments(payments.realm);
      accepts = resourceServer(realm);
    }, 240_000);
    afterAll(() => {
      reportFigure(
        'keycloak-script',
        `Keycloak, policy script: ${issued} tokens as simulated, ${differences} differences; ${refused} failures, none with a token that the API takes`,
      );
    });

    async function importPayments(file: Payments['realm']): Promise<LiveRealm> {
      const admin = adminOf(keycloak);
      const name = String(file['realm']);
      await admin.delete(`/${name}`).catch(() => undefined);
      await admin.post('', file);
      const org = await admin.post(`/${name}/organizations`, {
        name: 'Acme',
        alias: 'acme',
        domains: [{ name: 'acme.example' }],
      });
      const { userIds } = await liveRealm(keycloak, name);
      for (const { id, isMember } of people) {
        if (isMember) await admin.post(`/${name}/organizations/${org}/members`, userIds[id]);
      }
      return liveRealm(keycloak, name);
    }

    /** What a token says of the claims that the policy puts into such tokens; others may come of Keycloak's scopes. */
    const ours = (token: 'access' | 'id', claims: Claims): Claims => {
      const { claims: all, marker } = payments.policy;
      const names = all.filter(({ tokens }) => tokens.includes(token)).map(({ name }) => name);
      if (token === 'access' && marker !== undefined) names.push(marker.claim);
      return sorted(Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name))));
    };

    /** No answer of the server is a token that grants anything. */
    async function expectWorthless({ status, body }: TokenAnswer, by: string = clients.built): Promise<void> {
      const token = body['access_token'];
      refused++;
      expect(await accepts(token)).toBe(false);
      if (status !== 200) return;
      expect(ours('access', payload(token))).toEqual({});
      expect((await introspect(realm, clients.built, String(token))).body['active']).not.toBe(true);
      expect((await userinfo(realm, String(token))).status).toBe(401);
      const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      for (const client of [by, clients.exchanger]) {
        expect((await requestToken(realm, client, refresh)).status).toBe(400);
      }
    }

    const requests: readonly (readonly string[])[] = [
      [],
      ['payments.approve'],
      ['organization', 'payments.approve'],
    ];
    const situations = people.flatMap((person) =>
      requests.map((scopes) => [person.id, scopes, person] as const),
    );

    it.each(situations)('for %s, asking for %j', async (id, scopes, person) => {
      const simulated = await simulate(
        payments.compilation,
        { trigger: 'user', event: eventOf(person, realm, scopes) },
        {
          fetch: async (url) => answerTo(decodeURIComponent(url.split('/').at(-1) ?? '')),
          answer: () => ({ fails: 'network' }),
          secrets: settingsOfServer,
          nowSeconds: Math.floor(Date.now() / 1000),
        },
      );
      const answer = await login(realm, clients.built, id, scopes);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      if (simulated.denied !== undefined) {
        return expectWorthless(answer);
      }
      issued++;
      const access = payload(answer.body['access_token']);
      const server = { access: ours('access', access), id: ours('id', payload(answer.body['id_token'])) };
      const expected = { access: ours('access', simulated.access), id: ours('id', simulated.id) };
      if (!isDeepStrictEqual(server, expected)) differences++;
      expect(server).toEqual(expected);
      expect([access['aud']].flat()).toContain(audience);
      expect(Number(access['exp']) - Number(access['iat'])).toBe(600);
      expect(requestedOf(access)).toEqual(requestedOf({ scope: simulated.scopes.join(' ') }));
      expect(await accepts(answer.body['access_token'])).toBe(true);
    });

    it('for services that the guard protects: it takes access tokens, and no ID token', async () => {
      const { policy } = payments;
      const contract = readContract(contractOf(policy, [keycloakIssuer], () => policy));
      const issuers = { keycloak: { issuer: realm.endpoint.replace('/protocol/openid-connect', '') } };
      const guard = createGuard({ contract, audience, issuers });
      const { body } = await login(realm, clients.built, 'ada', ['payments.approve']);
      const result = await guard.checkToken(String(body['access_token']), { scopes: ['payments.approve'] });
      expect(result).toMatchObject({
        ok: true,
        token: { kind: 'human', client: clients.built, authority: { roles: ['approver', 'viewer'] } },
      });
      for (const other of ['id_token', 'refresh_token'])
        expect(await guard.checkToken(String(body[other]))).toMatchObject({ ok: false, status: 401 });
      const machine = await requestToken(realm, clients.plain, { grant_type: 'client_credentials' });
      expect(await guard.checkToken(String(machine.body['access_token']))).toMatchObject({ ok: false });
    });

    it.each(clients.broken)('and where it is %s, signs nothing that the API takes', async (client) => {
      const answer = await login(realm, client, 'ada', ['payments.approve']);
      await expectNotAccepted(client, answer);
      const machine = await requestToken(realm, client, { grant_type: 'client_credentials' });
      await expectNotAccepted(client, machine);
    });

    it('denies a user who is suspended after login, at refresh', async () => {
      const first = await login(realm, clients.built, 'becomes-suspended', ['payments.approve']);
      expect(await accepts(first.body['access_token'])).toBe(true);
      await moveTo('becomes-suspended', 'suspended');
      await expectWorthless(await refresh(clients.built, first));
      // The session is over: nothing that came of it works any more.
      expect((await refresh(clients.built, first)).status).toBe(400);
      expect((await userinfo(realm, String(first.body['access_token']))).status).toBe(401);
    });

    it.each([
      ['offline', false],
      ['offline-openid', true],
    ] as const)('ends the offline session of a user who is denied, for ever: %s', async (id, isOpenId) => {
      const first = await offlineLogin(id, isOpenId);
      expect(await accepts(first.body['access_token'])).toBe(true);
      await moveTo(id, 'suspended');
      const denied = await refresh(clients.built, first);
      await expectWorthless(denied);
      await moveFrom(id, 'suspended');
      for (const old of [first, denied]) expect((await refresh(clients.built, old)).status).toBe(400);
      expect(await accepts((await offlineLogin(id, isOpenId)).body['access_token'])).toBe(true);
    });

    it('gives a user who is denied no offline session to begin with', async () => {
      await moveTo('offline-login', 'suspended');
      const both = [await offlineLogin('offline-login', false), await offlineLogin('offline-login', true)];
      for (const denied of both) await expectWorthless(denied);
      await moveFrom('offline-login', 'suspended');
      for (const denied of both) expect((await refresh(clients.built, denied)).status).toBe(400);
    });

    it('takes one client out of a session where a source fails, and no other', async () => {
      const cookies: Cookies = new Map();
      const other = await browse(realm, clients.plain, 'failing', [], cookies);
      expect(other.status).toBe(200);
      const failed = await browse(realm, clients.built, 'failing', [], cookies);
      expect(payload(failed.body['access_token'])['sid']).toBe(payload(other.body['access_token'])['sid']);
      await expectWorthless(failed);
      expect((await refresh(clients.plain, other)).status).toBe(200);
      expect((await userinfo(realm, String(other.body['access_token']))).status).toBe(200);
    });

    it('ends the session for all clients where a user is denied', async () => {
      const cookies: Cookies = new Map();
      const other = await browse(realm, clients.plain, 'suspended', [], cookies);
      expect(other.status).toBe(200);
      await expectWorthless(await browse(realm, clients.built, 'suspended', [], cookies));
      expect((await refresh(clients.plain, other)).status).toBe(400);
    });

    it('leaves an offline session alone where a value is missing, and judges each refresh', async () => {
      const first = await offlineLogin('offline-outage', false);
      const member = `/${realm.name}/organizations/${realm.organizationIds['acme']}/members`;
      await realm.admin.delete(`${member}/offline-outage`);
      expect(await accepts((await refresh(clients.built, first)).body['access_token'])).toBe(false);
      await realm.admin.post(member, 'offline-outage');
      expect(await accepts((await refresh(clients.built, first)).body['access_token'])).toBe(true);
    });

    it.each(clients.unfit)('certifies nothing for client scopes that are %s', async (client) => {
      await expectWorthless(await login(realm, client, 'ada', ['payments.approve']), client);
      await expectWorthless(await requestToken(realm, client, { grant_type: 'client_credentials' }), client);
    });

    it('certifies nothing in another realm of the server', async () => {
      const other = await importPayments(payments.otherRealm);
      const { status, body } = await login(other, clients.built, 'ada', ['payments.approve']);
      expect(status).toBe(200);
      refused++;
      expect(payload(body['access_token'])).toMatchObject({ exp: 1, aud: [] });
      expect(ours('access', payload(body['access_token']))).toEqual({});
      expect((await userinfo(other, String(body['access_token']))).status).toBe(401);
      const again = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      expect((await requestToken(other, clients.built, again)).status).toBe(400);
    });

    it('takes a role away at refresh', async () => {
      const first = await login(realm, clients.built, 'loses-role', ['payments.approve']);
      expect(payload(first.body['access_token'])['roles']).toContain('approver');
      const roles = await realm.admin.get(`/${realm.name}/users/loses-role/role-mappings/realm`);
      const lost = (Array.isArray(roles) ? roles : []).filter(({ name }) => name === 'payments:approver');
      await realm.admin.delete(`/${realm.name}/users/loses-role/role-mappings/realm`, lost);
      const second = payload((await refresh(clients.built, first)).body['access_token']);
      expect(second['roles']).toEqual(['viewer']);
      expect(requestedOf(second)).toEqual(['openid']);
    });

    it('denies a machine that lacks what it must have', async () => {
      const answer = await requestToken(realm, clients.built, { grant_type: 'client_credentials' });
      await expectWorthless(answer);
    });

    it('enriches a machine that has it', async () => {
      const { id } = await serviceAccount(clients.built);
      await realm.admin.post(`/${realm.name}/organizations/${realm.organizationIds['acme']}/members`, id);
      const answer = await requestToken(realm, clients.built, { grant_type: 'client_credentials' });
      const access = payload(answer.body['access_token']);
      expect(ours('access', access)).toEqual({
        tenant_id: realm.organizationIds['acme'],
        [payments.policy.marker?.claim ?? '']: payments.policy.marker?.value,
      });
      expect(await accepts(answer.body['access_token'])).toBe(true);
    });

    it('judges a token that is exchanged', async () => {
      const subject = await login(realm, clients.plain, 'exchanged', []);
      expect(await accepts(subject.body['access_token'])).toBe(false);
      const good = await exchange(subject);
      expect(good.status, JSON.stringify(good.body)).toBe(200);
      const access = payload(good.body['access_token']);
      // The client acts for the user: roles are authority, which the policy does not delegate.
      expect(access['act']).toEqual({ sub: clients.exchanger });
      expect(Object.keys(ours('access', access)).toSorted()).toEqual(['plan', 'policy', 'region']);
      expect(await accepts(good.body['access_token'])).toBe(true);
      await moveTo('exchanged', 'suspended');
      await expectNotAccepted(clients.exchanger, await exchange(subject));
    });

    it('tells an introspection what was signed', async () => {
      const { body } = await login(realm, clients.built, 'introspected', ['payments.approve']);
      const signed = payload(body['access_token']);
      const told = (await introspect(realm, clients.built, String(body['access_token']))).body;
      expect(told['active']).toBe(true);
      expect(ours('access', told)).toEqual(ours('access', signed));
      expect(told['aud']).toEqual(signed['aud']);
    });

    it('writes neither claims nor settings into the log of the server', () => {
      const output = keycloak.output();
      if (output === '') return;
      expect(output).toContain('{"claimsmith":"payments@');
      for (const cause of [
        'client scopes of revision 0badcafe',
        'of revision unknown',
        'not made for this realm',
      ]) {
        expect(output).toContain(cause);
      }
      expect(output).not.toContain('claimsmith: ');
      for (const secretText of [settingsOfServer.ENTITLEMENTS_TOKEN, 'approval_limit: 5000', 'sepa']) {
        expect(output).not.toContain(secretText);
      }
    });

    /** A token may be alive, but without what the policy alone gives. A refreshed token has no more. */
    async function expectNotAccepted(client: string, answer: TokenAnswer): Promise<void> {
      refused++;
      expect(await accepts(answer.body['access_token'])).toBe(false);
      if (answer.body['refresh_token'] === undefined) return;
      expect(await accepts((await refresh(client, answer)).body['access_token'])).toBe(false);
    }

    function refresh(client: string, { body }: TokenAnswer): Promise<TokenAnswer> {
      return requestToken(realm, client, {
        grant_type: 'refresh_token',
        refresh_token: String(body['refresh_token']),
      });
    }

    function offlineLogin(id: string, isOpenId: boolean): Promise<TokenAnswer> {
      const scope = isOpenId ? 'openid offline_access' : 'offline_access';
      return requestToken(realm, clients.built, { grant_type: 'password', username: id, password, scope });
    }

    function exchange({ body }: TokenAnswer): Promise<TokenAnswer> {
      return requestToken(realm, clients.exchanger, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: String(body['access_token']),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
    }

    async function moveTo(user: string, group: string): Promise<void> {
      await realm.admin.put(await membership(user, group), {});
    }

    async function moveFrom(user: string, group: string): Promise<void> {
      await realm.admin.delete(await membership(user, group));
    }

    async function membership(user: string, group: string): Promise<string> {
      const groups = await realm.admin.get(`/${realm.name}/groups?search=${group}`);
      const [found] = Array.isArray(groups) ? groups : [];
      return `/${realm.name}/users/${user}/groups/${found?.id}`;
    }

    async function serviceAccount(client: string): Promise<{ readonly id: string }> {
      const path = `/${realm.name}/clients/${realm.clientIds[client]}/service-account-user`;
      const user = await realm.admin.get(path);
      return { id: String(typeof user === 'object' && user !== null && 'id' in user ? user.id : '') };
    }

    function requestedOf({ scope }: Claims): readonly string[] {
      const all = String(scope).split(' ');
      return ['openid', 'payments.approve', 'organization'].filter((name) => all.includes(name));
    }
  });
}

/** Lists of roles come in the order of a Java set. */
function sorted(claims: Claims): Claims {
  const roles = claims['roles'];
  return Array.isArray(roles) ? { ...claims, roles: [...roles].sort() } : claims;
}

function eventOf(person: Person, realm: LiveRealm, scopes: readonly string[]) {
  return {
    user: {
      id: person.id,
      username: person.id,
      email: `${person.id}@acme.example`,
      emailVerified: true,
      firstName: person.firstName,
      lastName: person.lastName,
      attributes: person.attributes,
      realmRoles: person.roles,
      groups: person.groups.map((name) => ({ path: `/${name}`, attributes: {} })),
      organizations: person.isMember
        ? [{ id: realm.organizationIds['acme'] ?? '', alias: 'acme', name: 'Acme', attributes: {} }]
        : [],
    },
    client: { clientId: clients.built, attributes: {} },
    session: { id: 'session', notes: {} },
    request: { grantType: 'password', scopes: ['openid', ...scopes], params: {} },
  };
}
