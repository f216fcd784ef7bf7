/** A challenge that becomes a denial, and a policy that only observes, by policy scripts on a real server. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import {
  type Claims,
  introspect,
  type LiveRealm,
  liveRealm,
  login,
  payload,
  requestToken,
  userinfo,
} from './tokens.ts';
import { password, secret } from './world.ts';

const audience = 'https://step-up.acme.example/';
const stepUp = `version: 1
name: stepup
claims:
  roles: { value: 'user.roles.filter(r, r in ["admin", "clerk", "auditor"]).sort()', kind: authoritative }
challenge:
  - { when: '"admin" in user.roles && session.acr != "2"', with: mfa, reason: step_up_required, subjects: [human] }
  - { when: '"auditor" in user.roles && session.acr != "1"', with: mfa, reason: second_step, subjects: [human] }
issuers: { keycloak: { realm: claimsmith-stepup, scripts: true, audience: "${audience}", clients: [web] } }
`;
const observed = `version: 1
name: observed
lifetime: { access: 1m }
claims:
  roles: { value: 'user.roles.filter(r, r in ["admin", "clerk"]).sort()', kind: authoritative }
  name: { value: user.name + "!", kind: descriptive, tokens: [access, id] }
  missing: { value: user.attributes.missing, kind: authoritative, when: '"admin" in user.roles' }
user: { attributes: { missing: string } }
scopes:
  pay: { grant: 'false' }
deny:
  - { when: '"suspended" in user.roles', reason: account_suspended, subjects: [human] }
issuers: { keycloak: { realm: claimsmith-observed, scripts: true, audience: "${audience}", observe: true } }
`;

interface Built {
  readonly jar: Uint8Array;
  readonly realm: { readonly clients: readonly Client[]; readonly realm: string };
  readonly enrichment: string;
}
interface Client {
  readonly clientId: string;
  readonly defaultClientScopes?: readonly string[];
}

export interface StepUp {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly stepUp: Built;
  readonly observed: Built;
}

async function build(spec: string): Promise<Built> {
  const { artifacts, findings } = await compile(policyOf(spec));
  const content = (path: string) => artifacts.find((one) => one.path.endsWith(path))?.content;
  const [realm, jar, enrichment] = [content('realm.json'), content('.jar'), content('client-scopes.json')];
  if (realm === undefined || jar === undefined || enrichment === undefined)
    throw new Error(JSON.stringify(findings));
  return { jar: Buffer.from(jar, 'base64'), realm: JSON.parse(realm), enrichment };
}

export async function buildStepUp(): Promise<StepUp> {
  const [one, other] = [await build(stepUp), await build(observed)];
  return {
    jars: { 'claimsmith-stepup.jar': one.jar, 'claimsmith-observed.jar': other.jar },
    stepUp: one,
    observed: other,
  };
}

const client = {
  clientId: 'web',
  enabled: true,
  protocol: 'openid-connect',
  publicClient: false,
  standardFlowEnabled: true,
  fullScopeAllowed: true,
  redirectUris: [],
};

async function realmOn(
  keycloak: Keycloak,
  { realm }: Built,
  clients: readonly object[],
  roles: readonly string[],
): Promise<LiveRealm> {
  const admin = adminOf(keycloak);
  await admin.delete(`/${realm.realm}`).catch(() => undefined);
  await admin.post('', {
    ...realm,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    roles: { realm: roles.map((name) => ({ name })) },
    clients: clients.map((one) => ({ ...one, secret, directAccessGrantsEnabled: true })),
    users: roles.map((name) => ({
      id: `${realm.realm}-${name}`,
      username: name,
      email: `${name}@acme.example`,
      emailVerified: true,
      firstName: name,
      lastName: 'L',
      enabled: true,
      realmRoles: [name],
      credentials: [{ type: 'password', value: password }],
    })),
  });
  return liveRealm(keycloak, realm.realm);
}

export function stepUpAgainstServer(keycloak: Keycloak, built: StepUp): void {
  describe('a challenge', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      realm = await realmOn(keycloak, built.stepUp, built.stepUp.realm.clients, [
        'admin',
        'clerk',
        'auditor',
      ]);
    }, 240_000);

    it('that is due makes the token worthless, and does not end the session', async () => {
      const { status, body } = await login(realm, 'web', 'admin', []);
      expect(status, JSON.stringify(body)).toBe(200);
      const claims = payload(body['access_token']);
      expect(Number(claims['exp'])).toBeLessThan(Number(claims['iat']));
      expect(claims).not.toHaveProperty('roles');
      expect([claims['aud']].flat()).not.toContain(audience);
      expect((await introspect(realm, 'web', String(body['access_token']))).body['active']).not.toBe(true);
      const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      expect((await requestToken(realm, 'web', refresh)).status).toBe(400);
    });

    it.each(['clerk', 'auditor'])(
      'that is not due, or was met, leaves the token of %s as it is',
      async (name) => {
        const { status, body } = await login(realm, 'web', name, []);
        expect(status, JSON.stringify(body)).toBe(200);
        const claims = payload(body['access_token']);
        expect(claims).toMatchObject({ roles: [name], acr: '1' });
        expect([claims['aud']].flat()).toContain(audience);
      },
    );
  });

  describe('a policy that only observes', () => {
    let realm: LiveRealm;
    const roles = ['admin', 'clerk', 'suspended'];
    beforeAll(async () => {
      const scopes: readonly string[] = JSON.parse(built.observed.enrichment).defaultScopes;
      const usual = ['web-origins', 'acr', 'profile', 'roles', 'basic', 'email'];
      realm = await realmOn(
        keycloak,
        built.observed,
        [
          { ...client, defaultClientScopes: [...usual, ...scopes] },
          { ...client, clientId: 'plain', defaultClientScopes: usual },
        ],
        roles,
      );
    }, 240_000);

    /** What differs from one login to the next. */
    const changing = ['jti', 'iat', 'exp', 'sid', 'azp', 'auth_time', 'at_hash', 'aud', 'client_id'];
    const lasting = (claims: Claims) =>
      Object.fromEntries(Object.entries(claims).filter(([name]) => !changing.includes(name)));

    it.each(roles)('leaves the tokens of %s as they are without it', async (name) => {
      const [seen, plain] = [await login(realm, 'web', name, []), await login(realm, 'plain', name, [])];
      expect(seen.status, JSON.stringify(seen.body)).toBe(200);
      for (const kind of ['access_token', 'id_token']) {
        const [one, other] = [payload(seen.body[kind]), payload(plain.body[kind])];
        expect(lasting(one)).toEqual(lasting(other));
        expect(Object.keys(one)).toEqual(Object.keys(other));
        // A busy server takes seconds between the two times of a token.
        const seconds = (claims: Claims) => Number(claims['exp']) - Number(claims['iat']);
        expect(Math.abs(seconds(one) - seconds(other))).toBeLessThan(60);
      }
      const token = String(seen.body['access_token']);
      expect(payload(token)['aud']).toEqual(payload(plain.body['access_token'])['aud']);
      expect(lasting((await userinfo(realm, token)).body)).toEqual(
        lasting((await userinfo(realm, String(plain.body['access_token']))).body),
      );
      const plainToken = String(plain.body['access_token']);
      expect((await introspect(realm, 'web', token)).body['active']).toEqual(
        (await introspect(realm, 'plain', plainToken)).body['active'],
      );
      const refresh = { grant_type: 'refresh_token', refresh_token: String(seen.body['refresh_token']) };
      expect((await requestToken(realm, 'web', refresh)).status).toBe(200);
    });

    it('adds no scope that anybody could ask for', async () => {
      const { status, body } = await login(realm, 'web', 'clerk', ['pay']);
      expect([status, body['error']]).toEqual([400, 'invalid_scope']);
    });
  });
}
