/** Look-ups one after another by a policy script: with an access token, a POST, and one question for each element. */
import { createServer, type IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import { type LiveRealm, liveRealm, login, payload } from './tokens.ts';
import { password, secret } from './world.ts';

const realmName = 'claimsmith-lookups';
const clientSecret = 'a secret: with/odd+parts';

const spec = (origin: string) => `version: 1
name: lookups
user: { attributes: { teams: list(string) } }
sources:
  profile:
    http:
      url: ${origin}/graphql
      method: POST
      body: { query: '"query($id: ID!) { user(id: $id) { org } }"', variables: { id: user.id, words: user.attributes.teams.sort() } }
      auth: { oauth2: { tokenUrl: "${origin}/token", clientId: "\${LOOKUPS_ID}", clientSecret: "\${LOOKUPS_SECRET}", scope: users.read } }
    returns: { data: { user: { org: string } } }
    timeout: 700ms
  billing: { http: { url: "${origin}/orgs/{profile.data.user.org}" }, returns: { plan: string }, timeout: 700ms }
  teams:
    each: { team: user.attributes.teams }
    maxItems: 3
    http: { url: "${origin}/teams/{team}/{user.id}" }
    returns: { role: string }
    timeout: 700ms
claims:
  tenant: { value: profile.data.user.org, kind: authoritative }
  plan: { value: billing.plan, kind: descriptive, onMissing: { default: none } }
  team_roles: { value: 'teams.answers.map(t, t.role).sort()', kind: descriptive }
issuers:
  keycloak: { realm: ${realmName}, scripts: true, audience: "https://lookups.acme.example/", clients: [web] }
`;

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Lookups {
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly realm: { readonly clients: readonly object[] };
  readonly asked: Asked[];
  stop(): void;
}

/** The server of all sources. The user `outsider` has an organization that is not there, `nobody` an error, `slow` no answer. */
async function serve(asked: Asked[]) {
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const { method = '', url = '', headers } = request;
    asked.push({ line: `${method} ${url}`, authorization: headers.authorization, body });
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url === '/token') return json({ access_token: 'token-1', token_type: 'Bearer', expires_in: 300 });
    if (url === '/graphql') {
      if (headers.authorization !== 'Bearer token-1') return json({}, 401);
      const { id } = JSON.parse(body).variables;
      if (id === 'lookups-slow') return;
      if (id === 'lookups-nobody') return json({ data: null, errors: [{ message: 'none' }] });
      return json({ data: { user: { org: id === 'lookups-outsider' ? 'gone/../acme' : 'acme' } } });
    }
    if (url === '/orgs/acme') return json({ plan: 'gold' });
    const [, team] = /^\/teams\/([^/]+)\//.exec(url) ?? [];
    return team === undefined ? json({}, 404) : json({ role: `lead of ${decodeURIComponent(team)}` });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${address.port}`, stop };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export async function buildLookups(): Promise<Lookups> {
  const asked: Asked[] = [];
  const { origin, stop } = await serve(asked);
  const { artifacts, findings } = await compile(policyOf(spec(origin)));
  const content = (path: string) => artifacts.find((one) => one.path.endsWith(path))?.content;
  const [realm, jar] = [content('realm.json'), content('.jar')];
  if (realm === undefined || jar === undefined) throw new Error(JSON.stringify(findings));
  return {
    jars: { 'claimsmith-lookups.jar': Buffer.from(jar, 'base64') },
    settings: { LOOKUPS_ID: 'policy', LOOKUPS_SECRET: clientSecret },
    realm: JSON.parse(realm),
    asked,
    stop,
  };
}

export function lookupsAgainstServer(keycloak: Keycloak, { realm: built, asked }: Lookups): void {
  describe('lets a policy script look up', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      const admin = adminOf(keycloak);
      await admin.delete(`/${realmName}`).catch(() => undefined);
      const user = (name: string, teams: readonly string[]) => ({
        id: `lookups-${name}`,
        username: name,
        email: `${name}@acme.example`,
        firstName: name,
        lastName: 'L',
        enabled: true,
        attributes: { teams },
        credentials: [{ type: 'password', value: password }],
      });
      await admin.post('', {
        ...built,
        passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
        clients: built.clients.map((client) => ({ ...client, secret, directAccessGrantsEnabled: true })),
        users: [
          user('ada', ['payments', 'größe "✓"']),
          ...['outsider', 'nobody', 'slow'].map((name) => user(name, ['risk'])),
        ],
      });
      realm = await liveRealm(keycloak, realmName);
      // Nashorn compiles a script while it runs for the first times, which can take longer than a source may.
      for (let left = 20; left > 0; left--) {
        const { body } = await login(realm, 'web', 'ada', []);
        if (payload(body['access_token'])['plan'] === 'gold') return;
      }
    }, 240_000);

    it('with a token, a body, the answer of another source, and for each element', async () => {
      asked.length = 0;
      const { status, body } = await login(realm, 'web', 'ada', []);
      expect(status, JSON.stringify(body)).toBe(200);
      expect(payload(body['access_token'])).toMatchObject({
        tenant: 'acme',
        plan: 'gold',
        team_roles: ['lead of größe "✓"', 'lead of payments'],
      });
      const basic = Buffer.from(`policy:${encodeURIComponent(clientSecret)}`).toString('base64');
      expect(asked[0]).toEqual({
        line: 'POST /token',
        authorization: `Basic ${basic}`,
        body: 'grant_type=client_credentials&scope=users.read',
      });
      expect(asked[1]).toMatchObject({ line: 'POST /graphql', authorization: 'Bearer token-1' });
      expect(JSON.parse(asked[1]?.body ?? '')).toEqual({
        query: 'query($id: ID!) { user(id: $id) { org } }',
        variables: { id: 'lookups-ada', words: ['größe "✓"', 'payments'] },
      });
      expect(asked.slice(2).map(({ line }) => line)).toEqual(
        expect.arrayContaining([
          'GET /orgs/acme',
          'GET /teams/payments/lookups-ada',
          `GET /teams/${encodeURIComponent('größe "✓"')}/lookups-ada`,
        ]),
      );
    });

    it('and a value from an answer stays one step of an address', async () => {
      asked.length = 0;
      const { status, body } = await login(realm, 'web', 'outsider', []);
      expect(status, JSON.stringify(body)).toBe(200);
      expect(payload(body['access_token'])).toMatchObject({ tenant: 'gone/../acme', plan: 'none' });
      expect(asked.map(({ line }) => line)).toContain('GET /orgs/gone%2F..%2Facme');
    });

    it('and a POST without an answer in its time denies what rests on it', async () => {
      asked.length = 0;
      const { status, body } = await login(realm, 'web', 'slow', []);
      expect(status, JSON.stringify(body)).toBe(200);
      const claims = payload(body['access_token']);
      expect(claims).not.toHaveProperty('tenant');
      expect(claims).not.toHaveProperty('plan');
      expect(Number(claims['exp'])).toBeLessThan(Number(claims['iat']));
      expect(asked.map(({ line }) => line)).toContain('POST /graphql');
      // What rests on the answer was not asked.
      expect(asked.filter(({ line }) => line.startsWith('GET /orgs'))).toEqual([]);
    });

    it('and errors in an answer deny what rests on it', async () => {
      const { body } = await login(realm, 'web', 'nobody', []);
      const claims = payload(body['access_token']);
      expect(claims).not.toHaveProperty('tenant');
      expect(Number(claims['exp'])).toBeLessThan(Number(claims['iat']));
    });
  });
}
