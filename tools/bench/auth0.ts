/**
 * What a built Action costs at token time, against an Action that an engineer would write for the same policy,
 * and how large it is. Both run in this realm with the same instant sources; only the handlers are timed.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { auth0 } from '@claimsmith/auth0';
import { createPolicy, type Policy, readSpec } from '@claimsmith/core';

export interface Auth0Row {
  readonly name: string;
  /** Medians, microseconds per login. */
  readonly handWrittenUs: number;
  readonly builtUs: number;
  /** The median over all rounds of built to hand-written, each round's two measured one after the other. */
  readonly ratio: number;
}

export interface Auth0Bench {
  /** The post-login Action of examples/payments as it is deployed, and minified. */
  readonly bytes: number;
  readonly minifiedBytes: number;
  readonly rows: readonly Auth0Row[];
}

const spec = fileURLToPath(new URL('../../examples/payments/enrichment.yaml', import.meta.url));

/** Takes about 10 s. Throws if the two Actions do not issue the same. */
export async function benchAuth0(): Promise<Auth0Bench> {
  const text = readFileSync(spec, 'utf8');
  const built = await postLogin(policyOf(text));
  const minified = await postLogin(policyOf(text.replace('auth0: { ', 'auth0: { minify: true, ')));
  const actions = { built: load(built), handWritten: load(handWritten) };
  await compare(actions);
  return {
    bytes: Buffer.byteLength(built),
    minifiedBytes: Buffer.byteLength(minified),
    rows: [
      await measure('a login that asks the source', actions, () => new Map()),
      await measure('a login whose source is in the cache', actions, shared()),
    ],
  };
}

function policyOf(text: string): Policy {
  const { spec: read, source } = readSpec({ file: 'enrichment.yaml', text }, { auth0: auth0.settings });
  const policy = read && createPolicy(read, source).policy;
  if (policy === undefined) throw new Error('examples/payments is no policy');
  return policy;
}

async function postLogin(policy: Policy): Promise<string> {
  const { artifacts, findings } = await auth0.compile(policy);
  const artifact = artifacts.find(({ path }) => path === 'post-login.js');
  if (artifact === undefined) throw new Error(JSON.stringify(findings));
  return artifact.content;
}

/** What the engineer writes: the same checks, time-out, retry and cache, and nothing for reuse. */
const handWritten = `
'use strict';
const REGIONS = { DE: 'eu', FR: 'eu', US: 'us' };
const RULED = /^(payments\\.approve$|account\\.read\\.)/;
const isText = (value) => typeof value === 'string';
const isTexts = (value) => Array.isArray(value) && value.every(isText);

async function entitlementsOf(event, api) {
  const key = 'ent:' + event.user.user_id;
  const cached = key.length <= 64 && api.cache.get(key);
  if (cached) return JSON.parse(cached.value);
  for (let attempt = 0; ; attempt++) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 400);
    try {
      const url = 'https://entitlements.acme.example/v1/users/' + encodeURIComponent(event.user.user_id);
      const response = await fetch(url, {
        headers: { accept: 'application/json', authorization: 'Bearer ' + event.secrets.ENTITLEMENTS_TOKEN },
        redirect: 'manual',
        signal: controller.signal,
      });
      if (!response.ok) throw new Error('status');
      const text = await response.text();
      if (text.length > 64000) throw new Error('size');
      if (text.length < 4000) api.cache.set(key, text, { ttl: 60000 });
      return JSON.parse(text);
    } catch (error) {
      if (attempt === 1) throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

exports.onExecutePostLogin = async (event, api) => {
  try {
    const attributes = event.user.app_metadata ?? {};
    if (!isTexts(attributes.groups)) return api.access.deny('enrichment_unavailable');
    if (attributes.groups.includes('suspended')) return api.access.deny('account_suspended');
    const scopes = event.transaction?.requested_scopes;
    const tenant = event.organization?.id;
    if (!isText(tenant) || !isTexts(event.authorization?.roles) || !isTexts(scopes)) {
      return api.access.deny('enrichment_unavailable');
    }
    const roles = event.authorization.roles.filter((role) => role.startsWith('payments:')).map((role) => role.slice(9));
    const { features, plan } = await entitlementsOf(event, api);
    if (roles.length > 20 || !isTexts(features) || features.length > 50) {
      return api.access.deny('enrichment_unavailable');
    }
    const access = { tenant_id: tenant, 'https://acme.example/roles': roles, features, plan: isText(plan) ? plan : 'free' };
    if (scopes.includes('payments.approve')) {
      if (typeof attributes.approval_limit !== 'number') return api.access.deny('enrichment_unavailable');
      access.approval_limit = attributes.approval_limit;
    }
    if (Object.hasOwn(REGIONS, attributes.country)) access.region = REGIONS[attributes.country];
    for (const detail of event.transaction.requested_authorization_details ?? []) {
      if (detail.type === 'payment_initiation' && !(detail.amount <= access.approval_limit)) {
        return api.access.deny('authorization_details_refused');
      }
    }
    const accounts = isTexts(attributes.accounts) ? attributes.accounts : [];
    for (const [name, value] of Object.entries(access)) api.accessToken.setCustomClaim(name, value);
    if (isText(event.user.name)) api.idToken.setCustomClaim('name', event.user.name);
    for (const scope of scopes) {
      if (!RULED.test(scope)) continue;
      const kept = scope === 'payments.approve' ? roles.includes('approver') : accounts.includes(scope.slice(13));
      if (!kept) api.accessToken.removeScope(scope);
    }
    console.log('payments issued');
  } catch {
    return api.access.deny('enrichment_unavailable');
  }
};
`;

type Handler = (event: unknown, api: unknown) => Promise<unknown>;
type Cache = Map<string, { readonly value: string }>;

interface Actions {
  readonly built: Handler;
  readonly handWritten: Handler;
}

/** Requests are answered at once, by user. */
const answer = (url: unknown) =>
  Promise.resolve(
    new Response(JSON.stringify({ plan: 'gold', features: ['sepa', 'instant', String(url).slice(-2)] })),
  );

function load(code: string): Handler {
  const module: { exports: Record<string, Handler> } = { exports: {} };
  const silent = { log: () => undefined };
  new Function('module', 'exports', 'console', 'fetch', code)(module, module.exports, silent, answer);
  const handler = module.exports['onExecutePostLogin'];
  if (handler === undefined) throw new Error('no handler');
  return handler;
}

function eventOf(index: number) {
  return {
    user: {
      user_id: `auth0|user${index}`,
      name: 'Ada Approver',
      email: 'ada@acme.example',
      app_metadata: {
        country: 'DE',
        approval_limit: 5000,
        accounts: ['a1', 'a2'],
        groups: ['staff', 'emea'],
      },
      user_metadata: {},
    },
    authorization: { roles: ['payments:approver', 'payments:viewer', 'crm:admin', `team:${index}`] },
    authentication: { methods: [{ name: 'pwd', timestamp: '2026-11-20T00:00:00.000Z' }] },
    organization: { id: 'org_acme', name: 'acme', metadata: {} },
    client: { client_id: 'web-app', name: 'Acme Web', metadata: {} },
    request: { ip: '192.0.2.1', query: { client_id: 'web-app', response_type: 'code' }, body: {} },
    resource_server: { identifier: 'https://payments.acme.example/' },
    secrets: { ENTITLEMENTS_TOKEN: 'token' },
    transaction: {
      protocol: 'oidc-basic-profile',
      requested_scopes: ['openid', 'profile', 'payments.approve', 'account.read.a1', 'account.read.zz'],
    },
  };
}

const events = Array.from({ length: 8 }, (_, index) => eventOf(index));

/** An api that remembers what it was told, as plainly as can be. */
function apiOf(cache: Cache) {
  const told: unknown[] = [];
  const tell =
    (what: string) =>
    (...values: unknown[]) =>
      void told.push([what, ...values]);
  return {
    told,
    access: { deny: tell('deny') },
    accessToken: { setCustomClaim: tell('access'), addScope: tell('add'), removeScope: tell('remove') },
    idToken: { setCustomClaim: tell('id') },
    cache: {
      get: (key: string) => cache.get(key),
      set: (key: string, value: string) => void cache.set(key, { value }),
    },
  };
}

async function compare({ built, handWritten: written }: Actions): Promise<void> {
  const bare = { ...eventOf(0), organization: undefined };
  const suspended = { ...eventOf(0), user: { ...eventOf(0).user, app_metadata: { groups: ['suspended'] } } };
  for (const event of [...events, bare, suspended]) {
    const [ours, theirs] = [apiOf(new Map()), apiOf(new Map())];
    await built(event, ours);
    await written(event, theirs);
    // The policy marker is ours alone.
    const same = (told: readonly unknown[]) =>
      told.filter((call) => !(Array.isArray(call) && call[1] === 'policy'));
    if (!isDeepStrictEqual(sorted(same(ours.told)), sorted(theirs.told))) {
      throw new Error(`The Actions differ: ${JSON.stringify([ours.told, theirs.told])}`);
    }
  }
}

function sorted(calls: readonly unknown[]): readonly string[] {
  return calls.map((call) => JSON.stringify(call)).sort();
}

/** A cache that every login of a round shares. */
function shared(): () => Cache {
  const cache: Cache = new Map();
  return () => cache;
}

const ROUNDS = 40;
const WARM_UP_ROUNDS = 20;
const LOGINS = 500;

async function measure(name: string, actions: Actions, cacheOf: () => Cache): Promise<Auth0Row> {
  const own = { built: cacheOf, handWritten: cacheOf };
  const rounds: { readonly built: number; readonly handWritten: number }[] = [];
  // The first rounds warm up; alternating keeps a slow moment of the machine from hitting one alone.
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['built', 'handWritten'] as const) : (['handWritten', 'built'] as const);
    const times = { built: 0, handWritten: 0 };
    for (const which of order) times[which] = await timeUs(actions[which], own[which]);
    if (round >= 0) rounds.push(times);
  }
  return {
    name,
    builtUs: median(rounds.map(({ built }) => built)),
    handWrittenUs: median(rounds.map(({ handWritten: written }) => written)),
    ratio: median(rounds.map(({ built, handWritten: written }) => built / written)),
  };
}

async function timeUs(handler: Handler, cacheOf: () => Cache): Promise<number> {
  const apis = Array.from({ length: LOGINS }, () => apiOf(cacheOf()));
  const started = performance.now();
  for (const [index, api] of apis.entries()) await handler(events[index % events.length], api);
  return ((performance.now() - started) / LOGINS) * 1000;
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytes, minifiedBytes, rows } = await benchAuth0();
  console.log(`post-login Action of examples/payments: ${bytes} bytes, minified ${minifiedBytes}`);
  for (const { name, handWrittenUs, builtUs, ratio } of rows) {
    const times = `built ${builtUs.toFixed(1)} µs, hand-written ${handWrittenUs.toFixed(1)} µs`;
    console.log(`${name}: ${times}, ratio ${ratio.toFixed(2)}`);
  }
}
