/**
 * What a built Action costs at token time, against the Action that a careful engineer would write for the same policy
 * with the same guarantees (hand-written-action.js), and how large it is. Both run in this realm and ask the same
 * server over loopback; only the handlers are timed.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { auth0 } from '@claimsmith/auth0';
import { createPolicy, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { issuers } from '../../packages/cli/src/issuers.ts';

export interface Auth0Row {
  readonly name: string;
  /** Medians, microseconds per login. */
  readonly handWrittenUs: number;
  readonly builtUs: number;
  /** The median over all rounds of built to hand-written, each round's two measured one after the other. */
  readonly ratio: number;
  /** What `ratio` shall not exceed. */
  readonly boundRatio: number;
}

export interface Auth0Bench {
  /** The post-login Action of examples/payments as it is deployed, and minified. */
  readonly bytes: number;
  readonly minifiedBytes: number;
  readonly rows: readonly Auth0Row[];
}

const here = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const spec = here('../../examples/payments/enrichment.yaml');
const origin = 'https://entitlements.acme.example';

const minify = (text: string) => text.replace('auth0: { ', 'auth0: { minify: true, ');

/** The two Actions, asking the source at an origin of our own. */
async function actionsAt(at: string, specText = spec): Promise<Actions> {
  return {
    built: load(await postLogin(policyOf(specText.replace(origin, at)))),
    handWritten: load(here('hand-written-action.js').replace(origin, at)),
  };
}

/** Throws if the built Action, readable or minified, does not issue what the hand-written one does. */
export async function compareActions(): Promise<void> {
  await using source = await serve();
  await compare(await actionsAt(source.origin));
  await compare(await actionsAt(source.origin, minify(spec)));
}

/** Takes about 15 s. */
export async function benchAuth0(): Promise<Auth0Bench> {
  await compareActions();
  await using source = await serve();
  const actions = await actionsAt(source.origin);
  const cache = shared();
  return {
    bytes: Buffer.byteLength(await postLogin(policyOf(spec))),
    minifiedBytes: Buffer.byteLength(await postLogin(policyOf(minify(spec)))),
    rows: [
      await measure('a login that asks the source over HTTP', actions, () => new Map(), {
        rounds: 240,
        logins: 8,
        clock: wallUs,
      }),
      await measure('a login whose source is in the cache', actions, cache, {
        rounds: 40,
        logins: 500,
        clock: processorUs,
      }),
    ],
  };
}

function policyOf(text: string): Policy {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  const { spec: read, source } = readSpec({ file: 'enrichment.yaml', text }, settings);
  const policy = read && createPolicy(read, source).policy;
  if (policy === undefined) throw new Error('examples/payments is not a policy');
  return policy;
}

async function postLogin(policy: Policy): Promise<string> {
  const { artifacts, findings } = await auth0.compile(policy);
  const artifact = artifacts.find(({ path }) => path === 'post-login.js');
  if (artifact === undefined) throw new Error(JSON.stringify(findings));
  return artifact.content;
}

type Handler = (event: unknown, api: unknown) => Promise<unknown>;
type Cache = Map<string, { readonly value: string }>;

interface Actions {
  readonly built: Handler;
  readonly handWritten: Handler;
}

/** A server of entitlements in a thread of its own: plans for users, and failures for those named after one. */
async function serve() {
  const worker = new Worker(
    `const { createServer } = require('node:http');
    const server = createServer((request, response) => {
      const user = decodeURIComponent(request.url.split('/').at(-1));
      if (user === 'missing') response.writeHead(404).end();
      else if (user === 'broken') response.end('<html>');
      else if (user === 'large') response.end(JSON.stringify({ plan: 'x'.repeat(70000), features: [] }));
      else if (user === 'odd') response.end(JSON.stringify({ plan: 7, features: ['sepa'] }));
      else if (user === 'old') response.writeHead(200, { age: '301' }).end('{"plan":"gold","features":[]}');
      else response.end(JSON.stringify({ plan: 'gold', features: ['sepa', 'instant', user.slice(-2)] }));
    });
    server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  const [port] = await once(worker, 'message');
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

function load(code: string): Handler {
  const module: { exports: Record<string, Handler> } = { exports: {} };
  const silent = { log: () => undefined };
  new Function('module', 'exports', 'console', `'use strict';\n${code}`)(module, module.exports, silent);
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

/** Logins that end in every way there is: issued, with less, denied. */
function situations(): readonly object[] {
  const login = eventOf(0);
  const user = (more: object) => ({ ...login, user: { ...login.user, ...more } });
  const attributes = (more: object) => user({ app_metadata: { ...login.user.app_metadata, ...more } });
  const transaction = (more: object) => ({ ...login, transaction: { ...login.transaction, ...more } });
  const payment = (amount: unknown) =>
    transaction({ requested_authorization_details: [{ type: 'payment_initiation', amount }, { type: 'x' }] });
  const refresh = { protocol: 'oauth2-refresh-token', requested_scopes: undefined };
  return [
    ...events,
    { ...login, organization: undefined },
    { ...login, authorization: undefined },
    { ...login, authorization: { roles: ['payments:viewer', 7] } },
    { ...login, authorization: { roles: Array.from({ length: 21 }, (_, n) => `payments:${n}`) } },
    { ...login, authorization: { roles: ['payments:viewer'] } },
    { ...login, secrets: {} },
    ...['missing', 'broken', 'large', 'odd', 'old', '..', ''].map((user_id) => user({ user_id })),
    user({ name: null }),
    user({ name: 'x'.repeat(4096) }),
    user({ name: 'x'.repeat(4097) }),
    attributes({ groups: Array.from({ length: 5001 }, () => 'staff') }),
    user({ app_metadata: { groups: ['suspended'] } }),
    user({ app_metadata: undefined }),
    attributes({ groups: 'staff' }),
    attributes({ approval_limit: '5000' }),
    attributes({ accounts: undefined }),
    attributes({ country: 'constructor' }),
    transaction({ requested_scopes: ['openid'] }),
    transaction({ requested_scopes: ['account.read.', 'account.read.a 1', 'a b', 'é', ''] }),
    transaction({ requested_scopes: Array.from({ length: 5001 }, () => 'openid') }),
    transaction({ requested_scopes: 'openid' }),
    transaction({ requested_scopes: undefined }),
    payment(5000),
    payment(5001),
    payment('1'),
    { ...transaction(refresh), request: { body: { scope: 'openid account.read.a1 account.read.a3' } } },
    {
      ...transaction(refresh),
      refresh_token: {
        resource_servers: [{ audience: login.resource_server.identifier, scopes: 'payments.approve' }],
      },
    },
    transaction(refresh),
  ];
}

async function compare({ built, handWritten: written }: Actions): Promise<void> {
  const caches = { built: new Map(), handWritten: new Map() };
  // Each login twice: the second time, its source may be in the cache.
  for (const event of situations().flatMap((situation) => [situation, situation])) {
    const [ours, theirs] = [apiOf(caches.built), apiOf(caches.handWritten)];
    await built(event, ours);
    await written(event, theirs);
    // The policy marker is ours alone.
    const same = (told: readonly unknown[]) =>
      told.filter((call) => !(Array.isArray(call) && call[1] === 'policy'));
    if (!isDeepStrictEqual(sorted(same(ours.told)), sorted(theirs.told))) {
      throw new Error(
        `The Actions differ: ${JSON.stringify([event, ours.told, theirs.told]).slice(0, 2000)}`,
      );
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

interface Timing {
  readonly rounds: number;
  readonly logins: number;
  /** Microseconds. */
  readonly clock: () => number;
}

function wallUs(): number {
  return performance.now() * 1000;
}

/** Of this process, so that other processes do not count. */
function processorUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function measure(
  name: string,
  actions: Actions,
  cacheOf: () => Cache,
  { rounds: measured, logins, clock }: Timing,
): Promise<Auth0Row> {
  const rounds: { readonly built: number; readonly handWritten: number }[] = [];
  // The first half of the rounds warms up; alternating keeps a slow moment of the machine from hitting one alone.
  for (let round = -measured; round < measured; round++) {
    const order = round % 2 === 0 ? (['built', 'handWritten'] as const) : (['handWritten', 'built'] as const);
    const times = { built: 0, handWritten: 0 };
    for (const which of order) times[which] = await timeUs(actions[which], cacheOf, logins, clock);
    if (round >= 0) rounds.push(times);
  }
  return {
    name,
    builtUs: median(rounds.map(({ built }) => built)),
    handWrittenUs: median(rounds.map(({ handWritten: written }) => written)),
    ratio: median(rounds.map(({ built, handWritten: written }) => built / written)),
    boundRatio: 1.2,
  };
}

async function timeUs(
  handler: Handler,
  cacheOf: () => Cache,
  logins: number,
  clock: () => number,
): Promise<number> {
  const apis = Array.from({ length: logins }, () => apiOf(cacheOf()));
  const started = clock();
  for (const [index, api] of apis.entries()) await handler(events[index % events.length], api);
  return (clock() - started) / logins;
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
