import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { emulate } from '../src/simulator/emulator/emulate.ts';
import { difference } from './compare.ts';
import {
  browse,
  type Claims,
  importRealm,
  introspect,
  type LiveRealm,
  login,
  payload,
  requestToken,
  userinfo,
} from './tokens.ts';
import { enrichment, issuanceOf, mapper, permission, scope, type TestUser, type World } from './world.ts';

const text = { 'jsonType.label': 'String' };
const built = enrichment(
  [
    scope('flows', [
      mapper('oidc-usermodel-attribute-mapper', { 'user.attribute': 'plan', 'claim.name': 'plan', ...text }),
      mapper('oidc-usermodel-realm-role-mapper', { 'claim.name': 'roles', multivalued: 'true', ...text }),
      mapper('oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'true' }),
      mapper('oidc-usermodel-property-mapper', {
        'user.attribute': 'username',
        'claim.name': 'login',
        ...text,
      }),
      mapper('oidc-usermodel-property-mapper', {
        'user.attribute': 'serviceAccountClientLink',
        'claim.name': 'link',
        ...text,
      }),
      ...['AUTH_TIME', 'client_id', 'clientHost', 'clientAddress', 'nothing'].map((note) =>
        mapper('oidc-usersessionmodel-note-mapper', {
          'user.session.note': note,
          'claim.name': `notes.${note}`,
          'jsonType.label': note === 'AUTH_TIME' ? 'long' : 'String',
        }),
      ),
    ]),
    scope('flows-admin', [
      mapper('oidc-hardcoded-claim-mapper', {
        'claim.name': 'may',
        'claim.value': '["read","write"]',
        'jsonType.label': 'JSON',
      }),
    ]),
  ],
  { permissions: [permission('flows-admin', ['admin'])] },
);

const world: World = {
  realm: 'claimsmith-flows',
  users: [
    { username: 'ada', attributes: { plan: ['gold'] }, realmRoles: ['admin', 'reader'], groups: ['/staff'] },
    { username: 'bob' },
  ],
  groups: [{ name: 'staff' }, { name: 'emea' }],
  realmRoles: ['admin', 'reader'],
  clientRoles: {},
  organizations: [],
  clients: [{ clientId: 'flows', enrichment: built }],
};

/** The same through logins that go on, and for machines. */
export function flowsAgainstServer(keycloak: Keycloak): void {
  describe('makes tokens anew', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      realm = await importRealm(keycloak, world);
    }, 240_000);

    function emulated(user: TestUser, notes: Readonly<Record<string, string>>, serviceAccountOf?: string) {
      const [client] = world.clients;
      if (client === undefined) throw new Error('no client');
      const issuance = issuanceOf(world, user, client, { scopes: ['openid'] });
      return emulate(built, {
        ...issuance,
        user: { ...issuance.user, ...(serviceAccountOf === undefined ? {} : { serviceAccountOf }) },
        session: { id: 'session', notes },
      });
    }

    function authTimeOf({ notes }: Claims): Readonly<Record<string, string>> {
      const time =
        typeof notes === 'object' && notes !== null && 'AUTH_TIME' in notes ? notes.AUTH_TIME : undefined;
      expect(time).toBeTypeOf('number');
      return { AUTH_TIME: String(time) };
    }

    it('at every refresh and question, from what the user is by then', async () => {
      const before = world.users[0] ?? { username: '' };
      const first = await browse(realm, 'flows', 'ada', []);
      const access = payload(first.body['access_token']);
      const notes = authTimeOf(access);
      expect(difference('access', access, emulated(before, notes).access, built)).toBeUndefined();

      const admin = adminOf(keycloak);
      const id = realm.userIds['ada'] ?? '';
      const user = await admin.get(`/${realm.name}/users/${id}`);
      await admin.put(`/${realm.name}/users/${id}`, { ...Object(user), attributes: { plan: ['silver'] } });
      const held = await admin.get(`/${realm.name}/users/${id}/role-mappings/realm`);
      const lost = (Array.isArray(held) ? held : []).filter(({ name }) => name === 'admin');
      await admin.delete(`/${realm.name}/users/${id}/role-mappings/realm`, lost);
      const found = await admin.get(`/${realm.name}/groups?search=emea`);
      const [group] = Array.isArray(found) ? found : [];
      await admin.put(`/${realm.name}/users/${id}/groups/${group?.id}`, {});

      const after = {
        ...before,
        attributes: { plan: ['silver'] },
        realmRoles: ['reader'],
        groups: ['/staff', '/emea'],
      };
      const expected = emulated(after, notes);
      expect(expected.access).not.toEqual(emulated(before, notes).access);
      // The first token stays as it was signed; what is asked about it is of now.
      const asked = String(first.body['access_token']);
      expect(
        difference('userinfo', (await userinfo(realm, asked)).body, expected.userinfo, built),
      ).toBeUndefined();
      const told = (await introspect(realm, 'flows', asked)).body;
      expect(difference('introspection', told, expected.introspection, built)).toBeUndefined();
      const second = await requestToken(realm, 'flows', {
        grant_type: 'refresh_token',
        refresh_token: String(first.body['refresh_token']),
      });
      const again = { access: payload(second.body['access_token']), id: payload(second.body['id_token']) };
      expect(difference('access', again.access, expected.access, built)).toBeUndefined();
      expect(difference('id', again.id, expected.id, built)).toBeUndefined();
    });

    it('with a password, and no time of login', async () => {
      const bob = world.users[1] ?? { username: '' };
      const { body } = await login(realm, 'flows', 'bob', []);
      expect(
        difference('access', payload(body['access_token']), emulated(bob, {}).access, built),
      ).toBeUndefined();
    });

    it('for a service account', async () => {
      const admin = adminOf(keycloak);
      const path = `/${realm.name}/clients/${realm.clientIds['flows']}`;
      await admin.put(path, { ...Object(await admin.get(path)), serviceAccountsEnabled: true });
      const account = Object(await admin.get(`${path}/service-account-user`));
      await admin.put(`/${realm.name}/users/${account.id}`, {
        ...account,
        attributes: { plan: ['machine'] },
      });
      const { body } = await requestToken(realm, 'flows', { grant_type: 'client_credentials' });
      const user = { username: 'service-account-flows', attributes: { plan: ['machine'] } };
      const notes = { client_id: 'flows', clientHost: '127.0.0.1', clientAddress: '127.0.0.1' };
      // The link is the client's own id, which is not its `client_id`.
      const link = realm.clientIds['flows'];
      const server = payload(body['access_token']);
      const roles = server['roles'];
      const machine = { ...user, realmRoles: Array.isArray(roles) ? roles.map(String) : [] };
      expect(difference('access', server, emulated(machine, notes, link).access, built)).toBeUndefined();
    });
  });
}
