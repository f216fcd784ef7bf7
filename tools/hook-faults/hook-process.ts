import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secret, tokenRequest } from '../../packages/okta-server/test/served.ts';

/** Bundles the server into a folder, as its image holds it; gives the file to run. */
export function bundleInto(folder: string): string {
  const bundle = join(folder, 'bundle');
  const build = fileURLToPath(new URL('../../apps/okta-hook/build.ts', import.meta.url));
  execFileSync(process.execPath, ['--conditions=@claimsmith/source', build, bundle], { stdio: 'inherit' });
  writeFileSync(join(bundle, 'package.json'), '{ "type": "module" }');
  return join(bundle, 'main.js');
}

export interface HookProcess {
  readonly port: number;
  readonly pid: number;
  /** What it wrote. */
  readonly output: () => string;
  /** Its status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
  /** Kills it, if it still runs. */
  stop(): Promise<void>;
}

export interface HookProcessOptions {
  readonly main: string;
  readonly policyFile: string;
  readonly auditFile: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** How large its files may grow; a write beyond it ends as on a full disk, with a part written. */
  readonly fileLimitKiB?: number;
}

/** Starts the server as a process of its own on a free port; resolves when it takes requests. */
export async function startHookProcess(options: HookProcessOptions): Promise<HookProcess> {
  const { main, policyFile, auditFile, environment, fileLimitKiB } = options;
  const limited = `trap '' XFSZ; ulimit -f ${fileLimitKiB}; exec "$0" "$@"`;
  const [command, given] =
    fileLimitKiB === undefined
      ? [process.execPath, [main]]
      : ['bash', ['-c', limited, process.execPath, main]];
  const child = spawn(command, given, {
    env: {
      POLICY: policyFile,
      HOOK_SECRET: secret,
      AUDIT_FILE: auditFile,
      PORT: '0',
      LINGER_MS: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let hasEnded = false;
  const ended = once(child, 'exit').then(([status, signal]: (number | string | null)[]) => {
    hasEnded = true;
    return status ?? signal ?? 'unknown';
  });
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const told = /"address":"http:\/\/[^"]*:(\d+)\//.exec(output)?.[1];
        if (told !== undefined) resolve(Number(told));
      });
    }
    void ended.then((status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
  return {
    port,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    signal: (name) => void child.kill(name),
    async stop() {
      if (!hasEnded) child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface HookAnswer {
  readonly ms: number;
  readonly status: number;
  readonly text: string;
}

/** Connections that are kept, as Okta's are. */
export function connections(count: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: count });
}

/**
 * Calls the hook as Okta does.
 *
 * @throws Error if no whole answer comes
 */
export function callHook(port: number, agent: Agent, body = tokenRequest()): Promise<HookAnswer> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const sent = request({
      agent,
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/okta/token-hook',
      headers: {
        authorization: secret,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ ms: performance.now() - startMs, status: response.statusCode ?? 0, text }),
      );
    });
    sent.end(body);
  });
}

/** The claims that an answer adds to the access token; undefined if it denies. */
export function claimsOf({ text }: HookAnswer): Record<string, unknown> | undefined {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) throw new Error('no answer of a hook');
  if ('error' in answer) return undefined;
  const { commands } = answer as {
    commands: { type: string; value: { op: string; path: string; value: unknown }[] }[];
  };
  const claims: Record<string, unknown> = {};
  for (const { type, value } of commands) {
    if (type !== 'com.okta.access.patch') continue;
    for (const { path, value: claim } of value) claims[path.slice('/claims/'.length)] = claim;
  }
  return claims;
}

/** Of measured times, in the order of time. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
