import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
const pollMs = 50;

/** A real server on loopback that this process has started, with data that goes with it. */
export interface Running {
  readonly port: number;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Why a server cannot be had here. */
export interface Missing {
  readonly missing: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Who it runs as, where it refuses to be root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A folder for a server's data. */
export function dataFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `claimsmith-${name}-`));
}

/** Runs a command to its end. @throws with what it printed where it fails */
export function complete({ command, args, env, cwd, user }: Command): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}\n${stderr}`);
}

export interface Startup extends Command {
  readonly port: number;
  readonly folder: string;
  /** How it is asked to end. */
  readonly signal?: NodeJS.Signals;
  /** Resolves where the server answers, rejects where it does not yet. */
  readonly check: () => Promise<unknown>;
}

/** Starts a server and waits until it answers. */
export async function start({
  port,
  folder,
  signal = 'SIGTERM',
  check,
  ...command
}: Startup): Promise<Running> {
  const child = spawn(command.command, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...command.env },
    cwd: command.cwd ?? folder,
    ...command.user,
  });
  let printed = '';
  const keep = (text: Buffer) => {
    printed = (printed + text).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  // Where this process is ended without a chance to wait.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const stop = async () => {
    await end(child, signal);
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child, check);
  } catch (error) {
    await stop();
    throw new Error(`${command.command} does not answer\n${printed}`, { cause: error });
  }
  return { port, stop };
}

async function untilReady(child: ChildProcess, check: () => Promise<unknown>): Promise<void> {
  const endMs = Date.now() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}

/** A port on loopback that nothing uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The first of the commands that is installed; looked for in PATH and in `folders`. */
export function findCommand(names: readonly string[], folders: readonly string[] = []): string | undefined {
  for (const folder of [...folders, ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next one.
      }
    }
  }
  return undefined;
}

/** Folders below one, latest version first; none where it is not there. */
export function versionsIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

/** The user of a name where this process is root and has to be another; undefined if it need not. */
export function userNamed(...names: readonly string[]): Command['user'] {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    const ids = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || NaN),
    );
    const [uid, gid] = ids;
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  return undefined;
}
