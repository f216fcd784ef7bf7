import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import { browse, type LiveRealm, liveRealm, login, payload, requestToken } from './tokens.ts';
import { password, secret } from './world.ts';

const policy = policyOf(`version: 1
name: people
claims:
  kind: { const: person, kind: descriptive, when: subject_type == "human" }
  boss: { const: true, kind: descriptive, when: '"boss" in user.roles' }
issuers: { keycloak: { realm: claimsmith-people, audience: "urn:people", serviceAccounts: false } }`);

/** A built realm in which only people get enriched tokens, natively. */
export function peopleAgainstServer(keycloak: Keycloak): void {
  describe('gives people alone tokens, where the settings say so', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      const { artifacts } = await compile(policy);
      const built = artifacts.find(({ path }) => path === 'realm.json')?.content ?? '';
      const admin = adminOf(keycloak);
      await admin.delete('/claimsmith-people').catch(() => undefined);
      await admin.post('', {
        ...JSON.parse(built),
        users: [
          {
            username: 'ada',
            email: 'ada@acme.example',
            firstName: 'Ada',
            lastName: 'Lovelace',
            enabled: true,
            credentials: [{ type: 'password', value: password }],
          },
        ],
      });
      // A client of the realm's default scopes, with all that a client may do.
      await admin.post('/claimsmith-people/clients', {
        clientId: 'web',
        secret,
        publicClient: false,
        redirectUris: ['http://127.0.0.1/callback'],
        directAccessGrantsEnabled: true,
        serviceAccountsEnabled: true,
      });
      realm = await liveRealm(keycloak, 'claimsmith-people');
    }, 240_000);

    it('by password, in a browser, and at a refresh', async () => {
      const browsed = await browse(realm, 'web', 'ada', []);
      const refreshed = await requestToken(realm, 'web', {
        grant_type: 'refresh_token',
        refresh_token: String(browsed.body['refresh_token']),
      });
      for (const { body } of [await login(realm, 'web', 'ada', []), browsed, refreshed]) {
        expect(payload(body['access_token'])).toMatchObject({ kind: 'person', aud: 'urn:people' });
      }
    });

    it('and gives no claim to all where its role is deleted', async () => {
      const boss = async () => payload((await login(realm, 'web', 'ada', [])).body['access_token'])['boss'];
      expect(await boss()).toBeUndefined();
      await adminOf(keycloak).delete('/claimsmith-people/roles/boss');
      expect(await boss()).toBeUndefined();
    });

    it('and refuses service accounts', async () => {
      const { status, body } = await requestToken(realm, 'web', { grant_type: 'client_credentials' });
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: 'invalid_request' });
    });

    it('and keeps who guesses from trying on, and codes from being of use to others', async () => {
      const name = 'claimsmith-people-client';
      const { artifacts } = await compile(
        policyOf(`version: 1
name: people
claims: { kind: { const: person, kind: descriptive } }
issuers: { keycloak: { realm: ${name}, clients: [shop] } }`),
      );
      const admin = adminOf(keycloak);
      await admin.delete(`/${name}`).catch(() => undefined);
      await admin.post('', JSON.parse(artifacts.find(({ path }) => path === 'realm.json')?.content ?? ''));
      expect(await admin.get(`/${name}`)).toMatchObject({
        bruteForceProtected: true,
        permanentLockout: false,
      });
      const [client] = Object(await admin.get(`/${name}/clients?clientId=shop`));
      const redirect = 'http://127.0.0.1/callback';
      await admin.put(`/${name}/clients/${client.id}`, { ...client, redirectUris: [redirect] });
      const begin = async (more: Readonly<Record<string, string>>) => {
        const asked = {
          client_id: 'shop',
          response_type: 'code',
          redirect_uri: redirect,
          scope: 'openid',
          ...more,
        };
        const address = `${keycloak.url}/realms/${name}/protocol/openid-connect/auth`;
        return fetch(`${address}?${new URLSearchParams(asked)}`, { redirect: 'manual' });
      };
      expect((await begin({})).headers.get('location')).toContain('code_challenge_method');
      const challenge = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
      expect((await begin(challenge)).status).toBe(200);
    });
  });
}
