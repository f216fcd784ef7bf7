import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('load-client.ts', import.meta.url));
const clientConnections = 32;

/** Runs TypeScript of this repository. */
export const fromSource = '--conditions=@claimsmith/source';

/** As in the Dockerfiles: without a limit the young generation takes twice the memory under load, and gains nothing. */
export const deployedFlags = ['--max-semi-space-size=8'];

/** A server that is measured. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The middle one. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Servers share one core, of which one works at a time; the client has the other. */
function pinned(core: 'server' | 'client', given: readonly string[]): [string, string[]] {
  const isPossible = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
  if (!isPossible) return [process.execPath, [...given]];
  return ['taskset', ['-c', core === 'server' ? '0' : '1', process.execPath, ...given]];
}

/** Starts a server on a core, and waits until it says its address. */
export async function start(
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
  core: 'server' | 'client',
): Promise<Server> {
  const child = spawn(...pinned(core, given), {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { port: await portOf(child), pid: child.pid ?? 0, stop: () => end(child) };
}

async function portOf(child: ChildProcess): Promise<number> {
  let output = '';
  for await (const text of child.stdout?.setEncoding('utf8') ?? []) {
    output += text;
    const port = /"address":"http:\/\/[^"]*:(\d+)[/"]/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`It did not start: ${output}`);
}

export async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/**
 * Requests per second of the server's processor time.
 *
 * @param requests a file with the texts of requests, as a JSON array
 */
export function load(
  server: Server,
  { requests, seconds, sleep = 'awake' }: { requests: string; seconds: number; sleep?: string | undefined },
): number {
  const [command, given] = pinned('client', [
    fromSource,
    client,
    String(server.port),
    String(seconds),
    String(clientConnections),
    sleep,
    requests,
  ]);
  const beforeMs = processorMs(server.pid);
  const { stdout, stderr } = spawnSync(command, given, { encoding: 'utf8' });
  const usedMs = processorMs(server.pid) - beforeMs;
  if (stdout === '') throw new Error(stderr);
  const { answered, sample }: { answered: number; sample: string } = JSON.parse(stdout);
  if (sample.includes('errorSummary')) throw new Error(`The server denies: ${sample}`);
  return (answered / usedMs) * 1000;
}

/** All threads together; Linux counts in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function residentMBOf(pid: number): number {
  const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kB) * 1_024) / 1e6;
}
