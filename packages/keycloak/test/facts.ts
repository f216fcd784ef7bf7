/** What a policy script reads of a login, in a realm whose facts are known. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import { type LiveRealm, liveRealm, login, payload, requestToken } from './tokens.ts';
import { password, secret } from './world.ts';

const realmName = 'claimsmith-facts';
/** A service account has them too. */
const all = 'subjects: [human, machine]';
const policy = policyOf(`version: 1
name: facts
user:
  attributes: { plan: { type: string, in: { keycloak: plan_code } } }
  roleAttributes: { costs: list(string), absent: list(string) }
client: { metadata: { tier: string, seats: int } }
session: { notes: { clientAddress: string, absent: string } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive }
  nick: { value: user.nickname, kind: descriptive }
  since: { value: user.created_at, kind: descriptive }
  linked: { value: 'user.identities.map(i, i.provider + " " + i.connection + " " + i.id)', kind: descriptive, ${all} }
  roles_of_apps: { value: user.roles, kind: descriptive, ${all} }
  costs: { value: user.role_attributes.costs, kind: descriptive, ${all} }
  no_costs: { value: user.role_attributes.absent, kind: descriptive }
  realm_name: { value: tenant.id, kind: descriptive }
  agent: { value: request.user_agent, kind: descriptive }
  tier: { value: client.metadata.tier, kind: descriptive }
  seats: { value: client.metadata.seats, kind: descriptive }
  noted: { value: session.notes.clientAddress, kind: descriptive, ${all} }
  not_noted: { value: session.notes.absent, kind: descriptive }
  by_provider: { value: session.idp, kind: descriptive }
  workload: { value: 'workload.attester + " " + workload.id', kind: descriptive, subjects: [machine] }
issuers:
  keycloak:
    realm: ${realmName}
    scripts: true
    audience: https://facts.acme.example/
    clients: [web, job]
    rolesFrom: { clients: [shop, billing] }`);

export interface BuiltFacts {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly realm: { readonly clients: readonly { readonly clientId: string }[] };
}

export async function buildFacts(): Promise<BuiltFacts> {
  const { artifacts, findings } = await compile(policy);
  const content = (path: string) => {
    const artifact = artifacts.find((one) => one.path === path);
    if (artifact === undefined) throw new Error(`no ${path}: ${JSON.stringify(findings)}`);
    return artifact.content;
  };
  return {
    jars: { 'claimsmith-facts.jar': Buffer.from(content('claimsmith-facts.jar'), 'base64') },
    realm: JSON.parse(content('realm.json')),
  };
}

const workloads = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const proven = 'spiffe://acme.example/job';
const toProve = (subject: string) => ({
  'jwt.credential.issuer': 'workloads',
  'jwt.credential.sub': subject,
});

/** An identity provider that attests workloads; the realm has its key. */
const attester = {
  alias: 'workloads',
  providerId: 'oidc',
  enabled: true,
  config: {
    clientId: 'c',
    clientSecret: 's',
    issuer: 'https://workloads.acme.example',
    validateSignature: 'true',
    useJwksUrl: 'false',
    publicKeySignatureVerifier: workloads.publicKey.export({ type: 'spki', format: 'pem' }),
    supportsClientAssertions: 'true',
  },
};

const role = (name: string, ...costs: readonly string[]) => ({ name, attributes: { costs } });

export function factsAgainstServer(keycloak: Keycloak, { realm: built }: BuiltFacts): void {
  describe('tells a policy script the facts of a login', () => {
    let realm: LiveRealm;
    let before = 0;
    beforeAll(async () => {
      const admin = adminOf(keycloak);
      await admin.delete(`/${realmName}`).catch(() => undefined);
      before = Date.now();
      await admin.post('', {
        ...built,
        passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
        clients: [
          ...built.clients.map((client) => ({
            ...client,
            secret,
            directAccessGrantsEnabled: true,
            serviceAccountsEnabled: true,
            ...(client.clientId === 'job'
              ? { clientAuthenticatorType: 'federated-jwt', attributes: toProve(proven) }
              : // It has something to prove as well, but authenticates with a secret.
                { attributes: { tier: 'gold', seats: '5', ...toProve('spiffe://acme.example/web') } }),
          })),
          ...['other'].map((clientId) => ({ clientId, enabled: true })),
        ],
        roles: {
          realm: [
            { ...role('whole', 'c'), composite: true, composites: { realm: ['part'] } },
            role('part', 'b', 'c'),
            role('of-group', 'd'),
            role('not-hers', 'z'),
          ],
          client: {
            shop: [role('admin', 'a')],
            billing: [role('a:b'), role('unused', 'z')],
            other: [role('x', 'a')],
          },
        },
        groups: [{ name: 'staff', realmRoles: ['of-group'] }],
        identityProviders: [
          { alias: 'staff', providerId: 'oidc', enabled: true, config: { clientId: 'c', clientSecret: 's' } },
          attester,
        ],
        users: [
          {
            username: 'ada',
            email: 'ada@acme.example',
            firstName: 'Ada',
            lastName: 'L',
            enabled: true,
            attributes: { plan_code: ['gold'], nickname: ['Countess'] },
            credentials: [{ type: 'password', value: password }],
            realmRoles: ['whole'],
            groups: ['/staff'],
            clientRoles: { shop: ['admin'], billing: ['a:b'], other: ['x'] },
            federatedIdentities: [{ identityProvider: 'staff', userId: 'ada-1', userName: 'ada' }],
          },
        ],
      });
      realm = await liveRealm(keycloak, realmName);
    }, 240_000);

    it('at the login of a user', async () => {
      const { status, body } = await login(realm, 'web', 'ada', []);
      expect(status, JSON.stringify(body)).toBe(200);
      const { since, agent, ...claims } = payload(body['access_token']);
      expect(claims).toMatchObject({
        plan: 'gold',
        nick: 'Countess',
        linked: ['oidc staff ada-1'],
        roles_of_apps: ['billing:a:b', 'shop:admin'],
        costs: ['a', 'b', 'c', 'd'],
        realm_name: realmName,
        tier: 'gold',
        seats: 5,
      });
      for (const name of ['noted', 'not_noted', 'by_provider', 'no_costs'])
        expect(claims).not.toHaveProperty(name);
      expect(String(since)).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$/);
      expect(Math.abs(Date.parse(String(since)) - before)).toBeLessThan(240_000);
      expect(agent).toMatch(/node|undici/);
    });

    it('and of a service account', async () => {
      const { status, body } = await requestToken(realm, 'web', { grant_type: 'client_credentials' });
      expect(status, JSON.stringify(body)).toBe(200);
      expect(payload(body['access_token'])).toMatchObject({
        linked: [],
        roles_of_apps: [],
        realm_name: realmName,
        tier: 'gold',
        noted: '127.0.0.1',
      });
      expect(payload(body['access_token'])).not.toHaveProperty('workload');
    });

    it('and of a workload that proves what it is', async () => {
      const issued = await requestToken(realm, 'job', await assertion(proven));
      expect(issued.status, JSON.stringify(issued.body)).toBe(200);
      expect(payload(issued.body['access_token'])).toMatchObject({ workload: `workloads ${proven}` });
      // The client cannot authenticate in any other way.
      const others = [
        { grant_type: 'client_credentials' },
        await assertion('spiffe://acme.example/web'),
        await assertion(proven, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      ];
      for (const parameters of others)
        expect((await requestToken(realm, 'job', parameters)).status).toBeGreaterThanOrEqual(400);
    });

    async function assertion(subject: string, key = workloads.privateKey) {
      const jwt = new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(attester.config.issuer)
        .setSubject(subject)
        .setAudience(realm.endpoint.replace(/\/protocol.*/, ''))
        .setIssuedAt()
        .setExpirationTime('1m');
      return {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await jwt.sign(key),
      };
    }
  });
}
