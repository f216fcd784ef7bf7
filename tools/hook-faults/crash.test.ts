import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../packages/okta-server/src/index.ts';
import { plainSpec, policyText, tokenRequest } from '../../packages/okta-server/test/served.ts';
import { reportFigure } from '../figures.ts';
import {
  bundleInto,
  callHook,
  claimsOf,
  connections,
  type HookProcess,
  removeFolder,
  startHookProcess,
} from './hook-process.ts';
import { startUpstream } from './upstream.ts';

const kills = 50;
const terminations = 20;

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-crash-'));
const policyFile = join(folder, 'policy.mjs');
let main: string;

beforeAll(() => {
  main = bundleInto(folder);
});

afterAll(() => removeFolder(folder));

interface Load {
  /** Ids of the events that were answered whole. */
  readonly answered: string[];
  /** What requests got that were not answered. */
  readonly lost: readonly string[];
  /** Sends no more; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Keeps so many requests under way, each its own event. */
function startLoad(port: number, clients: number): Load {
  const agent = connections(clients);
  const answered: string[] = [];
  const lost: string[] = [];
  let isOver = false;
  async function ask() {
    while (!isOver) {
      const body = tokenRequest();
      const { eventId } = JSON.parse(body);
      try {
        const answer = await callHook(port, agent, body);
        if (answer.status !== 200 || claimsOf(answer) === undefined) throw new Error(answer.text);
        answered.push(eventId);
      } catch (error) {
        lost.push(String(error));
        // The server is gone; its load ends with it.
        if (!isOver) await later(5);
      }
    }
  }
  const asking = Array.from({ length: clients }, ask);
  return {
    answered,
    lost,
    async stop() {
      isOver = true;
      await Promise.all(asking);
      agent.destroy();
    },
  };
}

/** The ids of all events in an audit. */
function recorded(auditFile: string): Set<string> {
  const lines = readFileSync(auditFile, 'utf8').trimEnd().split('\n');
  return new Set(lines.map((line) => JSON.parse(line).data.request));
}

test(`killed ${kills} times under load: no acknowledged line is lost, and the chain is whole`, async () => {
  writeFileSync(policyFile, policyText(plainSpec));
  const auditFile = join(folder, 'killed.jsonl');
  const answered: string[] = [];
  let torn = 0;
  for (let kill = 0; kill < kills; kill++) {
    const hook = await startHookProcess({ main, policyFile, auditFile });
    if (hook.output().includes('torn line')) torn++;
    const load = startLoad(hook.port, 8);
    while (load.answered.length === 0) await later(1);
    await later(Math.random() * 60);
    hook.signal('SIGKILL');
    expect(await hook.ended).toBe('SIGKILL');
    await load.stop();
    answered.push(...load.answered);
  }
  // The last start takes out what the last kill tore.
  const hook = await startHookProcess({ main, policyFile, auditFile });
  hook.signal('SIGTERM');
  expect(await hook.ended).toBe(0);

  expect(await verifyAudit(auditFile)).toMatchObject({ isWhole: true });
  const known = recorded(auditFile);
  expect(answered.filter((eventId) => !known.has(eventId))).toEqual([]);
  reportFigure(
    'hook-faults-kill',
    `Okta hook, kill -9 under load: ${kills} times, ${answered.length} acknowledged lines, none lost, ${torn} torn; chain whole`,
  );
});

test(`told to end ${terminations} times under load: all that was sent is answered`, async () => {
  const upstream = await startUpstream();
  const slow = `${plainSpec}
  value: { value: slow.value, kind: authoritative }
sources:
  slow:
    http: { url: "http://127.0.0.1:${upstream.port}/{user.id}" }
    returns: { value: string }
    timeout: 1s
`;
  writeFileSync(policyFile, policyText(slow));
  const auditFile = join(folder, 'ended.jsonl');
  const answered: string[] = [];
  let underWay = 0;
  let slowestMs = 0;
  for (let end = 0; end < terminations; end++) {
    const environment = { LINGER_MS: '300' };
    const hook = await startHookProcess({ main, policyFile, auditFile, environment });
    await readiness(hook, 200);
    const load = startLoad(hook.port, 16);
    while (load.answered.length < 16) await later(1);
    const before = load.answered.length;
    const startMs = performance.now();
    hook.signal('SIGTERM');
    await readiness(hook, 503);
    // As whoever balances load would: it sends no more, and waits for the rest.
    await load.stop();
    underWay += load.answered.length - before;
    expect(load.lost).toEqual([]);
    expect(await hook.ended).toBe(0);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    answered.push(...load.answered);
  }
  await upstream.close();
  expect(slowestMs).toBeLessThan(10_000);
  expect(await verifyAudit(auditFile)).toMatchObject({ isWhole: true, lines: answered.length });
  const known = recorded(auditFile);
  expect(answered.filter((eventId) => !known.has(eventId))).toEqual([]);
  reportFigure(
    'hook-faults-term',
    `Okta hook, SIGTERM under load: ${terminations} times, ${answered.length} requests (${underWay} after the signal), none lost; ended within ${slowestMs.toFixed(0)} ms`,
  );
});

test('a disk that fills up: what cannot be recorded is denied, and the chain stays whole', async () => {
  writeFileSync(policyFile, policyText(plainSpec));
  const auditFile = join(folder, 'full.jsonl');
  const full = await startHookProcess({ main, policyFile, auditFile, fileLimitKiB: 16 });
  const agent = connections(4);
  const texts: string[] = [];
  for (let i = 0; i < 60; i++) texts.push((await callHook(full.port, agent)).text);
  const issued = texts.filter((text) => text.includes('/claims/login')).length;
  expect(issued).toBeGreaterThan(5);
  expect(texts.slice(issued)).toEqual(
    Array(60 - issued).fill('{"error":{"errorSummary":"audit_unavailable"}}'),
  );
  expect(await verifyAudit(auditFile)).toMatchObject({ isWhole: true, lines: issued });
  await full.stop();

  const again = await startHookProcess({ main, policyFile, auditFile });
  expect(claimsOf(await callHook(again.port, connections(1)))).toBeDefined();
  await again.stop();
  expect(await verifyAudit(auditFile)).toMatchObject({ isWhole: true, lines: issued + 1 });
});

async function readiness(hook: HookProcess, wanted: 200 | 503) {
  for (let i = 0; i < 200; i++) {
    const { status } = await fetch(`http://127.0.0.1:${hook.port}/readyz`, {
      headers: { connection: 'close' },
    });
    if (status === wanted) return;
    await later(5);
  }
  throw new Error(`never answers ${wanted}`);
}
