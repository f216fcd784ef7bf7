import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { plainSpec, policyText, secret } from '../../packages/okta-server/test/served.ts';
import { reportFigure } from '../figures.ts';
import {
  bundleInto,
  callHook,
  claimsOf,
  connections,
  percentile,
  removeFolder,
  startHookProcess,
} from './hook-process.ts';

const slowConnections = 500;
const goneLimitMs = 10_000;
const p99LimitMs = 100;

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-slow-'));
afterAll(() => removeFolder(folder));

/** Never ends its headers, or never its body; says nothing at all; or does not even know the secret. */
const kinds = ['silent', 'headers', 'body', 'body of a stranger'] as const;

/** A client that sends a byte now and then. Resolves with the time after which its connection was gone. */
function startSlow(port: number, kind: (typeof kinds)[number]): Promise<number> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const socket = connect(port, '127.0.0.1');
    const credential = kind === 'body' ? secret : 'Bearer of a stranger';
    if (kind === 'headers') socket.write('POST /okta/token-hook HTTP/1.1\r\nhost: hook\r\n');
    else if (kind !== 'silent') {
      socket.write(
        `POST /okta/token-hook HTTP/1.1\r\nhost: hook\r\nauthorization: ${credential}\r\ncontent-length: 3000\r\n\r\n{`,
      );
    }
    const timer = setInterval(() => {
      if (kind !== 'silent') socket.write(kind === 'headers' ? 'x: y\r\n' : ' ');
    }, 250);
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - startMs);
    });
  });
}

test(`${slowConnections} slow connections hold nobody up and are soon gone`, async () => {
  const main = bundleInto(folder);
  const policyFile = join(folder, 'policy.mjs');
  writeFileSync(policyFile, policyText(plainSpec));
  const hook = await startHookProcess({ main, policyFile, auditFile: join(folder, 'audit.jsonl') });
  const agent = connections(1);
  const times: number[] = [];
  let isOver = false;
  async function ask() {
    while (!isOver) {
      const answer = await callHook(hook.port, agent);
      expect(claimsOf(answer)).toEqual({ login: 'ada@acme.example', policy: expect.anything() });
      times.push(answer.ms);
      await later(2);
    }
  }
  try {
    for (let i = 0; i < 20; i++) await callHook(hook.port, agent);
    const slow = Array.from({ length: slowConnections }, (_, i) =>
      startSlow(hook.port, kinds[i % kinds.length] ?? 'silent'),
    );
    const asking = ask();
    const goneMs = Math.max(...(await Promise.all(slow)));
    isOver = true;
    await asking;
    const p99 = percentile(times, 0.99);
    reportFigure(
      'hook-faults-slow',
      `Okta hook, ${slowConnections} slow connections: a good client's p99 ${p99.toFixed(1)} ms over ${times.length} requests; all gone after ${(goneMs / 1000).toFixed(1)} s`,
    );
    expect(goneMs).toBeLessThan(goneLimitMs);
    expect(times.length).toBeGreaterThan(200);
    expect(p99).toBeLessThan(p99LimitMs);
  } finally {
    isOver = true;
    agent.destroy();
    await hook.stop();
  }
});

const floodMs = 3_000;

/** Opens connections as fast as it can, from a thread of its own: half say nothing, half begin a request. */
function startFlood(port: number): Worker {
  const flood = `
    const { connect } = require('node:net');
    const { parentPort, workerData: port } = require('node:worker_threads');
    let opened = 0;
    setInterval(() => {
      for (let i = 0; i < 40; i++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        if (i % 2 === 0) socket.write('POST /okta/token-hook HTTP/1.1\\r\\nhost: hook\\r\\n');
        opened++;
      }
      parentPort.postMessage(opened);
    }, 5);`;
  return new Worker(flood, { eval: true, workerData: port });
}

test('a flood where few connections may be loses no request of who has shown the secret', async () => {
  const main = bundleInto(folder);
  const policyFile = join(folder, 'policy.mjs');
  writeFileSync(policyFile, policyText(plainSpec));
  const environment = { MAX_CONNECTIONS: '4' };
  const hook = await startHookProcess({
    main,
    policyFile,
    auditFile: join(folder, 'flood.jsonl'),
    environment,
  });
  const agent = connections(2);
  let opened = 0;
  let answered = 0;
  let isOver = false;
  async function ask() {
    while (!isOver) {
      expect(claimsOf(await callHook(hook.port, agent))).toHaveProperty('login');
      answered++;
      await later(2);
    }
  }
  await Promise.all([callHook(hook.port, agent), callHook(hook.port, agent)]);
  const flood = startFlood(hook.port).on('message', (count: number) => {
    opened = count;
  });
  try {
    const asking = Promise.all([ask(), ask()]);
    await Promise.race([later(floodMs), asking]);
    isOver = true;
    await asking;
    reportFigure(
      'hook-faults-flood',
      `Okta hook, ${environment.MAX_CONNECTIONS} connections, ${opened} of strangers in ${floodMs / 1000} s: ${answered} requests on connections that had shown the secret, none lost`,
    );
    expect(opened).toBeGreaterThan(1_000);
    expect(answered).toBeGreaterThan(50);
  } finally {
    isOver = true;
    await flood.terminate();
    agent.destroy();
    await hook.stop();
  }
});
