/** A real Keycloak for tests, benchmarks and the demo: on loopback, in memory, gone when its owner is. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cache, findDistribution } from './distribution.ts';

export interface KeycloakOptions {
  /** JAR files by name, put into the providers folder. */
  readonly providers?: Readonly<Record<string, Uint8Array>>;
  readonly features?: readonly string[];
  /** More environment variables: what scripts read as settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** The most memory of the server, in megabytes; it also holds the database. Default 768. */
  readonly heapMb?: number;
}

export interface Keycloak {
  /** Without a slash at its end. */
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** All that the server has written so far; nothing if it was running already. */
  output(): string;
  stop(): Promise<void>;
}

export type StartedKeycloak =
  | { readonly ok: true; readonly keycloak: Keycloak }
  | { readonly ok: false; readonly reason: string };

const startTimeoutMs = 600_000;
const pollMs = 250;
const defaultHeapMb = 768;

/**
 * A running Keycloak: the one at `KEYCLOAK_URL` (with `KEYCLOAK_ADMIN_USERNAME` and `KEYCLOAK_ADMIN_PASSWORD`), or
 * one started here, in half a minute. Where none can be had, the reason.
 *
 * @throws Error with the server's output when it does not come up
 */
export async function startKeycloak(options: KeycloakOptions = {}): Promise<StartedKeycloak> {
  const {
    KEYCLOAK_URL: url,
    KEYCLOAK_ADMIN_USERNAME: username,
    KEYCLOAK_ADMIN_PASSWORD: password,
  } = process.env;
  if (url !== undefined && url !== '') {
    if (username === undefined || password === undefined) {
      return { ok: false, reason: 'KEYCLOAK_URL needs KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD' };
    }
    if (options.providers !== undefined) {
      return { ok: false, reason: 'a server that is running already takes no JAR files' };
    }
    const admin = { username, password };
    const stop = () => Promise.resolve();
    return { ok: true, keycloak: { url: url.replace(/\/+$/, ''), admin, output: () => '', stop } };
  }
  const distribution = findDistribution();
  if (!distribution.ok) return distribution;
  return { ok: true, keycloak: await launch(distribution.home, options) };
}

async function launch(distribution: string, options: KeycloakOptions): Promise<Keycloak> {
  const home = homeFor(distribution, options.providers ?? {});
  const admin = { username: 'admin', password: randomBytes(12).toString('hex') };
  const [port, managementPort] = await freePorts();
  const args = [
    'start-dev',
    '--db=dev-mem',
    '--http-host=127.0.0.1',
    `--http-port=${port}`,
    '--http-management-host=127.0.0.1',
    `--http-management-port=${managementPort}`,
    '--health-enabled=true',
    `--features=${(options.features ?? ['scripts']).join(',')}`,
  ];
  // The shell ends the whole group, the Java process included, when the server ends or when its owner closes the
  // pipe, be it by dying. There is nothing to be saved.
  const guard = '("$@"; kill -KILL 0) </dev/null & cat >/dev/null; kill -KILL 0';
  const child = spawn('sh', ['-c', guard, 'sh', join(home, 'bin', 'kc.sh'), ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...options.env,
      CLAIMSMITH_SETTINGS: Object.keys(options.env ?? {}).join(),
      JAVA_OPTS_KC_HEAP: `-Xms64m -Xmx${options.heapMb ?? defaultHeapMb}m`,
      KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
    },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-1_000_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let ended = false;
  const end = new Promise<void>((resolve) =>
    child.once('close', () => {
      ended = true;
      resolve();
    }),
  );
  const stop = async () => {
    child.stdin.end();
    await end;
    rmSync(home, { recursive: true, force: true });
  };

  const deadlineMs = Date.now() + startTimeoutMs;
  while (!(await isReady(`http://127.0.0.1:${managementPort}/health/ready`))) {
    if (ended || Date.now() > deadlineMs) {
      await stop();
      throw new Error(`Keycloak did not start:\n${output.slice(-8_000)}`);
    }
    await wait(pollMs);
  }
  return { url: `http://127.0.0.1:${port}`, admin, output: () => output, stop };
}

/** A home of its own, so that two servers do not write into one folder; what is only read is linked. */
function homeFor(distribution: string, providers: Readonly<Record<string, Uint8Array>>): string {
  const runs = join(cache, 'runs');
  mkdirSync(runs, { recursive: true });
  const home = mkdtempSync(join(runs, 'run-'));
  for (const part of ['bin', 'conf', 'lib/app', 'lib/quarkus', 'lib/quarkus-run.jar']) {
    cpSync(join(distribution, part), join(home, part), { recursive: true });
  }
  for (const part of ['lib/lib', 'themes']) symlinkSync(join(distribution, part), join(home, part));
  mkdirSync(join(home, 'providers'));
  for (const [name, jar] of Object.entries(providers)) writeFileSync(join(home, 'providers', name), jar);
  return home;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return ok;
  } catch {
    return false;
  }
}

/** Two ports that are free now. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const port = (server: (typeof servers)[number]) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  const ports = [await port(servers[0]), await port(servers[1])] as const;
  for (const server of servers) server.close();
  return ports;
}
