/** What a policy script keeps to: its clients, people, and places that a source may be at. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import type { EntitlementsServer } from './payments.ts';
import {
  type Claims,
  evaluate,
  introspect,
  type LiveRealm,
  liveRealm,
  login,
  payload,
  requestToken,
  userinfo,
} from './tokens.ts';
import { mapper, password, scope, secret } from './world.ts';

const audience = 'https://guarded.acme.example/';
const realmName = 'claimsmith-guarded';

/** Both sources are at the same place, which a setting names: this machine. */
const spec = `version: 1
name: guarded
sources:
  walled: { http: { url: "\${GUARDED_SOURCE}/walled/{user.id}" }, returns: { plan: string } }
  open: { http: { url: "\${GUARDED_SOURCE}/open/{user.id}", private: true }, returns: { plan: string } }
claims:
  uid: { value: user.id, kind: authoritative }
  walled: { value: walled.plan, kind: descriptive, onMissing: { default: none } }
  open: { value: open.plan, kind: descriptive, onMissing: { default: none } }
scopes:
  pay: { grant: 'true' }
issuers:
  keycloak: { realm: ${realmName}, scripts: true, audience: "${audience}", clients: [web], serviceAccounts: false }
`;

export interface Guarded {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly realm: Readonly<Record<string, unknown>>;
  readonly source: EntitlementsServer;
}

export async function buildGuarded(source: EntitlementsServer): Promise<Guarded> {
  const { artifacts, findings } = await compile(policyOf(spec));
  const content = (path: string) => artifacts.find((one) => one.path.endsWith(path))?.content;
  const [realm, jar] = [content('realm.json'), content('.jar')];
  if (realm === undefined || jar === undefined) throw new Error(JSON.stringify(findings));
  return {
    jars: { 'claimsmith-guarded.jar': Buffer.from(jar, 'base64') },
    settings: { GUARDED_SOURCE: source.origin.replace('127.0.0.1', 'localhost') },
    realm: withClients(JSON.parse(realm)),
    source,
  };
}

/** The realm, with a client that does not belong to the policy, and another mapper that gives what only the policy may. */
function withClients({ clientScopes, ...rest }: { readonly clientScopes: readonly object[] }) {
  const other = scope('other', [
    mapper('oidc-audience-mapper', { 'included.custom.audience': audience, 'id.token.claim': 'false' }),
    ...['uid', 'policy'].map((name) =>
      mapper('oidc-hardcoded-claim-mapper', {
        'claim.name': name,
        'claim.value': 'forged',
        'jsonType.label': 'String',
      }),
    ),
  ]);
  const client = (clientId: string) => ({
    clientId,
    enabled: true,
    secret,
    publicClient: false,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
    attributes: { 'allow.token.introspection.without.audience.check': 'true' },
    defaultClientScopes: ['basic', 'profile', 'claimsmith.guarded', 'other'],
    optionalClientScopes: ['pay', 'email'],
  });
  return {
    ...rest,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clientScopes: [...clientScopes, other],
    clients: [client('web'), client('backoffice')],
    users: [
      {
        id: 'guarded-ada',
        username: 'ada',
        email: 'ada@acme.example',
        firstName: 'Ada',
        lastName: 'L',
        enabled: true,
        credentials: [{ type: 'password', value: password }],
      },
    ],
  };
}

export function guardedAgainstServer(keycloak: Keycloak, { realm: file, source }: Guarded): void {
  describe('keeps the policy script', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      const admin = adminOf(keycloak);
      await admin.delete(`/${realmName}`).catch(() => undefined);
      await admin.post('', file);
      realm = await liveRealm(keycloak, realmName);
    }, 240_000);

    const ours = ({ uid, walled, open, policy, aud, scope: scopes, exp, iat }: Claims) => ({
      claims: { uid, walled, open, policy },
      audiences: [aud ?? []].flat().filter((name) => name === audience),
      scopes: String(scopes)
        .split(' ')
        .filter((name) => ['pay', 'email'].includes(name)),
      isAlive: Number(exp) > Number(iat),
    });
    const nothing = { uid: undefined, walled: undefined, open: undefined, policy: undefined };
    const left = { claims: nothing, audiences: [], scopes: ['email'], isAlive: true };

    it('from places where a source may not be', async () => {
      const { body } = await login(realm, 'web', 'ada', ['pay', 'email']);
      expect(ours(payload(body['access_token']))).toEqual({
        claims: {
          uid: 'guarded-ada',
          walled: 'none',
          open: 'gold',
          policy: expect.stringMatching(/^guarded@/),
        },
        audiences: [audience],
        scopes: expect.arrayContaining(['pay', 'email']),
        isAlive: true,
      });
      const asked = source.asked.filter((line) => line.includes('/guarded-ada'));
      expect(asked.map((line) => line.split(' ')[0])).toEqual(['/open/guarded-ada']);
    });

    it('out of ID tokens and userinfo, where nobody is to grant on them', async () => {
      for (const client of ['web', 'backoffice']) {
        const { body } = await login(realm, client, 'ada', ['pay', 'email']);
        const answers = [
          payload(body['id_token']),
          (await userinfo(realm, String(body['access_token']))).body,
          await evaluate(realm, 'userinfo', client, 'ada', ['openid']),
          await evaluate(realm, 'id-token', client, 'ada', ['openid']),
        ];
        for (const answer of answers) {
          expect(answer).toHaveProperty('sub');
          expect(ours(answer).claims).toEqual(nothing);
        }
      }
    });

    it.each([
      ['other clients', () => login(realm, 'backoffice', 'ada', ['pay', 'email'])],
      [
        'service accounts',
        () => requestToken(realm, 'web', { grant_type: 'client_credentials', scope: 'pay email' }),
      ],
    ] as const)('from %s, and what is its own too, whoever gave it', async (_who, issue) => {
      const { body } = await issue();
      expect(ours(payload(body['access_token']))).toEqual(left);
      const told = (await introspect(realm, 'web', String(body['access_token']))).body;
      expect(told['active']).toBe(true);
      expect(ours(told)).toEqual(left);
    });
  });
}
