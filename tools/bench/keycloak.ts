/**
 * What enrichment costs at a real Keycloak: tokens per second with a compiled realm, with mappers that a careful
 * administrator would make by hand for the same claims, and with none; and with the payments example as a policy
 * script. All are clients of one realm, taking turns, so that a slow moment of the machine hits all alike.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createPolicy, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { keycloak } from '@claimsmith/keycloak';
import { adminOf } from '../keycloak/admin.ts';
import { type Keycloak, startKeycloak } from '../keycloak/server.ts';

export interface KeycloakBench {
  readonly rows: readonly KeycloakRow[];
  /** Tokens per second of the compiled realm to those of hand-made mappers, the median over all rounds. */
  readonly ratio: number;
  /** What `ratio` shall not fall below. */
  readonly boundRatio: number;
  /** What the policy script adds to a token, in milliseconds, its source included, which answers at once. */
  readonly scriptMs: number;
  /** Of the claims in examples/, those that mappers make by themselves where scripts are allowed. */
  readonly native: { readonly claims: number; readonly of: number };
}

export interface KeycloakRow {
  readonly name: string;
  /** Medians over all rounds. */
  readonly tokensPerSecond: number;
  readonly msPerToken: number;
}

export type KeycloakBenchResult =
  | ({ readonly ok: true } & KeycloakBench)
  | { readonly ok: false; readonly reason: string };

const realm = 'claimsmith-bench';
const audience = 'https://payments.acme.example/';
const user = { username: 'ada', password: 'password' };
const secret = 'secret';
const variants = ['none', 'hand', 'built', 'script'] as const;
type Variant = (typeof variants)[number];
const titles: Readonly<Record<Variant, string>> = {
  none: 'no enrichment',
  hand: 'mappers made by hand',
  built: 'the same, compiled',
  script: 'examples/payments as a script',
};

/** Claims of every kind that mappers make. */
const nativeSpec = {
  version: 1,
  name: 'bench',
  user: {
    attributes: { plan: 'string', limit: 'int', ratio: 'double', trusted: 'bool', accounts: 'list(string)' },
  },
  claims: {
    plan: { value: 'user.attributes.plan', kind: 'descriptive' },
    limit: { value: 'user.attributes.limit', kind: 'descriptive' },
    ratio: { value: 'user.attributes.ratio', kind: 'descriptive' },
    trusted: { value: 'user.attributes.trusted', kind: 'descriptive' },
    accounts: { value: 'user.attributes.accounts', kind: 'descriptive' },
    login: { value: 'user.username', kind: 'descriptive' },
    roles: { value: 'user.roles', kind: 'descriptive' },
    groups: { value: 'user.groups', kind: 'descriptive' },
    'https://acme.example/tenant': { const: 'acme', kind: 'descriptive' },
    approver: { const: true, when: '"approver" in user.roles', kind: 'descriptive' },
  },
  issuers: { keycloak: { realm, audience, clients: ['built'] } },
};

/** Takes about two minutes; the server of its own included. */
export async function benchKeycloak(): Promise<KeycloakBenchResult> {
  await using source = await serveEntitlements();
  const native = policyOf(JSON.stringify(nativeSpec));
  const payments = policyOf(paymentsSpec(source.origin));
  const files = await keycloak.compile(payments);
  const jar = files.artifacts.find(({ path }) => path.endsWith('.jar'));
  if (jar === undefined) throw new Error(JSON.stringify(files.findings));
  const started = await startKeycloak({
    features: ['scripts'],
    providers: { 'claimsmith-payments.jar': Buffer.from(jar.content, 'base64') },
    env: { ENTITLEMENTS_TOKEN: 'token', CLAIMSMITH_SETTINGS: 'ENTITLEMENTS_TOKEN' },
  });
  if (!started.ok) return started;
  try {
    await importRealm(started.keycloak, native, payments);
    await compareTokens(started.keycloak);
    return { ok: true, ...(await measure(started.keycloak)), native: await nativeShare() };
  } finally {
    await started.keycloak.stop();
  }
}

/** Each order of the variants comes as often as any other: what runs after a heavy one would look slow. */
const orders = permutations(variants);
const rounds = 3 * orders.length;
const warmUpRounds = orders.length;
const tokensPerRound = 6;
const concurrency = 2;

async function measure(server: Keycloak): Promise<Omit<KeycloakBench, 'native'>> {
  const times: Record<Variant, number>[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const taken: Record<Variant, number> = { none: 0, hand: 0, built: 0, script: 0 };
    for (const variant of orders.at(round % orders.length) ?? variants) {
      taken[variant] = await timeMs(server, variant);
    }
    if (round >= 0) times.push(taken);
  }
  const perToken = (variant: Variant) => median(times.map((taken) => taken[variant])) / tokensPerRound;
  return {
    rows: variants.map((variant) => ({
      name: titles[variant],
      msPerToken: perToken(variant),
      tokensPerSecond: 1000 / perToken(variant),
    })),
    ratio: median(times.map(({ hand, built }) => hand / built)),
    boundRatio: 0.97,
    scriptMs: median(times.map(({ none, script }) => script - none)) / tokensPerRound,
  };
}

/** The time that a round's tokens take. */
async function timeMs(server: Keycloak, variant: Variant): Promise<number> {
  const started = performance.now();
  const share = Array.from({ length: concurrency }, async () => {
    for (let token = 0; token < tokensPerRound / concurrency; token++) await tokenOf(server, variant);
  });
  await Promise.all(share);
  return performance.now() - started;
}

async function tokenOf({ url }: Keycloak, variant: Variant): Promise<string> {
  const response = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: variant, client_secret: secret, ...user }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer)
    return String(answer.access_token);
  throw new Error(`No token for ${variant}: ${response.status}`);
}

/** Throws unless the compiled realm signs what the hand-made mappers do, and the script enriches. */
async function compareTokens(server: Keycloak): Promise<void> {
  const claims = async (variant: Variant) => {
    const [, payload = ''] = (await tokenOf(server, variant)).split('.');
    return new Map<string, unknown>(Object.entries(JSON.parse(Buffer.from(payload, 'base64url').toString())));
  };
  const [hand, built, script] = [await claims('hand'), await claims('built'), await claims('script')];
  for (const name of [...Object.keys(nativeSpec.claims), 'policy', 'aud']) {
    const [one, other] = [canonical(hand.get(name)), canonical(built.get(name))];
    if (one === undefined || one !== other) throw new Error(`${name} differs: ${one}, ${other}`);
  }
  if (script.get('plan') !== 'gold' || !canonical(script.get('aud'))?.includes(audience)) {
    throw new Error('The script does not enrich.');
  }
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}

interface RealmFile {
  readonly clientScopes: readonly { readonly name: string }[];
  readonly [key: string]: unknown;
}

async function importRealm(server: Keycloak, native: Policy, payments: Policy): Promise<void> {
  const ours = await builtOf(native);
  const scripted = await builtOf(payments);
  const base = ours.realm.clientScopes.filter(
    ({ name }) => !ours.scopes.some((scope) => scope.name === name),
  );
  const hand = handMadeScopes(native);
  const baseNames = ['profile', 'email', 'roles', 'web-origins', 'acr', 'basic'];
  const scopesOf: Readonly<Record<Variant, readonly { readonly name: string }[]>> = {
    none: [],
    hand,
    built: ours.scopes,
    script: scripted.scopes.filter(({ name }) => name.startsWith('claimsmith.')),
  };
  const admin = adminOf(server);
  await admin.delete(`/${realm}`).catch(() => undefined);
  await admin.post('', {
    ...ours.realm,
    organizationsEnabled: true,
    // It lets one login of a user at a time, and refuses the others.
    bruteForceProtected: false,
    // The time that a password takes would hide the rest.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    components: undefined,
    roles: { realm: ['approver', 'payments:approver', 'crm:admin'].map((name) => ({ name })) },
    groups: [{ name: 'staff' }, { name: 'emea' }],
    clientScopes: [...base, ...hand, ...ours.scopes, ...scopesOf.script],
    scopeMappings: ['hand-approver', ...permittedOf(ours)].map((clientScope) => ({
      clientScope,
      roles: ['approver'],
    })),
    clients: variants.map((variant) => ({
      clientId: variant,
      enabled: true,
      secret,
      publicClient: false,
      directAccessGrantsEnabled: true,
      defaultClientScopes: [...baseNames, ...scopesOf[variant].map(({ name }) => name)],
      optionalClientScopes: [],
    })),
    users: [
      {
        id: 'ada',
        username: user.username,
        email: 'ada@acme.example',
        emailVerified: true,
        firstName: 'Ada',
        lastName: 'Approver',
        enabled: true,
        realmRoles: ['approver', 'payments:approver', 'crm:admin'],
        groups: ['/staff', '/emea'],
        attributes: {
          ...{ plan: ['gold'], limit: ['5000'], ratio: ['0.5'], trusted: ['true'], accounts: ['a1', 'a2'] },
          ...{ country: ['DE'], approval_limit: ['5000'] },
        },
        credentials: [{ type: 'password', value: user.password }],
      },
    ],
  });
  const organization = await admin.post(`/${realm}/organizations`, {
    name: 'Acme',
    alias: 'acme',
    domains: [{ name: 'acme.example' }],
  });
  await admin.post(`/${realm}/organizations/${organization}/members`, 'ada');
}

interface Built {
  readonly realm: RealmFile;
  readonly scopes: readonly { readonly name: string }[];
  readonly permissions: readonly { readonly clientScope: string }[];
}

function permittedOf({ permissions }: Built): readonly string[] {
  return permissions.map(({ clientScope }) => clientScope);
}

async function builtOf(policy: Policy): Promise<Built> {
  const { artifacts, findings } = await keycloak.compile(policy);
  const read = (name: string) => {
    const artifact = artifacts.find(({ path }) => path === name);
    if (artifact === undefined) throw new Error(JSON.stringify(findings));
    return JSON.parse(artifact.content);
  };
  const { clientScopes, permissions } = read('client-scopes.json');
  return { realm: read('realm.json'), scopes: clientScopes, permissions };
}

/** What an administrator clicks together for the same claims: two client scopes, one of them for approvers. */
function handMadeScopes(policy: Policy) {
  const attribute = (name: string, type: string, multivalued = 'false') =>
    handMade('oidc-usermodel-attribute-mapper', name, {
      'user.attribute': name,
      'jsonType.label': type,
      multivalued,
    });
  const scope = (name: string, protocolMappers: readonly object[]) => ({
    name,
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'false' },
    protocolMappers,
  });
  const constant = (name: string, value: string, type: string) =>
    handMade('oidc-hardcoded-claim-mapper', name, { 'claim.value': value, 'jsonType.label': type });
  return [
    scope('hand', [
      attribute('plan', 'String'),
      attribute('limit', 'long'),
      attribute('ratio', 'JSON'),
      attribute('trusted', 'boolean'),
      attribute('accounts', 'String', 'true'),
      handMade('oidc-usermodel-property-mapper', 'login', {
        'user.attribute': 'username',
        'jsonType.label': 'String',
      }),
      handMade('oidc-usermodel-realm-role-mapper', 'roles', {
        'jsonType.label': 'String',
        multivalued: 'true',
      }),
      handMade('oidc-group-membership-mapper', 'groups', { 'full.path': 'false' }),
      constant('https://acme\\.example/tenant', 'acme', 'String'),
      constant('policy', policy.marker?.value ?? '', 'String'),
      handMade('oidc-audience-mapper', 'audience', { 'included.custom.audience': audience }),
    ]),
    scope('hand-approver', [constant('approver', 'true', 'boolean')]),
  ];
}

function handMade(protocolMapper: string, name: string, config: Readonly<Record<string, string>>) {
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper,
    config: { 'claim.name': name, 'access.token.claim': 'true', 'id.token.claim': 'false', ...config },
  };
}

function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec({ file: 'spec.yaml', text }, { keycloak: keycloak.settings });
  const policy = spec && createPolicy(spec, source).policy;
  if (policy === undefined) throw new Error(JSON.stringify(findings));
  return policy;
}

const example = (name: string) => {
  const path = fileURLToPath(new URL(`../../examples/${name}/enrichment.yaml`, import.meta.url));
  return readFileSync(path, 'utf8')
    .replace(/ as: \{[^}]*\}.*/g, '')
    .replace(
      /^issuers:[\s\S]*$/m,
      `issuers: { keycloak: { realm: ${realm}, scripts: true, audience: "${audience}" } }\n`,
    );
};

function paymentsSpec(origin: string): string {
  return example('payments').replace('https://entitlements.acme.example', origin);
}

/** How many claims of the examples need no script, though one is allowed. */
async function nativeShare(): Promise<KeycloakBench['native']> {
  let claims = 0;
  let of = 0;
  for (const name of ['quickstart', 'payments']) {
    const policy = policyOf(example(name));
    const ways = Object.values(keycloak.model.ways(policy));
    claims += ways.filter(({ via }) => via.includes('mapper')).length;
    of += ways.length;
  }
  return { claims, of };
}

/** Entitlements at once. */
async function serveEntitlements() {
  const body = JSON.stringify({ plan: 'gold', features: ['sepa', 'instant'] });
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await benchKeycloak();
  if (!result.ok) console.log(`No Keycloak to measure: ${result.reason}.`);
  else {
    for (const { name, tokensPerSecond, msPerToken } of result.rows) {
      console.log(
        `${tokensPerSecond.toFixed(0).padStart(6)} tokens/s${msPerToken.toFixed(2).padStart(8)} ms  ${name}`,
      );
    }
    console.log(
      `compiled to hand-made ${result.ratio.toFixed(3)}; the script adds ${result.scriptMs.toFixed(2)} ms`,
    );
    console.log(`${result.native.claims} of ${result.native.of} claims in examples/ need no script`);
  }
}
