import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../packages/okta-server/src/index.ts';
import { policyText } from '../../packages/okta-server/test/served.ts';
import { type FaultMode, startFaultProxy } from '../fault-proxy.ts';
import { reportFigure } from '../figures.ts';
import {
  bundleInto,
  callHook,
  claimsOf,
  connections,
  type HookAnswer,
  type HookProcess,
  removeFolder,
  startHookProcess,
} from './hook-process.ts';
import { type Behaviour, startUpstream } from './upstream.ts';

/** Okta waits 3 seconds; every answer comes well before. */
const limitMs = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-faults-'));
let main: string;

beforeAll(() => {
  main = bundleInto(folder);
});

afterAll(() => removeFolder(folder));

/** Three sources, each of which gives a claim without which no token may be issued. */
function spec(addresses: readonly string[]): string {
  const sources = addresses.map(
    (address, i) => `  source${i}:
    http: { url: "${address}/users/{user.id}" }
    returns: { value: string }
    timeout: 600ms
    retries: 1`,
  );
  const claims = addresses.map((_, i) => `  claim${i}: { value: source${i}.value, kind: authoritative }`);
  return `
version: 1
name: faults
owner: identity@acme.example
sources:
${sources.join('\n')}
claims:
  login: { value: user.username, kind: authoritative }
${claims.join('\n')}
`;
}

/** The same, one after another: the first with an access token and a POST. The addresses are token, then sources. */
function chainSpec([token = '', ...addresses]: readonly string[]): string {
  const auth = `auth: { oauth2: { tokenUrl: "${token}/token", clientId: faults, clientSecret: "\${FAULTS_SECRET}" } }`;
  const questions = [
    `url: "${addresses[0]}/users", method: POST, body: { id: user.id }, ${auth}`,
    `url: "${addresses[1]}/of/{source0.value}"`,
    `url: "${addresses[2]}/of/{source1.value}/{source0.value}"`,
  ];
  return spec(addresses).replace(
    /http: \{ url: "[^\n]*\n(.*\n) {4}timeout: 600ms/g,
    (_, returns: string) => `http: { ${questions.shift()} }\n${returns}    timeout: 200ms`,
  );
}

const granted = { login: 'ada@acme.example', claim0: 'granted', claim1: 'granted', claim2: 'granted' };

type Fault =
  | { readonly name: string; readonly upstream: Behaviour }
  | { readonly name: string; readonly proxy: FaultMode }
  | { readonly name: string; readonly address: (port: number) => string };

const faults: readonly Fault[] = [
  { name: 'down', proxy: 'down' },
  { name: 'hanging', proxy: 'hang' },
  { name: 'reset', proxy: 'reset' },
  { name: 'dripping', proxy: { kind: 'drip', everyMs: 20 } },
  { name: 'truncated', proxy: 'truncate' },
  { name: 'garbage', proxy: 'garbage' },
  ...(
    [
      'status 500',
      'status 429',
      'broken JSON',
      'HTML',
      'another type',
      '100 MB',
      '100 MB compressed',
      'redirect',
      'no end',
      'slow 2.9 s',
    ] as const
  ).map((upstream) => ({ name: upstream, upstream })),
  { name: 'no TLS where there should be', address: (port) => `https://127.0.0.1:${port}` },
  { name: 'a name that does not resolve', address: () => 'https://nowhere.invalid' },
];

interface Case {
  readonly fault: Fault;
  readonly which: string;
  readonly specOf: typeof spec;
  readonly count: number;
  readonly isFaulty: (index: number) => boolean;
}

/** What is asked in a chain, in its order. */
const steps = ['the token', 'the first', 'the second', 'the third'];

const cases = faults.flatMap((fault, nth): readonly Case[] => [
  { fault, which: 'one of three sources', specOf: spec, count: 3, isFaulty: (index) => index === 0 },
  { fault, which: 'all sources', specOf: spec, count: 3, isFaulty: () => true },
  // Each fault at one step, and each step with several faults.
  {
    fault,
    which: `${steps[nth % steps.length]} of a chain`,
    specOf: chainSpec,
    count: 4,
    isFaulty: (index) => index === nth % steps.length,
  },
]);

let slowestMs = 0;
let answers = 0;
const tried = new Set<string>();

afterAll(() => {
  reportFigure(
    'hook-faults-sources',
    `Okta hook, faults of sources: ${tried.size} kinds, ${answers} answers, the slowest after ${slowestMs.toFixed(0)} ms; none without error lacked a required claim`,
  );
});

function check(answer: HookAnswer): Record<string, unknown> | undefined {
  answers++;
  slowestMs = Math.max(slowestMs, answer.ms);
  expect(answer.status).toBe(200);
  expect(answer.ms).toBeLessThan(limitMs);
  const claims = claimsOf(answer);
  if (claims !== undefined) expect(claims).toMatchObject(granted);
  return claims;
}

let files = 0;

async function serve(
  addresses: readonly string[],
  specOf = spec,
): Promise<HookProcess & { readonly auditFile: string }> {
  const name = join(folder, String(files++));
  const policyFile = `${name}.mjs`;
  const auditFile = `${name}.jsonl`;
  writeFileSync(policyFile, policyText(specOf(addresses)));
  const environment = { CLAIMSMITH_SETTINGS: 'FAULTS_SECRET', FAULTS_SECRET: 's3cret' };
  return { ...(await startHookProcess({ main, policyFile, auditFile, environment })), auditFile };
}

const local = (port: number) => `http://127.0.0.1:${port}`;

test.concurrent.each(cases)(
  '$fault.name, $which: denied in time',
  async ({ fault, specOf, count, isFaulty }) => {
    const healthy = await startUpstream();
    const behaving = await startUpstream('upstream' in fault ? fault.upstream : 'fine');
    const proxy = await startFaultProxy({ target: behaving, mode: 'proxy' in fault ? fault.proxy : 'pass' });
    const bad = 'address' in fault ? fault.address(behaving.port) : local(proxy.port);
    const addresses = Array.from({ length: count }, (_, i) => (isFaulty(i) ? bad : local(healthy.port)));
    const hook = await serve(addresses, specOf);
    const agent = connections(8);
    try {
      // At once, and again when breakers have opened.
      const together = await Promise.all(Array.from({ length: 6 }, () => callHook(hook.port, agent)));
      const after = [await callHook(hook.port, agent), await callHook(hook.port, agent)];
      for (const answer of [...together, ...after]) expect(check(answer)).toBeUndefined();
      tried.add(fault.name);
      expect(hook.output()).not.toMatch(/ada@|user-1|granted|s3cret|t0ken/);
      expect(readFileSync(hook.auditFile, 'utf8')).not.toMatch(/granted|s3cret|t0ken/);
      hook.signal('SIGTERM');
      expect(await hook.ended).toBe(0);
      expect(await verifyAudit(hook.auditFile)).toMatchObject({ isWhole: true, lines: 8 });
    } finally {
      agent.destroy();
      await hook.stop();
      await proxy.close();
      await behaving.close();
      await healthy.close();
    }
  },
);

test('a chain of sources that work gives a token, with one access token for all', async () => {
  const upstream = await startUpstream();
  const hook = await serve(
    [0, 1, 2, 3].map(() => local(upstream.port)),
    chainSpec,
  );
  const agent = connections(8);
  try {
    const all = await Promise.all(Array.from({ length: 6 }, () => callHook(hook.port, agent)));
    for (const answer of all) expect(check(answer)).toMatchObject(granted);
  } finally {
    agent.destroy();
    await hook.stop();
    await upstream.close();
  }
});

test('a source that comes and goes: tokens have their claims, or there are none', async () => {
  const upstream = await startUpstream();
  const proxy = await startFaultProxy({ target: upstream });
  const hook = await serve([0, 1, 2].map(() => local(proxy.port)));
  const agent = connections(8);
  let isOver = false;
  let issued = 0;
  let denied = 0;
  async function ask() {
    while (!isOver) {
      if (check(await callHook(hook.port, agent)) === undefined) denied++;
      else issued++;
      await later(10);
    }
  }
  try {
    const clients = [ask(), ask(), ask(), ask()];
    const modes: FaultMode[] = [
      'pass',
      'reset',
      'pass',
      'hang',
      'truncate',
      'pass',
      'down',
      'garbage',
      'pass',
    ];
    for (const mode of modes) {
      await proxy.mode(mode);
      await later(400);
    }
    // Breakers try again by themselves.
    const issuedBefore = issued;
    for (let i = 0; i < 1_000 && issued === issuedBefore; i++) await later(10);
    isOver = true;
    await Promise.all(clients);
    expect(issued).toBeGreaterThan(issuedBefore);
    expect(denied).toBeGreaterThan(0);
  } finally {
    isOver = true;
    agent.destroy();
    await hook.stop();
    await proxy.close();
    await upstream.close();
  }
});
