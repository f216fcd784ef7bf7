/**
 * What a built function of Cognito costs, against one that a careful engineer would write for the same policy with the same
 * guarantees (hand-written-trigger.mjs): its calls in this process, and its start in fresh ones. Also how large the files are
 * that a policy with databases has beside it, and how long they take to load.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { cognito } from '@claimsmith/cognito';
import { mappingOf } from '@claimsmith/core';
import { policyOf } from '../../packages/cognito/test/fixtures.ts';

const spec = `
version: 1
name: bench
user: { attributes: { level: int, plan: 'enum(gold, free)', teams: list(string) } }
claims:
  tenant_id: { value: org.id, kind: authoritative, subjects: [human] }
  roles:
    value: user.groups.filter(g, g.startsWith("payments:")).map(g, g.substring(9))
    kind: authoritative
    maxItems: 20
  level: { value: user.attributes.level, kind: authoritative }
  plan: { value: user.attributes.plan, kind: descriptive }
  teams: { value: user.attributes.teams, kind: descriptive }
scopes:
  payments/approve: { grant: '"approver" in claims.roles && claims.level >= 3' }
deny: [{ when: '"suspended" in user.groups', reason: account_suspended }]
issuers: { cognito: { clients: all, supply: { org.id: custom:org } } }
`;

const stores = `
version: 1
name: stores
sources:
  a: { sql: { connection: "\${DATABASE_URL}", query: "select v from t where id = :id", params: { id: user.id } }, returns: { v: string }, timeout: 1s }
  b: { dynamodb: { table: t, region: eu-central-1, key: { id: user.id } }, returns: { v: string }, timeout: 1s }
  c: { http: { url: "https://c.example/{user.id}", auth: { aws: { region: eu-central-1, service: execute-api } } }, returns: { v: string }, timeout: 1s }
claims:
  a: { value: a.v, kind: descriptive }
  b: { value: b.v, kind: descriptive }
  c: { value: c.v, kind: descriptive }
issuers: { cognito: { clients: all } }
`;

export interface CognitoBench {
  /** Medians, microseconds of processor time a call. */
  readonly call: { readonly builtUs: number; readonly handWrittenUs: number; readonly ratio: number };
  /** Medians, milliseconds from the start of a process to its first answer; `nothing` is an empty module. */
  readonly start: {
    readonly builtMs: number;
    readonly handWrittenMs: number;
    readonly nothingMs: number;
    readonly ratio: number;
  };
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly gzipBytes: number }[];
  /** Milliseconds that importing takes. */
  readonly loads: readonly { readonly what: string; readonly ms: number }[];
}

const person = (
  own: object,
  groups: readonly unknown[] = ['payments:approver', 'payments:viewer', 'staff'],
) => ({
  version: '3',
  triggerSource: 'TokenGeneration_HostedAuth',
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_EXAMPLE',
  userName: 'ada',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'web' },
  request: {
    userAttributes: {
      ...{ sub: 'u1', email: 'ada@acme.example', email_verified: 'true', 'custom:org': 'acme' },
      ...{ 'custom:level': '3', 'custom:plan': 'gold', 'custom:teams': '["a","b"]' },
      ...own,
    },
    groupConfiguration: { groupsToOverride: groups, iamRolesToOverride: [], preferredRole: null },
    scopes: ['openid', 'payments/approve'],
  },
  response: { claimsAndScopeOverrideDetails: null },
});
const machine = {
  ...person({}),
  triggerSource: 'TokenGeneration_ClientCredentials',
  request: { userAttributes: {}, groupConfiguration: {}, scopes: ['payments/approve'] },
};

/** Events that end in every way there is. */
const situations = [
  person({}),
  person({ 'custom:level': '2' }),
  person({ 'custom:level': 'x' }),
  person({ 'custom:plan': 'other' }),
  person({ 'custom:teams': '[1]' }),
  person({ 'custom:org': undefined }),
  person({}, ['suspended']),
  person(
    {},
    Array.from({ length: 21 }, (_, n) => `payments:${n}`),
  ),
  person({}, [7]),
  machine,
  { ...person({}), version: '1' },
  { ...person({}), triggerSource: 'PostConfirmation_ConfirmSignUp' },
];

type Handler = (event: object) => Promise<unknown>;

async function handlerAt(file: string): Promise<Handler> {
  const module: { readonly handler: Handler } = await import(pathToFileURL(file).href);
  return module.handler;
}

/** What a handler says of an event, without the marker, which is ours alone. */
async function saidBy(handler: Handler, event: object): Promise<unknown> {
  try {
    const details = mappingOf(
      mappingOf(mappingOf(await handler(event))['response'])['claimsAndScopeOverrideDetails'],
    );
    const access = mappingOf(details['accessTokenGeneration']);
    const { policy: _, ...claims } = mappingOf(access['claimsToAddOrOverride']);
    return { ...details, accessTokenGeneration: { ...access, claimsToAddOrOverride: claims } };
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

/** A folder with both functions, and what the built files weigh. */
async function prepared() {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  const { artifacts } = await cognito.compile(policyOf(spec));
  const all = await cognito.compile(policyOf(stores));
  const written = readFileSync(new URL('hand-written-trigger.mjs', import.meta.url), 'utf8');
  writeFileSync(join(folder, 'built.mjs'), artifacts[0]?.content ?? '');
  writeFileSync(join(folder, 'hand.mjs'), written);
  writeFileSync(join(folder, 'nothing.mjs'), 'export const handler = async () => ({});');
  const beside = all.artifacts.filter(({ path }) => path.endsWith('.mjs') && path !== 'index.mjs');
  for (const { path, content } of beside) writeFileSync(join(folder, path), content);
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  const files = [{ path: 'index.mjs', content: artifacts[0]?.content ?? '' }, ...beside].map(
    ({ path, content }) => ({
      name: path,
      bytes: Buffer.byteLength(content),
      gzipBytes: gzipSync(content, { level: 9 }).length,
    }),
  );
  return { folder, files };
}

/** @throws Error if the built function does not answer as the hand-written one does */
export async function compareTriggers(): Promise<void> {
  const { folder } = await prepared();
  const log = console.log;
  console.log = () => undefined;
  try {
    const [built, hand] = [
      await handlerAt(join(folder, 'built.mjs')),
      await handlerAt(join(folder, 'hand.mjs')),
    ];
    for (const event of situations) {
      const [ours, theirs] = [await saidBy(built, event), await saidBy(hand, event)];
      if (!isDeepStrictEqual(ours, theirs))
        throw new Error(`The functions differ: ${JSON.stringify([event, ours, theirs])}`);
    }
  } finally {
    console.log = log;
    rmSync(folder, { recursive: true });
  }
}

const rounds = 40;
const callsARound = 2_000;
const starts = 15;

/** Takes about 20 s. */
export async function benchCognito(): Promise<CognitoBench> {
  await compareTriggers();
  const { folder, files } = await prepared();
  const log = console.log;
  try {
    const handlers = {
      built: await handlerAt(join(folder, 'built.mjs')),
      hand: await handlerAt(join(folder, 'hand.mjs')),
    };
    console.log = () => undefined;
    const times: { built: number; hand: number }[] = [];
    // The first rounds warm up; alternating keeps a slow moment of the machine from hitting one alone.
    for (let round = -rounds; round < rounds; round++) {
      const order = round % 2 === 0 ? (['built', 'hand'] as const) : (['hand', 'built'] as const);
      const took = { built: 0, hand: 0 };
      for (const which of order) took[which] = await callUs(handlers[which]);
      if (round >= 0) times.push(took);
    }
    const started = { built: [] as number[], hand: [] as number[], nothing: [] as number[] };
    for (let turn = 0; turn < starts; turn++)
      for (const which of ['built', 'hand', 'nothing'] as const)
        started[which].push(startMs(join(folder, `${which}.mjs`)));
    const loads = [
      './databases.mjs',
      './pg.mjs',
      './mysql2.mjs',
      './aws.mjs',
      '@aws-sdk/client-dynamodb',
    ].map((what) => ({ what, ms: median(Array.from({ length: 5 }, () => loadMs(folder, what))) }));
    return {
      call: {
        builtUs: median(times.map(({ built }) => built)),
        handWrittenUs: median(times.map(({ hand }) => hand)),
        ratio: median(times.map(({ built, hand }) => built / hand)),
      },
      start: {
        builtMs: median(started.built),
        handWrittenMs: median(started.hand),
        nothingMs: median(started.nothing),
        ratio: median(started.built.map((ms, turn) => ms / (started.hand[turn] ?? Number.NaN))),
      },
      files,
      loads,
    };
  } finally {
    console.log = log;
    rmSync(folder, { recursive: true });
  }
}

async function callUs(handler: Handler): Promise<number> {
  const events = Array.from({ length: callsARound }, () => person({}));
  const before = process.cpuUsage();
  for (const event of events) await handler(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callsARound;
}

/** A process that imports a function and calls it once, as Lambda does at a cold start. */
function startMs(file: string): number {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)}); await handler(${JSON.stringify(person({}))});`;
  const started = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  return performance.now() - started;
}

function loadMs(cwd: string, what: string): number {
  const script = `const started = performance.now(); await import(${JSON.stringify(what)}); console.log(performance.now() - started);`;
  writeFileSync(join(cwd, 'load.mjs'), script);
  return Number(execFileSync(process.execPath, ['load.mjs'], { cwd, encoding: 'utf8' }));
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}

export function formatCognito({ call, start, files, loads }: CognitoBench): string {
  return [
    `a call: built ${call.builtUs.toFixed(2)} µs, hand-written ${call.handWrittenUs.toFixed(2)} µs, ratio ${call.ratio.toFixed(2)}`,
    `a start: built ${start.builtMs.toFixed(0)} ms, hand-written ${start.handWrittenMs.toFixed(0)} ms, nothing ${start.nothingMs.toFixed(0)} ms, ratio ${start.ratio.toFixed(2)}`,
    ...files.map(({ name, bytes, gzipBytes }) => `${name}: ${bytes} bytes, ${gzipBytes} in an archive`),
    ...loads.map(({ what, ms }) => `import ${what}: ${ms.toFixed(0)} ms`),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(formatCognito(await benchCognito()));
