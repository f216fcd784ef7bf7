/*
 * Sources that are asked one after another, with an access token and with POST, by the built Action, by the server of
 * Okta's hook and by the function of Cognito. Tokens come from an OAuth server that others wrote, and the sources check them.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auth0 } from '@claimsmith/auth0';
import { cognito } from '@claimsmith/cognito';
import { type Compilation, createPolicy, type Issuer, isError } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { type Clock, loadInSandbox, type World } from '@claimsmith/host-js';
import { okta } from '@claimsmith/okta';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { simulatedApi } from '../packages/auth0/src/simulator/api.ts';
import { functionOf } from '../packages/cognito/test/function.ts';
import {
  bundleInto,
  callHook,
  claimsOf,
  connections,
  removeFolder,
  startHookProcess,
} from './hook-faults/hook-process.ts';
import { at, awsAt, startProxy } from './publishing/cognito.ts';
import { serverForTests } from './servers/for-tests.ts';
import { startMinistack } from './servers/ministack.ts';
import { type StandIn, type StandInRequest, startStandIn } from './stand-ins/server.ts';

/** The spec of one policy for all; the addresses are those of the token endpoint and of the sources. */
const specOf = (login: string, sources: string) => `
version: 1
name: chain
lifetime: { access: 10m }
sources:
  profile:
    http:
      url: ${sources}/users/{user.id}
      auth: { oauth2: { tokenUrl: "${login}/oauth2/token", clientId: "\${LOGIN_ID}", clientSecret: "\${LOGIN_SECRET}", scope: users/read } }
    returns: { org: string }
    timeout: 500ms
  entitlements:
    http:
      url: ${sources}/entitlements
      method: POST
      body: { org: profile.org, user: user.id, limit: 3, fixed: '"gold"' }
    returns: { plan: string }
    timeout: 500ms
  directory:
    http:
      url: ${sources}/graphql
      method: POST
      body: { query: '"query($org: ID!) { org(id: $org) { seats } }"', variables: { org: profile.org } }
    returns: { data: { org: { seats: int } } }
    timeout: 500ms
claims:
  tenant: { value: profile.org, kind: authoritative }
  plan: { value: entitlements.plan, kind: descriptive, onMissing: { default: none } }
  seats: { value: directory.data.org.seats, kind: authoritative }
issuers:
  auth0: { audiences: ["https://shop.acme.example/"] }
  okta: { authorizationServer: default, audience: "api://shop", guard: [sentinel] }
  cognito: { clients: all }
`;

const org = 'acme/größe "✓"';
const whole = { tenant: org, plan: 'gold', seats: 7 };

/** One issuer at work: each log-in is one issuance for the same user. */
interface Host {
  /** The claims of the access token; undefined if there is none. */
  logIn(): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** All that it has written. */
  log(): string;
  stop?(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

async function built(issuer: Issuer, spec: string): Promise<Compilation> {
  const settings = { auth0: auth0.settings, okta: okta.settings, cognito: cognito.settings };
  const { spec: read, source } = readSpec({ file: 'enrichment.yaml', text: spec }, settings);
  const policy = read && createPolicy(read, source).at(issuer.id).policy;
  if (policy === undefined) throw new Error('not a policy');
  const compilation = await issuer.compile(policy);
  expect(compilation.findings.filter(isError)).toEqual([]);
  return compilation;
}

function contentOf({ artifacts }: Compilation, path: string): string {
  const content = artifacts.find((artifact) => artifact.path === path)?.content;
  if (content === undefined) throw new Error(`no ${path}`);
  return content;
}

const realClock: Clock = {
  now: Date.now,
  setTimeout: (callback, ms, ...args) => setTimeout(callback, Number(ms), ...args),
  setInterval: (callback, ms, ...args) => setInterval(callback, Number(ms), ...args),
  clear: (timer) => clearTimeout(Number(timer)),
};

/** An instance of Auth0 that keeps the Action loaded. */
async function actionAt(spec: string, secrets: Settings): Promise<Host> {
  const lines: unknown[][] = [];
  const write = (...values: unknown[]) => void lines.push(values);
  const world: World = { clock: realClock, fetch: (url, init) => fetch(String(url), Object(init)), write };
  const action = loadInSandbox(contentOf(await built(auth0, spec), 'post-login.js'), 'post-login.js', world);
  const event = {
    user: { user_id: 'user-1' },
    client: { client_id: 'web' },
    request: { query: {}, body: {} },
    resource_server: { identifier: 'https://shop.acme.example/' },
    transaction: { protocol: 'oidc-basic-profile', requested_scopes: ['openid'] },
  };
  return {
    log: () => JSON.stringify(lines),
    async logIn() {
      const { api, recorded } = simulatedApi('post-login', event, new Map(), realClock.now);
      await action.run('onExecutePostLogin', JSON.stringify({ ...event, secrets, configuration: {} }), api);
      if (recorded.denied === undefined)
        return Object.fromEntries([...recorded.access].map(([name, text]) => [name, JSON.parse(text)]));
      expect(recorded.denied.description).toBe('enrichment_unavailable');
      return undefined;
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-chain-'));
afterAll(() => removeFolder(folder));

/** The hook's server as a process of its own, from its bundle. */
async function hookAt(spec: string, settings: Settings): Promise<Host> {
  const policyFile = join(folder, 'policy.mjs');
  const auditFile = join(folder, 'audit.jsonl');
  writeFileSync(policyFile, contentOf(await built(okta, spec), 'policy.mjs'));
  const environment = { CLAIMSMITH_SETTINGS: Object.keys(settings).join(), ...settings };
  const hook = await startHookProcess({ main: bundleInto(folder), policyFile, auditFile, environment });
  const agent = connections(1);
  return {
    log: () => hook.output() + readFileSync(auditFile, 'utf8'),
    async logIn() {
      const answer = await callHook(hook.port, agent);
      const claims = claimsOf(answer);
      if (claims === undefined)
        expect(JSON.parse(answer.text)).toEqual({ error: { errorSummary: 'enrichment_unavailable' } });
      return claims;
    },
    async stop() {
      agent.destroy();
      await hook.stop();
    },
  };
}

/** The function in this process, whose environment has its settings. */
async function functionAt(spec: string, settings: Settings): Promise<Host> {
  const lines: unknown[][] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(values));
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { handler } = await functionOf(await built(cognito, spec));
  const event = {
    version: '3',
    triggerSource: 'TokenGeneration_Authentication',
    userName: 'ada',
    callerContext: { clientId: 'web' },
    request: { userAttributes: { sub: 'user-1' }, groupConfiguration: {}, scopes: ['openid'] },
  };
  return {
    log: () => JSON.stringify(lines),
    async logIn() {
      try {
        const { response } = await handler(event);
        return response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride;
      } catch (thrown) {
        expect(String(thrown)).toBe('Error: enrichment_unavailable');
        return undefined;
      }
    },
  };
}

const server = await serverForTests(startMinistack);

/** A client of an OAuth server, and what stands in front of that to count and to make faults. */
async function login(endpoint: string) {
  const aws = awsAt(endpoint);
  const UserPoolId = at(await aws.pools('CreateUserPool', { PoolName: 'sources' }), 'UserPool', 'Id');
  const Scopes = [{ ScopeName: 'read', ScopeDescription: 'read' }];
  await aws.pools('CreateResourceServer', { UserPoolId, Identifier: 'users', Name: 'users', Scopes });
  const client = await aws.pools('CreateUserPoolClient', {
    UserPoolId,
    ClientName: 'chain',
    GenerateSecret: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['users/read'],
  });
  const keys = createRemoteJWKSet(new URL(`${endpoint}/${UserPoolId}/.well-known/jwks.json`));
  return {
    keys,
    proxy: await startProxy(endpoint),
    id: at(client, 'UserPoolClient', 'ClientId'),
    secret: at(client, 'UserPoolClient', 'ClientSecret'),
  };
}

/** The sources. Tokens in `expired` are refused, as are those that the OAuth server has not signed. */
async function startSources(keys: ReturnType<typeof createRemoteJWKSet>) {
  const expired = new Set<string>();
  const seen = new Set<string>();
  const standIn = await startStandIn(async ({ method, path, headers }: StandInRequest) => {
    if (method === 'GET' && path === '/users/user-1') {
      const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
      const verified = await jwtVerify(token, keys).catch(() => undefined);
      seen.add(token);
      if (verified?.payload['scope'] !== 'users/read' || expired.has(token)) return { status: 401 };
      return { status: 200, body: { org } };
    }
    if (method === 'POST' && path === '/entitlements') return { status: 200, body: { plan: 'gold' } };
    if (method === 'POST' && path === '/graphql')
      return { status: 200, body: { data: { org: { seats: 7 } } } };
    return { status: 404 };
  });
  return {
    standIn,
    expire() {
      for (const token of seen) expired.add(token);
    },
    tokens: () => [...seen],
  };
}

/** Lets every request fail so, or those to one path. */
function failing(standIn: StandIn, fault: ReturnType<NonNullable<StandIn['fault']>>, path?: string) {
  standIn.fault = (request) => (path === undefined || request.path === path ? fault : undefined);
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.skipIf(server === undefined)('sources one after another, with real tokens', () => {
  test.each([
    ['an Action', actionAt],
    ['the server of a hook', hookAt],
    ['a function', functionAt],
  ])('asked by %s', async (_, start) => {
    if (server === undefined) return;
    const oauth = await login(server.endpoint);
    const sources = await startSources(oauth.keys);
    const spec = specOf(oauth.proxy.url, sources.standIn.url);
    const host = await start(spec, { LOGIN_ID: oauth.id, LOGIN_SECRET: oauth.secret });
    onTestFinished(async () => {
      await host.stop?.();
      await sources.standIn.close();
      await oauth.proxy.close();
    });
    const tokens = () => oauth.proxy.requests.length;

    // One token serves two logins, and what is asked rests on the answer before it.
    expect(await host.logIn(), host.log()).toMatchObject(whole);
    expect(await host.logIn()).toMatchObject(whole);
    expect(tokens()).toBe(1);
    expect(oauth.proxy.requests[0]).toMatchObject({
      method: 'POST',
      path: '/oauth2/token',
      body: { grant_type: 'client_credentials', scope: 'users/read' },
    });
    const asked = sources.standIn.requests.map(({ method, path, body }) => ({ method, path, body }));
    expect(asked).toHaveLength(6);
    expect(asked[0]).toMatchObject({ method: 'GET', path: '/users/user-1' });
    expect(asked).toContainEqual({
      ...{ method: 'POST', path: '/entitlements' },
      body: { org, user: 'user-1', limit: 3, fixed: 'gold' },
    });
    expect(asked).toContainEqual({
      ...{ method: 'POST', path: '/graphql' },
      body: { query: 'query($org: ID!) { org(id: $org) { seats } }', variables: { org } },
    });

    // An expired token is replaced once.
    sources.expire();
    expect(await host.logIn()).toMatchObject(whole);
    expect(tokens()).toBe(2);

    // Without another token there is none for the user either.
    for (const fault of ['reset', 'hang', { status: 503 }, { status: 401, body: { error: 'x' } }] as const) {
      sources.expire();
      failing(oauth.proxy, fault);
      expect(await host.logIn(), JSON.stringify(fault)).toBeUndefined();
      oauth.proxy.fault = undefined;
      expect(await host.logIn(), JSON.stringify(fault)).toMatchObject(whole);
    }

    // If a later answer cannot be read, `onMissing` of the claim decides.
    const later = [
      ['/entitlements', { status: 200, text: '{"plan":' }, { ...whole, plan: 'none' }],
      ['/entitlements', { status: 200, body: { plan: 7 } }, { ...whole, plan: 'none' }],
      ['/entitlements', 'hang', { ...whole, plan: 'none' }],
      ['/graphql', { status: 200, text: '<html>' }, undefined],
      ['/graphql', { status: 200, body: { data: { org: { seats: 7 } }, errors: [{}] } }, undefined],
    ] as const;
    for (const [path, fault, expected] of later) {
      failing(sources.standIn, fault, path);
      const claims = await host.logIn();
      if (expected === undefined) expect(claims, JSON.stringify(fault)).toBeUndefined();
      else expect(claims, JSON.stringify(fault)).toMatchObject(expected);
    }
    for (const secret of [oauth.secret, ...sources.tokens()]) expect(host.log()).not.toContain(secret);
    expect(host.log()).toContain('enrichment_unavailable');
  });
});
