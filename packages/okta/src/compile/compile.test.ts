import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createPolicy, type Policy, type Surroundings } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { policyOf } from '../../test/policies.ts';
import { type Manifest, manifest, type NativeClaim, okta } from '../index.ts';
import { loadHookFile } from './hook-file.ts';

type Files = ReadonlyMap<string, string>;

async function built(text: string): Promise<Files> {
  const { artifacts, findings } = await okta.compile(policyOf(text));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return new Map(artifacts.map(({ path, content }) => [path, content]));
}

function manifestOf(files: Files): Manifest {
  return manifest.parse(JSON.parse(files.get('manifest.json') ?? ''));
}

function nativeOf(files: Files): readonly NativeClaim[] {
  return JSON.parse(files.get('native-claims.json') ?? '');
}

/** `access name: value` of each native claim. */
function listed(files: Files): readonly string[] {
  return nativeOf(files).map(
    ({ name, claimType, value, conditions }) =>
      `${claimType === 'IDENTITY' ? 'id' : 'access'} ${name}: ${value}${conditions.scopes.map((scope) => ` (${scope})`).join('')}`,
  );
}

function policyIn(files: Files) {
  return loadHookFile(files.get('policy.mjs') ?? '');
}

const native = `
user: { attributes: { country: string } }
claims:
  tier: { const: gold, kind: descriptive }
  client: { value: client.id, kind: authoritative }
  country:
    value: user.attributes.country
    when: '"profile" in request.scopes && subject_type == "human"'
    tokens: [access, id]
    onMissing: { default: none }
    kind: descriptive
`;
const hooked = `
lifetime: { access: 10m }
user: { attributes: { country: string, accounts: list(string) } }
sources:
  plans:
    http: { url: "https://plans.acme.example/{user.id}", headers: { authorization: "Bearer \${PLANS_TOKEN}" } }
    returns: { plan: string }
  directory:
    sql: { connection: "\${DIRECTORY_URL}", query: "select role from r where id = :id", params: { id: user.id } }
    returns: { role: string }
  risk:
    http: { url: "https://risk.acme.example/{user.id}", headers: { authorization: "Bearer \${RISK_TOKEN}" } }
    returns: { score: double }
claims:
  plan: { value: plans.plan, kind: authoritative, when: subject_type == "human" }
  role: { value: directory.role, kind: authoritative, when: subject_type == "human" }
  accounts: { value: user.attributes.accounts, kind: authoritative, when: subject_type == "human" }
  country: { value: user.attributes.country, kind: descriptive, tokens: [id], when: subject_type == "human" }
  groups: { value: user.groups, kind: descriptive, as: { okta: teams }, when: subject_type == "human" }
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount < risk.score }
`;

/** The policy keeps authority from delegated tokens, which Okta cannot tell from others. */
const noExchange = { withoutGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'] };

describe('a policy that Okta decides alone', () => {
  test('becomes native claims, and no hook', async () => {
    const files = await built(native);
    expect([...files.keys()]).toEqual(['native-claims.json', 'manifest.json']);
    const country = 'user != null ? (user.country != null ? user.country : "none") : null';
    expect(listed(files)).toEqual([
      'access tier: "gold"',
      'access client: app.clientId',
      `access country: ${country} (profile)`,
      `id country: ${country} (profile)`,
      `access policy: "test@${policyOf(native).revision}"`,
    ]);
    const { hook, rules, guard, schemas } = manifestOf(files);
    expect({ hook, rules, guard }).toEqual({ hook: undefined, rules: noExchange, guard: [] });
    expect(schemas).toEqual({ user: [{ name: 'country', type: 'string' }], appUser: [], app: [] });
  });

  test('is not guarded, where the spec asks for it all the same', async () => {
    const files = await built(
      `${native}issuers: { okta: { audience: api, guard: [sentinel, quarantine, short_life] } }`,
    );
    expect(listed(files)).toContain(
      `access policy: "test@${policyOf(`${native}issuers: { okta: { audience: api, guard: [sentinel, quarantine, short_life] } }`).revision}"`,
    );
    expect(manifestOf(files)).toMatchObject({
      authorizationServer: { audience: 'api' },
      rules: {},
      guard: [],
    });
  });

  test.each([
    ['10m', 10],
    ['1d', 1440],
  ])('has the lifetime of a rule: %s', async (lifetime, minutes) => {
    const files = await built(`lifetime: { access: ${lifetime} }\n${native}`);
    expect(manifestOf(files).rules).toEqual({ accessTokenLifetimeMinutes: minutes, ...noExchange });
  });

  test('needs a hook for a lifetime that no rule can say', async () => {
    const files = await built(`lifetime: { access: 630s }\n${native}`);
    const { program } = policyIn(files);
    expect(program.decide(program.context({}), {})).toMatchObject({
      lifetimeSeconds: 630,
      access: {},
    });
    expect(manifestOf(files).rules).toEqual({
      inlineHook: 'claimsmith-test',
      accessTokenLifetimeMinutes: 11,
      ...noExchange,
    });
  });

  test('is for rules that exchange no tokens, unless the spec says that they do', async () => {
    const open = native.replaceAll('kind: authoritative', 'kind: authoritative, delegated: true');
    expect(manifestOf(await built(open)).rules).toEqual({});
    const exchanging = `${open}issuers: { okta: { exchange: true } }`;
    expect(manifestOf(await built(exchanging)).rules).toEqual({});
  });
});

describe('what the hook decides', () => {
  const spec = (settings: string) => `${hooked}issuers: { okta: { ${settings} } }`;

  test('is a module that imports nothing, and knows only what it needs', async () => {
    const files = await built(spec('guard: [sentinel]'));
    const content = files.get('policy.mjs') ?? '';
    expect(content).not.toMatch(/^\s*import\b|\bimport\(|require\(|node_modules|packages\//m);
    const { program, sources, settings, feeders, guard, deadlineMs, claims } = policyIn(files);
    expect(program).toMatchObject({ name: 'test', revision: policyOf(spec('guard: [sentinel]')).revision });
    expect(Object.keys(sources)).toEqual(['plans', 'directory', 'risk']);
    expect(settings).toEqual(['DIRECTORY_URL', 'PLANS_TOKEN', 'RISK_TOKEN']);
    expect(sources['directory']).toMatchObject({
      kind: 'sql',
      query: ['select role from r where id = ', ''],
      bound: ['id'],
    });
    expect(sources['plans']).toMatchObject({ kind: 'http', private: false, timeoutMs: 1_000, retries: 0 });
    expect(feeders?.items.map(({ field, kind }) => `${field} ${kind}`)).toEqual([
      'user.attributes.accounts list',
      'user.groups groups',
    ]);
    expect(guard).toMatchObject({ quarantine: undefined, shortLifeSeconds: undefined });
    expect(deadlineMs).toBe(2_000);
    expect(claims).toEqual({ access: ['plan', 'role', 'accounts', 'teams'], id: [] });
  });

  test('is fed in both tokens, by claims whose names change with what they say', async () => {
    const files = await built(spec('guard: [sentinel]'));
    const { proof, items = [] } = policyIn(files).feeders ?? {};
    const names = items.map(({ claim }) => claim);
    expect(names.join(' ')).toMatch(/^cs_accounts_[0-9a-f]{6} cs_groups_[0-9a-f]{6}$/);
    expect(proof).toMatch(/^cs_feeders_[0-9a-f]{6}$/);
    expect(listed(files)).toEqual([
      'id country: user != null ? user.country : null',
      'access policy: "unenriched"',
      ...['access', 'id'].flatMap((token) => [
        `${token} ${names[0]}: user != null AND user.accounts != null ? Arrays.flatten("", user.accounts) : null`,
        `${token} ${names[1]}: [\\s\\S]*`,
        `${token} ${proof}: true`,
      ]),
    ]);
    const narrowed = await built(spec('guard: [sentinel], groups: "pay:.*"'));
    const fed = policyIn(narrowed).feeders;
    const [accounts, groups] = fed?.items ?? [];
    expect(accounts?.claim).toBe(names[0]);
    expect(groups?.claim).not.toBe(names[1]);
    expect(fed?.proof).not.toBe(proof);
  });

  test('is fed what the settings supply, even in place of what Okta tells itself', async () => {
    const files = await built(`
user: { attributes: { land: string } }
claims:
  a: { value: user.username, kind: authoritative, when: subject_type == "human" }
  b: { value: user.attributes.land, kind: authoritative, when: subject_type == "human" }
  c: { value: 'user.roles', kind: authoritative, when: subject_type == "human" }
  d: { value: client.name, kind: authoritative }
issuers:
  okta:
    guard: [sentinel]
    rolesIn: jobs
    supply: { user.username: [appuser.userName, user.login], user.attributes.land: user.countryCode, client.name: app.profile.title }`);
    expect(
      listed(files)
        .filter((line) => line.startsWith('access cs_'))
        .map((line) => line.replace(/_[0-9a-f]{6}:/, ':'))
        .slice(0, -1),
    ).toEqual([
      'access cs_client_name: app.profile != null ? app.profile.title : null',
      'access cs_land: user != null ? user.countryCode : null',
      'access cs_roles: user != null AND user.jobs != null ? Arrays.flatten("", user.jobs) : null',
      'access cs_username: appuser != null AND appuser.userName != null ? appuser.userName : user != null ? user.login : null',
    ]);
    expect(manifestOf(files).schemas).toEqual({
      user: [
        { name: 'countryCode', type: 'string', authority: true },
        { name: 'jobs', type: 'array', items: 'string', authority: true },
        { name: 'login', type: 'string', authority: true },
      ],
      appUser: [{ name: 'userName', type: 'string', authority: true }],
      app: ['title'],
    });
  });

  test('is fed by claims of different names, whatever fields are called', async () => {
    const files = await built(`
user: { attributes: { email: string } }
claims:
  a: { value: user.email, kind: authoritative, when: subject_type == "human" }
  b: { value: user.attributes.email, kind: authoritative, when: subject_type == "human" }
issuers: { okta: { guard: [sentinel] } }`);
    const names = policyIn(files).feeders?.items.map(({ claim }) => claim) ?? [];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^cs_email_[0-9a-f]{6}$/);
  });

  test('proves that it is fed by no feeder of that name', async () => {
    const files = await built(`
user: { attributes: { feeders: bool } }
claims:
  a: { value: user.attributes.feeders, kind: authoritative, when: subject_type == "human" }
issuers: { okta: { guard: [sentinel] } }`);
    const { proof, items = [] } = policyIn(files).feeders ?? {};
    expect(items.map(({ claim }) => claim)).not.toContain(proof);
    expect(items).toHaveLength(1);
  });

  test('is told which columns of a database are true or false', async () => {
    const files = await built(`
sources:
  one:
    sql: { connection: "\${A}", query: "select a, b from r where id = :id", params: { id: client.id } }
    returns: { a: bool, b: string, c: bool }
  many:
    sql: { connection: "\${A}", query: "select d, e from r where id = :id", params: { id: client.id }, rows: many }
    returns: { d: string, e: bool }
  none:
    sql: { connection: "\${A}", query: "select f from r where id = :id", params: { id: client.id } }
    returns: { f: string }
claims:
  a: { value: one.a, kind: authoritative }
  e: { value: 'many.rows.exists(row, row.e)', kind: authoritative }
  f: { value: none.f, kind: authoritative }
issuers: { okta: { guard: [sentinel] } }`);
    const { sources } = policyIn(files);
    expect(sources['one']).toMatchObject({ booleans: ['a', 'c'] });
    expect(sources['many']).toMatchObject({ booleans: ['e'] });
    expect(sources['none']).not.toHaveProperty('booleans');
  });

  test('answers with names as they are at Okta', async () => {
    const { program } = policyIn(await built(spec('guard: [sentinel]')));
    const user = { id: 'u', groups: ['a'], attributes: { accounts: [] } };
    const answers = {
      plans: { value: { plan: 'gold' }, ageSeconds: 0 },
      directory: { value: { role: 'admin' }, ageSeconds: 0 },
    };
    expect(program.decide(program.context({ subject_type: 'human', user }), answers)).toMatchObject({
      denied: undefined,
      access: { plan: 'gold', role: 'admin', accounts: [], teams: ['a'] },
      id: {},
      lifetimeSeconds: 600,
    });
  });

  test('has what it reads: a claim that Okta could make is the work of the hook, too', async () => {
    const files = await built(`
claims:
  a: { value: client.id, kind: authoritative }
  b: { value: claims.a, kind: authoritative }
  c: { value: 'claims.b + session.id', kind: authoritative, when: subject_type == "human" }
  d: { value: claims.a, kind: authoritative }
  e: { value: client.id, kind: authoritative }
scopes:
  read: { grant: claims.e == "x" }
issuers: { okta: { guard: [sentinel] } }`);
    expect(policyIn(files).claims.access).toEqual(['a', 'b', 'c', 'e']);
    expect(listed(files)).toEqual(['access d: app.clientId', 'access policy: "unenriched"']);
  });

  test('is registered with a header, or with OAuth', async () => {
    const header = manifestOf(
      await built(spec('guard: [sentinel], hook: { url: https://hook.acme.example/token }')),
    );
    expect(header.hook?.registration).toEqual({
      name: 'claimsmith-test',
      type: 'com.okta.oauth2.tokens.transform',
      version: '1.0.0',
      channel: {
        type: 'HTTP',
        version: '1.0.0',
        config: {
          uri: 'https://hook.acme.example/token',
          method: 'POST',
          headers: [],
          authScheme: { type: 'HEADER', key: 'authorization' },
        },
      },
    });
    expect(header.hook?.secrets).toEqual(['config.authScheme.value']);
    const oauth = manifestOf(
      await built(spec('guard: [sentinel], hook: { auth: oauth, authorizationServer: other }')),
    );
    expect(oauth.hook).toMatchObject({
      registration: { channel: { type: 'OAUTH', config: { authType: 'client_secret_post' } } },
      tokenFrom: 'other',
      deadlineMs: 1_500,
    });
  });

  test('may come in no ID token, which its rules then have to see to', async () => {
    expect(manifestOf(await built(spec('guard: [sentinel]'))).rules).not.toHaveProperty('withoutScopes');
    const files = await built(
      `${native.replace('[access, id]', '[access]')}issuers: { okta: { idTokens: false } }`,
    );
    expect(manifestOf(files).rules).toEqual({ withoutScopes: ['openid'], ...noExchange });
  });

  test.each([
    ['sentinel', 'api', { sentinel: { claim: 'policy', value: 'unenriched' } }, 10, '"unenriched"'],
    [
      'quarantine',
      'urn:claimsmith:unenriched',
      { quarantine: { from: 'urn:claimsmith:unenriched', to: 'api' } },
      10,
      undefined,
    ],
    ['short_life', 'api', { shortLifeSeconds: 300 }, 5, undefined],
  ])('is guarded by %s', async (guard, nativeAudience, expected, minutes, marker) => {
    const files = await built(spec(`audience: api, guard: [${guard}]`));
    const { authorizationServer, rules } = manifestOf(files);
    expect(authorizationServer.audience).toBe(nativeAudience);
    expect(policyIn(files).guard).toEqual(expected);
    expect(rules).toEqual({
      inlineHook: 'claimsmith-test',
      accessTokenLifetimeMinutes: minutes,
      ...noExchange,
    });
    expect(nativeOf(files).find(({ name }) => name === 'policy')?.value).toBe(marker);
    const { absent } = manifestOf(files).nativeClaims;
    const hooks = ['plan', 'role', 'accounts', 'teams'];
    expect(absent).toEqual({ access: marker === undefined ? [...hooks, 'policy'] : hooks, id: [] });
  });
});

describe('a compilation', () => {
  test('gives the same bytes each time, and says their digests', async () => {
    const text = `${hooked}issuers: { okta: { guard: [sentinel] } }`;
    const files = await built(text);
    expect(await built(text)).toEqual(files);
    const { hook, nativeClaims } = manifestOf(files);
    for (const artifact of [hook, nativeClaims]) {
      const content = files.get(artifact?.file ?? '') ?? '';
      expect(artifact?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
    for (const content of files.values()) expect(content).not.toMatch(/PLANS_TOKEN=|node_modules/);
  });

  test('gives nothing where something is wrong', async () => {
    const { artifacts, findings } = await okta.compile(
      policyOf('claims: { a: { value: org.id, kind: authoritative } }'),
    );
    expect(artifacts).toEqual([]);
    expect(findings.map(({ severity }) => severity)).toContain('error');
  });
});

function exampleOf(name: string): Policy {
  const file = new URL(`../../../../examples/${name}/enrichment.yaml`, import.meta.url);
  const { spec, source } = readSpec(
    { file: 'enrichment.yaml', text: readFileSync(file, 'utf8') },
    {
      okta: okta.settings,
      auth0: z.looseObject({}),
      keycloak: z.looseObject({}),
      cognito: z.looseObject({}),
    },
  );
  const policy = spec && createPolicy(spec, source).policy;
  if (policy === undefined) throw new Error('not a policy');
  return policy;
}

test('the request that the quickstart shows is one for its spec', async () => {
  const file = new URL('../../../../examples/quickstart/okta-request.json', import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const compilation = await okta.compile(exampleOf('quickstart'));
  const surroundings: Surroundings = {
    fetch: () => Promise.reject(new TypeError('fetch failed')),
    answer: () => ({ fails: 'network' }),
    secrets: {},
    nowSeconds: Date.parse(event.eventTime) / 1000,
  };
  const { access, denied } = await okta.simulator.simulate(
    compilation,
    { trigger: 'token-hook', event },
    surroundings,
  );
  expect(denied).toBeUndefined();
  expect(access).toMatchObject({ 'https://acme.example/roles': ['shop:clerk'], plan: 'gold' });
  expect(Object.keys(access).join()).not.toContain('cs_');
});

test('the payments example becomes what a person can read', async () => {
  const policy = exampleOf('payments');
  const { artifacts } = await okta.compile(policy);
  const lasting = (text: string) =>
    text.replaceAll(policy.revision, '<revision>').replace(/"[0-9a-f]{64}"/g, '"<sha256>"');
  for (const { path, content } of artifacts) {
    // The program is the generator's own, and tested there.
    const text =
      path === 'policy.mjs'
        ? content.slice(content.indexOf('const program'), content.indexOf('// The policy.'))
        : content;
    await expect(lasting(text)).toMatchFileSnapshot(`../../test/golden/payments/${path}`);
  }
});
