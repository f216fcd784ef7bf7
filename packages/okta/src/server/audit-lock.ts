import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from './server-error.ts';

/** How often a lock says that its holder lives, in milliseconds. */
const beatMs = 2_000;

/** After so long without a beat the holder on another machine is gone, in milliseconds. */
const silenceMs = 15_000;

export interface AuditLock {
  release(): Promise<void>;
}

/**
 * Takes the lock file, from a holder that crashed too: one that is no process of this machine any more, or of another
 * machine and silent.
 *
 * @returns undefined where another process holds it
 * @throws Error of the system
 */
export async function lockAudit(lock: string): Promise<AuditLock | undefined> {
  const holder = JSON.stringify({
    host: hostname(),
    pid: process.pid,
    started: await startOf(process.pid),
    id: randomUUID(),
  });
  const own = `${lock}.${randomUUID()}`;
  await writeFile(own, holder, { mode: 0o640 });
  try {
    if (!(await isLinked(own, lock)) && !(await takeFromCrashed(own, lock))) return undefined;
  } finally {
    await rm(own, { force: true });
  }
  const beat = setInterval(() => {
    const date = new Date();
    utimes(lock, date, date).catch(() => undefined);
  }, beatMs).unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await readFile(lock, 'utf8').catch(() => '')) === holder) await rm(lock, { force: true });
    },
  };
}

/** Whether the file got the name: a name that is taken is never written over. */
async function isLinked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function takeFromCrashed(own: string, lock: string): Promise<boolean> {
  const held = await readFile(lock, 'utf8').catch(() => '');
  if (await lives(held, lock)) return false;
  // Of several that find it so, one alone moves it; what it moved may yet be the lock of one that came before.
  const aside = `${own}.old`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return isLinked(own, lock);
  }
  try {
    if ((await readFile(aside, 'utf8')) === held) return await isLinked(own, lock);
    await isLinked(aside, lock);
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

async function lives(held: string, lock: string): Promise<boolean> {
  const holder = holderOf(held);
  if (holder !== undefined && holder.host === hostname()) {
    return (await startOf(holder.pid)) === holder.started && isProcess(holder.pid);
  }
  const beat = await stat(lock).catch(() => undefined);
  return beat !== undefined && Date.now() - beat.mtimeMs < silenceMs;
}

function holderOf(text: string): { host: string; pid: number; started: string } | undefined {
  try {
    const held: unknown = JSON.parse(text);
    if (typeof held !== 'object' || held === null) return undefined;
    if (!('host' in held && 'pid' in held && 'started' in held)) return undefined;
    const { host, pid, started } = held;
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof started !== 'string') return undefined;
    return { host, pid, started };
  } catch {
    return undefined;
  }
}

/**
 * When a process began, in ticks since the machine did: tells it from a later one of the same number. Empty where the
 * system does not say, or the process has ended.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in brackets, may hold anything. After it come the state and, 19 fields on, the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return /^[ZX]/.test(fields[0] ?? '') ? '' : (fields[19] ?? '');
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
