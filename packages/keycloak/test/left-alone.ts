/** Policies that are not for every token: by a script, and by mappers alone. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import { type LiveRealm, liveRealm, login, payload } from './tokens.ts';
import { password, secret } from './world.ts';

const audience = 'https://some.acme.example/';

interface Built {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly realms: Readonly<Record<'scripted' | 'native', Readonly<Record<string, unknown>>>>;
}

/** The builds: a JAR, and a realm for each. */
export async function buildLeftAlone(): Promise<Built> {
  const scripted = await built(`version: 1
name: some-scripted
applies: client.id != "wiki"
claims:
  tenant: { value: '"at " + user.username', kind: authoritative }
  shown: { const: true, kind: descriptive, tokens: [access, id] }
scopes: { '*': { grant: 'client.id == "web"' } }
deny: [{ when: user.username == "mallory", reason: barred, message: You are barred. }]
issuers: { keycloak: { realm: claimsmith-some-scripted, scripts: true, audience: "${audience}", clients: [web, other, wiki] } }`);
  const native = await built(`version: 1
name: some-native
applies: client.id == "web"
claims:
  shown: { const: true, kind: descriptive, tokens: [access, id] }
issuers: { keycloak: { realm: claimsmith-some-native, audience: "${audience}", clients: [web, wiki] } }`);
  return { jars: scripted.jars, realms: { scripted: scripted.realm, native: native.realm } };
}

async function built(text: string) {
  const { artifacts, findings } = await compile(policyOf(text));
  const file = artifacts.find(({ path }) => path === 'realm.json');
  if (file === undefined) throw new Error(JSON.stringify(findings));
  const jars = artifacts.filter(({ path }) => path.endsWith('.jar'));
  return {
    jars: Object.fromEntries(jars.map(({ path, content }) => [path, Buffer.from(content, 'base64')])),
    realm: JSON.parse(file.content) as Readonly<Record<string, unknown>>,
  };
}

export function leftAloneAgainstServer(keycloak: Keycloak, { realms }: Built): void {
  describe('leaves alone what a policy is not for', () => {
    const admin = adminOf(keycloak);
    const live = new Map<string, LiveRealm>();
    beforeAll(async () => {
      for (const [name, realm] of Object.entries(realms)) {
        await admin.delete(`/${realm['realm']}`).catch(() => undefined);
        await admin.post('', withPeople(realm));
        live.set(name, await liveRealm(keycloak, String(realm['realm'])));
      }
    }, 240_000);

    async function tokens(name: 'scripted' | 'native', client: string, user = 'ada') {
      const realm = live.get(name);
      if (realm === undefined) throw new Error(`no realm ${name}`);
      const { status, body } = await login(realm, client, user, ['profile', 'others']);
      expect(status, JSON.stringify(body)).toBe(200);
      const access = payload(body['access_token']);
      const id = payload(body['id_token']);
      return {
        tenant: access['tenant'],
        shown: [access['shown'], id['shown']],
        marker: access['policy'] !== undefined,
        isForApi: [access['aud']].flat().includes(audience),
        scopes: String(access['scope'])
          .split(' ')
          .filter((scope) => scope === 'others' || scope === 'profile'),
        isDead: access['exp'] === 1,
      };
    }
    const all = ['profile', 'others'];
    const enriched = { shown: [true, true], marker: true, isForApi: true, isDead: false };
    const left = {
      tenant: undefined,
      shown: [undefined, undefined],
      marker: false,
      isForApi: false,
      isDead: false,
    };

    it('by `applies` in a script, which denies nobody there', async () => {
      const web = await tokens('scripted', 'web');
      expect(web).toEqual({ ...enriched, tenant: 'at ada', scopes: expect.arrayContaining(all) });
      expect(await tokens('scripted', 'wiki')).toEqual({ ...left, scopes: expect.arrayContaining(all) });
      expect(await tokens('scripted', 'wiki', 'mallory')).toEqual({
        ...left,
        scopes: expect.arrayContaining(all),
      });
      expect((await tokens('scripted', 'web', 'mallory')).isDead).toBe(true);
    });

    it('and a script takes scopes that the spec does not name, but none of OpenID', async () => {
      expect((await tokens('scripted', 'other')).scopes).toEqual(['profile']);
    });

    it('by `applies` in client scopes', async () => {
      expect(await tokens('native', 'web')).toMatchObject(enriched);
      expect(await tokens('native', 'wiki')).toMatchObject(left);
    });
  });
}

/** A realm with people, clients that log in with a password, and a client scope of somebody else. */
function withPeople(realm: Readonly<Record<string, unknown>>) {
  const others = {
    name: 'others',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true' },
  };
  const clients = (realm['clients'] as Readonly<Record<string, unknown>>[]).map((client) => ({
    ...client,
    secret,
    directAccessGrantsEnabled: true,
    optionalClientScopes: [...(client['optionalClientScopes'] as string[]), 'others'],
  }));
  const user = (username: string) => ({
    username,
    enabled: true,
    email: `${username}@acme.example`,
    emailVerified: true,
    firstName: username,
    lastName: username,
    credentials: [{ type: 'password', value: password, temporary: false }],
  });
  return {
    ...realm,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clients,
    clientScopes: [...(realm['clientScopes'] as unknown[]), others],
    users: ['ada', 'mallory'].map(user),
  };
}
