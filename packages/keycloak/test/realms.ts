/** One policy for several realms of a server: one JAR, one set of client scopes, and a list of names that it certifies. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { manifest } from '../src/wire.ts';
import { policyOf } from './fixtures.ts';
import { type LiveRealm, liveRealm, login, payload } from './tokens.ts';
import { password, secret } from './world.ts';

const audience = 'https://tenants.acme.example/';
const names = {
  first: 'claimsmith-tenant-a',
  second: 'claimsmith-tenant-b',
  /** In the list, and on no server. */
  missing: 'claimsmith-tenant-c',
  other: 'claimsmith-tenant-d',
} as const;
/** So many that the script is minified, which must not change what it does. */
const customers = Array.from({ length: 1_800 }, (_, index) => `claimsmith-customer-${index}`);
const enriched = { tenant: 'at ada', shown: true };
const dead = { tenant: undefined, shown: undefined, aud: [], exp: 1 };

interface Built {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly file: (path: string) => ReturnType<typeof JSON.parse>;
}

export async function buildRealms(): Promise<Built> {
  const { artifacts, findings } = await compile(
    policyOf(`version: 1
name: tenants
claims:
  tenant: { value: '"at " + user.username', kind: authoritative }
  shown: { const: true, kind: descriptive }
issuers:
  keycloak:
    realm: ${JSON.stringify([names.second, names.first, names.missing, ...customers])}
    scripts: true
    audience: "${audience}"
    clients: [web]`),
  );
  const content = (path: string) => {
    const artifact = artifacts.find((one) => one.path === path);
    if (artifact === undefined) throw new Error(`no ${path}: ${JSON.stringify(findings)}`);
    return artifact.content;
  };
  if (!findings.some(({ message }) => message.includes('minified'))) throw new Error('not minified');
  return {
    jars: { 'claimsmith-tenants.jar': Buffer.from(content('claimsmith-tenants.jar'), 'base64') },
    file: (path) => JSON.parse(content(path)),
  };
}

export function realmsAgainstServer(keycloak: Keycloak, { file }: Built): void {
  describe('serves several realms by one build', () => {
    const admin = adminOf(keycloak);
    const realms = new Map<string, LiveRealm>();
    beforeAll(async () => {
      const template = file('realm.json');
      expect(template.realm).toBe(names.second);
      for (const name of Object.values(names)) await admin.delete(`/${name}`).catch(() => undefined);
      await admin.post('', withAda(template));
      await admin.post('', withAda({ ...template, realm: names.other }));
      await admin.post(
        '',
        withAda({ realm: names.first, enabled: true, clients: template.clients.map(bare) }),
      );
      await applyScopes(names.first);
      for (const name of [names.first, names.second, names.other])
        realms.set(name, await liveRealm(keycloak, name));
    }, 240_000);

    /** Applies `client-scopes.json` to a realm that has been there before, by names. */
    async function applyScopes(realm: string): Promise<void> {
      const { clientScopes, defaultScopes } = file('client-scopes.json');
      const ids = new Map<string, string>();
      for (const scope of clientScopes)
        ids.set(scope.name, await admin.post(`/${realm}/client-scopes`, scope));
      const { clientIds } = await liveRealm(keycloak, realm);
      for (const name of defaultScopes)
        await admin.put(`/${realm}/clients/${clientIds['web']}/default-client-scopes/${ids.get(name)}`, {});
    }

    async function tokenIn(name: string): Promise<Readonly<Record<string, unknown>>> {
      const realm = realms.get(name) ?? (await liveRealm(keycloak, name));
      const { status, body } = await login(realm, 'web', 'ada', []);
      expect(status, JSON.stringify(body)).toBe(200);
      const { tenant, shown, aud, exp, policy } = payload(body['access_token']);
      return { tenant, shown, aud, exp, policy };
    }

    it.each([names.first, names.second])('and enriches tokens in %s, which it names', async (name) => {
      const { revision } = manifest.parse(file('manifest.json'));
      const { aud, exp, ...claims } = await tokenIn(name);
      expect(claims).toEqual({ ...enriched, policy: `tenants@${revision}` });
      expect([aud].flat()).toContain(audience);
      expect(exp).toBeGreaterThan(Date.now() / 1000);
    });

    it('and says by its server info which revision and realms the JAR is for', async () => {
      const { script } = manifest.parse(file('manifest.json'));
      const info = await adminOf(keycloak, '').get('/serverinfo');
      const providers = Object(info).protocolMapperTypes['openid-connect'];
      expect(providers).toContainEqual(
        expect.objectContaining({ id: script?.provider, helpText: script?.description }),
      );
    });

    it('and certifies nothing in a realm that it does not name', async () => {
      expect(await tokenIn(names.other)).toMatchObject(dead);
    });

    // So the list must name only realms that the server has: docs/keycloak.md.
    it('and in a realm that its own admin has renamed to a name of the list', async () => {
      const ada = (realm: string) =>
        adminOf({ url: keycloak.url, admin: { username: 'ada', password } }, '/realms', realm);
      await ada(names.other).put(`/${names.other}`, { realm: names.missing });
      expect(await tokenIn(names.missing)).toMatchObject(enriched);
      const taken = ada(names.missing).put(`/${names.missing}`, { realm: names.first });
      await expect(taken).rejects.toThrow('409');
      await admin.delete(`/${names.missing}`);
    });
  });
}

function bare({ clientId }: { readonly clientId: string }) {
  return { clientId, enabled: true };
}

/** The realm with a user, who administers it, and with clients that log her in. */
function withAda(realm: {
  readonly realm: string;
  readonly enabled: boolean;
  readonly clients: readonly object[];
}) {
  return {
    ...realm,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clients: realm.clients.map((client) => ({ ...client, secret, directAccessGrantsEnabled: true })),
    users: [
      {
        username: 'ada',
        email: 'ada@acme.example',
        firstName: 'Ada',
        lastName: 'L',
        enabled: true,
        credentials: [{ type: 'password', value: password }],
        clientRoles: { 'realm-management': ['realm-admin'] },
      },
    ],
  };
}
