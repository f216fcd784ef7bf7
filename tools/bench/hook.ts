import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { policyText } from '../../packages/okta-server/test/served.ts';
import { hookRequest, hookSpec, secret, sourceSpec } from './hook-job.ts';
import {
  deployedFlags,
  end,
  fromSource,
  load,
  median,
  residentMBOf,
  type Server,
  start,
} from './loaded-server.ts';

export interface HookBench {
  /** Requests that a second of the server's processor time is enough for: the median of all rounds. */
  readonly rates: readonly { readonly what: string; readonly perSecond: number }[];
  /** Medians of the ratios of each round, in which one server follows the other. */
  readonly ratios: readonly {
    readonly what: string;
    readonly ratio: number;
    readonly atLeast: number;
  }[];
  /** From the start of the process to the first answer: the best of all starts. */
  readonly coldStartMs: number;
  /** After the first answers, without what operators ask. In MB of 1,000,000 bytes. */
  readonly residentMB: number;
  /** After all of the load here: the largest of the hook's servers. */
  readonly loadedMB: number;
}

const rounds = 5;
const roundSeconds = 1;
/** Each server is loaded for so long before it is measured: until then Node still compiles what it will run. */
const warmUpSeconds = 3;
const coldStarts = 8;

/** The goals for a fast start: in milliseconds, and in MB. */
export const coldStartLimitMs = 100;
export const residentLimitMB = 70;
export const loadedLimitMB = 150;

const peers = fileURLToPath(new URL('hook-peers.ts', import.meta.url));
const build = fileURLToPath(new URL('../../apps/okta-hook/build.ts', import.meta.url));

/**
 * Measures the hook's server, as it is deployed, against others on this machine. Server and client
 * are pinned to cores of their own, and rates count the server's own processor time: what else the machine does then
 * changes them little, and so does a client that cannot keep a server busy.
 */
export async function benchHook(): Promise<HookBench> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  const servers: Server[] = [];
  try {
    const bundle = join(folder, 'bundle');
    execFileSync(process.execPath, [fromSource, build, bundle], { stdio: 'inherit' });
    writeFileSync(join(bundle, 'package.json'), '{ "type": "module" }');
    const main = join(bundle, 'main.js');

    const peer = async (kind: string, core: 'server' | 'client') => {
      const started = await start([fromSource, peers, kind], {}, core);
      servers.push(started);
      return started;
    };
    const hook = async (name: string, spec: string, audit: boolean) => {
      const environment = hookEnvironment(folder, name, spec, audit);
      const started = await start([...deployedFlags, main], environment, 'server');
      servers.push(started);
      return started;
    };
    const source = await peer('source', 'client');
    const parse = await peer('parse', 'server');
    const mounted = await peer('mounted', 'server');
    const express = await peer('express', 'server');
    const echo = await peer('echo', 'server');
    const plain = await hook('plain', hookSpec, false);
    const audited = await hook('audited', hookSpec, true);
    const asking = await hook('asking', sourceSpec(source.port), false);

    const measured = [
      { what: 'node:http that parses the body and answers the same', server: parse },
      { what: 'the hook', server: plain },
      { what: 'the hook mounted in Express', server: mounted },
      { what: 'Express with express.json() and zod, the same policy', server: express },
      { what: 'the hook with its audit', server: audited },
      // The source has the client's core, which must not be busy then.
      { what: 'Express that echoes, the client sleeps', server: echo, sleep: 'asleep' },
      { what: 'the hook with a source of 5 ms, the client sleeps', server: asking, sleep: 'asleep' },
    ];
    const rates = new Map<Server, number[]>(measured.map(({ server }) => [server, []]));
    const requests = join(folder, 'requests.json');
    writeFileSync(requests, JSON.stringify(Array.from({ length: 400 }, (_, nth) => requestText(nth))));
    for (let round = 0; round <= rounds; round++) {
      for (const { server, sleep } of measured) {
        const perSecond = load(server, {
          requests,
          seconds: round === 0 ? warmUpSeconds : roundSeconds,
          sleep,
        });
        if (round > 0) rates.get(server)?.push(perSecond);
      }
    }
    const of = (server: Server) => rates.get(server) ?? [];
    const against = (what: string, server: Server, other: Server, atLeast: number) => ({
      what,
      ratio: median(of(server).map((rate, round) => rate / (of(other)[round] ?? Number.NaN))),
      atLeast,
    });
    const ratios = [
      against('hook against node:http that parses the body and answers the same', plain, parse, 0.72),
      against('hook against Express, express.json() and zod', plain, express, 1.8),
      against('hook with a source of 5 ms against an Express echo', asking, echo, 0.22),
    ];
    const loadedMB = Math.max(...[plain, audited, asking].map(({ pid }) => residentMBOf(pid)));
    for (const server of servers.splice(0)) await server.stop();
    const cold = await startCold(main, hookEnvironment(folder, 'cold', hookSpec, true));
    return {
      rates: measured.map(({ what, server }) => ({ what, perSecond: median(of(server)) })),
      ratios,
      ...cold,
      loadedMB,
    };
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function hookEnvironment(folder: string, name: string, spec: string, audit: boolean) {
  const policyFile = join(folder, `${name}.mjs`);
  writeFileSync(policyFile, policyText(spec));
  return {
    POLICY: policyFile,
    HOOK_SECRET: secret,
    AUDIT_FILE: audit ? join(folder, `${name}.jsonl`) : 'off',
    PORT: '0',
    LINGER_MS: '0',
  };
}

async function startCold(main: string, environment: Readonly<Record<string, string>>) {
  let coldStartMs = Number.POSITIVE_INFINITY;
  let residentMB = Number.POSITIVE_INFINITY;
  for (let i = 0; i < coldStarts; i++) {
    const port = 20_000 + ((process.pid + i) % 20_000);
    const startMs = performance.now();
    const child = spawn(process.execPath, [...deployedFlags, main], {
      // A file each: the one before may not have let go of its own yet.
      env: { ...environment, PORT: String(port), AUDIT_FILE: `${environment['AUDIT_FILE']}.${i}` },
      stdio: 'ignore',
    });
    try {
      while (!(await answers(port))) {
        if (child.exitCode !== null || performance.now() - startMs > 10_000)
          throw new Error('It did not start');
        await later(1);
      }
      coldStartMs = Math.min(coldStartMs, performance.now() - startMs);
      for (let more = 0; more < 100; more++) await answers(port);
      residentMB = Math.min(residentMB, residentMBOf(child.pid ?? 0));
    } finally {
      await end(child);
    }
  }
  return { coldStartMs, residentMB };
}

let asked = 0;

/** Whether the hook issues now. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: secret };
    const path = '/okta/token-hook';
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text.includes('/claims/login')));
    });
    sent.on('error', () => resolve(false));
    sent.end(hookRequest(asked++));
  });
}

/** The request for one of many logins, as text. */
function requestText(nth: number): string {
  const body = hookRequest(nth);
  return `POST /okta/token-hook HTTP/1.1\r\nhost: hook\r\nauthorization: ${secret}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
