import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { contentHash, type Known, type Resource } from '@claimsmith/core';
import { DeployError } from './deploy-error.ts';
import { type History, historyOf } from './history.ts';
import { type JournalRecord, journalRecord } from './journal-record.ts';

/**
 * What was done at one place, as a file of JSON lines. Each line is on the disk before the next write at the vendor begins.
 * It holds images of resources, and never a secret.
 */
export interface Journal {
  readonly file: string;
  history(): History;
  /** Returns when the line is on the disk. @throws {DeployError} `journal` */
  append(record: JournalRecord): void;
  /**
   * Keeps other runs on this machine out, until the returned function is called.
   *
   * @throws {DeployError} `journal` if another run is at it
   */
  lock(): () => void;
}

/** The journals of an environment. */
export interface JournalFolder {
  /** Random, made with the folder: digests of secrets mean nothing without it. */
  readonly key: Uint8Array;
  /** @param issuer its id @param place {@link Place.name} */
  of(issuer: string, place: string): Journal;
  /** Those of an issuer that have a release, sorted by file. */
  all(issuer: string): readonly Journal[];
}

const keyFile = 'key';
const keyBytes = 32;
const extension = '.jsonl';

/**
 * Opens the journals in a folder. The folder and its key are made when something is first written, so that a plan leaves
 * nothing behind.
 *
 * @throws {DeployError} `journal`
 */
export function openJournals(folder: string): JournalFolder {
  const found = tried(folder, () => readIfThere(join(folder, keyFile)));
  const key = found ?? randomBytes(keyBytes);
  if (key.length !== keyBytes) {
    throw new DeployError(
      'journal',
      `${join(folder, keyFile)} is damaged: it must have ${keyBytes} bytes. Restore it, or remove it; without it, each secret is sent once more.`,
    );
  }
  let isPrepared = false;
  const prepare = () => {
    if (isPrepared) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (found === undefined) writeKey(join(folder, keyFile), key);
    isPrepared = true;
  };
  return {
    key,
    of: (issuer, place) => journalOf(join(folder, `${fileName(issuer, place)}${extension}`), prepare),
    all: (issuer) =>
      tried(folder, () => (existsSync(folder) ? readdirSync(folder).sort() : []))
        .filter((name) => name.startsWith(`${issuer}-`) && name.endsWith(extension))
        .map((name) => journalOf(join(folder, name), prepare))
        .filter((journal) => journal.history().releases.length > 0),
  };
}

function journalOf(file: string, prepare: () => void): Journal {
  let records: JournalRecord[] | undefined;
  const read = () => (records ??= tried(file, () => parse(file, readIfThere(file)?.toString('utf8') ?? '')));
  return {
    file,
    history: () => historyOf(read()),
    append(record) {
      const known = read();
      tried(file, () => {
        prepare();
        appendLine(file, JSON.stringify(record));
      });
      known.push(record);
    },
    lock() {
      const unlock = tried(file, () => {
        prepare();
        return lockFile(`${file}.lock`);
      });
      // Another run may have written since it was read.
      records = undefined;
      return unlock;
    },
  };
}

/** A line may follow a torn one, so each begins with a line break of its own. */
function appendLine(file: string, line: string): void {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    const bytes = Buffer.from(`\n${line}`);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that is not JSON is one that a killed run could not finish. Other lines that make no sense are damage. */
function parse(file: string, text: string): JournalRecord[] {
  const follows = sequence();
  return text.split('\n').flatMap((line, index) => {
    const data = jsonOf(line);
    if (data === undefined) return [];
    const record = journalRecord.safeParse(data);
    if (record.success && follows(record.data)) return [record.data];
    const what = record.success ? 'does not follow from the lines before it' : 'is damaged';
    throw new DeployError(
      'journal',
      `${file}: line ${index + 1} ${what}. Restore the file, or move it away to begin a new journal; rollback then has no earlier release.`,
    );
  });
}

/** Whether each record may come after those before it: releases are counted, and a run writes between start and end. */
function sequence(): (record: JournalRecord) => boolean {
  let release = 0;
  let isOpen = false;
  let isDone = true;
  return (record) => {
    if (record.kind === 'accept') return release > 0;
    if (record.kind !== 'start') {
      const isInRun = isOpen;
      if (record.kind === 'end') {
        isOpen = false;
        isDone = record.isDone;
      }
      return isInRun;
    }
    const isNext = record.release === release + 1 || (record.release === release && !isDone);
    const isEarlier = record.restores === undefined || record.restores < record.release;
    release = record.release;
    isOpen = true;
    isDone = false;
    return isNext && isEarlier;
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function writeKey(file: string, key: Buffer): void {
  try {
    writeFileSync(file, key, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    // Another run has made it at the same time; digests of this run would not fit to it.
    if (isCode(error, 'EEXIST'))
      throw new DeployError('journal', `Another run has just made ${file}. Run the command again.`);
    // A part of a key, on a disk that is full, would look like damage.
    rmSync(file, { force: true });
    throw error;
  }
}

/** Locks that this process holds. */
const held = new Set<string>();

/** A lock names the process that holds it. A lock of a process that has ended counts no more. */
function lockFile(file: string): () => void {
  const text = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
      held.add(file);
      return () => {
        held.delete(file);
        rmSync(file, { force: true });
      };
    } catch (error) {
      if (!isCode(error, 'EEXIST') || attempt > 0 || !isStale(file))
        throw isCode(error, 'EEXIST') ? busy(file) : error;
      rmSync(file, { force: true });
    }
  }
}

function isStale(file: string): boolean {
  const holder: unknown = jsonOf(readIfThere(file)?.toString('utf8') ?? '');
  if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('host' in holder)) return true;
  if (holder.host !== hostname() || typeof holder.pid !== 'number') return false;
  // In a container, a process may have the number of one that was killed before.
  if (holder.pid === process.pid) return !held.has(file);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

function busy(file: string): DeployError {
  return new DeployError('journal', `Another run is at work on this place. If none is, remove ${file}.`);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function tried<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof DeployError) throw cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new DeployError('journal', `The journal ${path} cannot be used: ${reason}.`, { cause });
  }
}

/** A name that is readable, legal everywhere, and different for different places. */
function fileName(issuer: string, place: string): string {
  const readable = place.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9.-]+/g, '_');
  const hash = contentHash(place).slice(0, 8);
  return `${issuer}-${readable.slice(0, 120)}${readable === place ? '' : `-${hash}`}`;
}

/** A resource as a journal keeps it. */
export function knownOf({ key, owner, image, memo, parent, isBinding }: Resource): Known {
  return {
    key,
    owner,
    image,
    ...(memo === undefined ? {} : { memo }),
    ...(parent === undefined ? {} : { parent }),
    ...(isBinding === undefined ? {} : { isBinding }),
  };
}
