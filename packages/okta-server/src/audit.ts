import { constants } from 'node:fs';
import { appendFile, type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type AuditEvent, auditLine, type ChainEnd, chainStart, hashOf } from './audit-line.ts';
import { type AuditLock, lockAudit } from './audit-lock.ts';
import { ServerError, systemCode } from './server-error.ts';
import { linkOf, readEnd } from './verify-audit.ts';

/** Where an audit is kept, and how surely. */
export interface AuditOptions {
  /**
   * Written by one process alone: `<file>.lock` sees to it. What stands there already is continued; where nothing does,
   * the chain whose end `<file>.end` keeps.
   */
  readonly file: string;
  /** Who writes: the `source` of each line. */
  readonly source: string;
  /** Whether each write waits for the disk itself. Default false: lines outlive the process, not the machine. */
  readonly isSynced?: boolean;
  /** How long a line may take. Default 500 ms. */
  readonly timeoutMs?: number;
}

/** An audit file that is open. */
export interface Audit {
  /** The bytes of a torn last line that were found and moved to `<file>.torn`. */
  readonly tornBytes: number;
  /**
   * Resolves when the line is in the file. Lines that come while another is being written go together in the next write.
   *
   * @throws ServerError `audit_unavailable`: the line is not in the file; after the time-out it may yet get there
   */
  append(data: unknown): Promise<void>;
  /**
   * Whether lines can be written: the file is there and nobody else has changed it, and where the last line could not be
   * written, a line that says so can.
   */
  isWritable(): Promise<boolean>;
  /**
   * Goes on in a new file where the old one was moved away, or emptied: the chain continues from one to the other. What
   * was emptied gets a line that says so.
   *
   * @throws ServerError `audit_unavailable` where another hand has changed the file and left something in it
   */
  reopen(): Promise<void>;
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  readonly event: AuditEvent;
  readonly data: unknown;
  readonly timeMs: number;
  /** On the clock of `performance.now()`. */
  readonly sinceMs: number;
  readonly settle: (error: ServerError | undefined) => void;
}

const defaultTimeoutMs = 500;

/** How often the file is looked at for what others did to it, in milliseconds. */
const checkIntervalMs = 100;

/**
 * Opens an audit file that only ever grows: one JSON line per event, each carrying the hash of the line before.
 *
 * A process that dies in the middle of a write leaves a torn last line, which nobody was told of. It is moved to
 * `<file>.torn`, and a line says so.
 *
 * @throws ServerError `audit_unavailable` when the file cannot be opened for writing, or another process writes to it;
 *   `audit_broken` when its last line is no line of an audit
 */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { file, source, isSynced = false, timeoutMs = defaultTimeoutMs } = options;
  let handle = await openFile(file);
  let size: number;
  let end: ChainEnd;
  let tornBytes = 0;
  let interference: Readonly<Record<string, unknown>> | undefined;
  let lock: AuditLock | undefined;
  // Devices and pipes have nothing beside them.
  const isRegular = (await handle.stat()).isFile();
  try {
    if (isRegular) lock = takeLock(file);
    ({ size, end, tornBytes } = await findEnd(handle, file));
    const kept = isRegular ? await readEnd(file) : undefined;
    if (isRegular && size > 0) interference = await interferenceWith(handle, size, end, kept);
    else if (kept !== undefined) end = kept;
  } catch (error) {
    lock?.release();
    await handle.close();
    throw error;
  }
  let isFailing = false;
  let waiting: Waiting[] = [];
  let underWay: readonly Waiting[] = [];
  /** One write, or one change of files, at a time. */
  let turn: Promise<unknown> = Promise.resolve();
  let writing: Promise<void> | undefined;
  let isClosed = false;
  /** Whether a failed write may have left a piece behind `size`. */
  let isDirty = false;
  let checkedMs = Number.NEGATIVE_INFINITY;
  let expiry: NodeJS.Timeout | undefined;

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = turn.then(task);
    // Whoever waits for it is told; the next one has its turn all the same.
    turn = done.catch(() => undefined);
    return done;
  }

  function start() {
    if (waiting.length > 0) writing ??= inTurn(writeWaiting).then(goOn);
  }

  function goOn() {
    writing = undefined;
    start();
  }

  async function writeWaiting() {
    // All that comes in this turn of the event loop goes together.
    await setImmediate();
    underWay = waiting;
    waiting = [];
    const error = await write(underWay);
    for (const { settle } of underWay) settle(error);
    underWay = [];
  }

  async function write(lines: readonly Waiting[]): Promise<ServerError | undefined> {
    try {
      if (isDirty) await handle.truncate(size);
      isDirty = false;
      const nowMs = performance.now();
      if (nowMs - checkedMs >= checkIntervalMs) {
        const { nlink, size: found } = await handle.stat();
        if (nlink === 0) return unavailable(file, 'it was removed');
        // Whoever else writes here breaks the chain, and we would break theirs.
        if (found !== size) return unavailable(file, 'another hand has changed it');
        checkedMs = nowMs;
        await keepEnd();
      }
      let last = end;
      let text = '';
      for (const { event, data, timeMs } of lines) {
        const line = auditLine({ event, source, timeMs, data }, last);
        last = { sequence: last.sequence + 1, hash: hashOf(line) };
        text += `${line}\n`;
      }
      const bytes = Buffer.from(text);
      isDirty = true;
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
      }
      if (isSynced) await handle.datasync();
      isDirty = false;
      size += bytes.length;
      end = last;
      isFailing = false;
      return undefined;
    } catch (error) {
      isFailing = true;
      await undo();
      return unavailable(file, systemCode(error), error);
    }
  }

  /**
   * Beside the file, for whoever comes when that was moved away. The file itself goes before it: where this cannot be
   * written, the audit is whole without it.
   */
  async function keepEnd() {
    if (isRegular) await writeEnd(file, end).catch(() => undefined);
  }

  /** Takes out what a failed write has left; where that fails too, the next write tries again. */
  async function undo() {
    if (!isDirty) return;
    try {
      await handle.truncate(size);
      isDirty = false;
    } catch {
      // As full or broken as before.
    }
  }

  /** Gives up the lines that have waited too long. What no write has taken yet need never be written. */
  function expire() {
    expiry = undefined;
    const latestMs = performance.now() - timeoutMs;
    const late = unavailable(file, `no write within ${timeoutMs} ms`);
    for (const line of [...underWay, ...waiting]) if (line.sinceMs <= latestMs) line.settle(late);
    waiting = waiting.filter(({ sinceMs }) => sinceMs > latestMs);
    if (waiting.length > 0 || underWay.length > 0) expiry = setTimeout(expire, timeoutMs / 10);
  }

  function append(event: AuditEvent, data: unknown): Promise<void> {
    if (isClosed) return Promise.reject(unavailable(file, 'it is closed'));
    return new Promise((resolve, reject) => {
      const settle = (error: ServerError | undefined) => (error === undefined ? resolve() : reject(error));
      waiting.push({ event, data, timeMs: Date.now(), sinceMs: performance.now(), settle });
      expiry ??= setTimeout(expire, timeoutMs);
      start();
    });
  }

  /** @returns how many bytes another hand has taken away */
  async function moveOn(): Promise<number> {
    const fresh = await openFile(file);
    const [found, held] = await Promise.all([fresh.stat(), handle.stat()]);
    if (found.ino === held.ino && found.dev === held.dev) {
      await fresh.close();
      if (isDirty || held.size === size) return 0;
      if (held.size > 0) throw unavailable(file, 'another hand has changed it, and it is not empty');
      const goneBytes = size;
      size = 0;
      return goneBytes;
    }
    if (found.size > 0) {
      await fresh.close();
      throw unavailable(file, 'the file in its place is not empty');
    }
    if (isDirty) await handle.truncate(size);
    await handle.close();
    handle = fresh;
    size = 0;
    isDirty = false;
    checkedMs = Number.NEGATIVE_INFINITY;
    await keepEnd();
    return 0;
  }

  async function isUntouched(): Promise<boolean> {
    const { nlink, size: found } = await handle.stat();
    return nlink > 0 && (found === size || isDirty || !isRegular);
  }

  async function isWritable(): Promise<boolean> {
    try {
      if (isClosed || !(await inTurn(isUntouched))) return false;
      if (isFailing) await append('resumed', {});
      return true;
    } catch {
      return false;
    }
  }

  if (tornBytes > 0) await append('recovered', { tornBytes });
  if (interference !== undefined) await append('interfered', interference);
  await inTurn(keepEnd);

  return {
    tornBytes,
    append: (data) => append('issuance', data),
    isWritable,
    async reopen() {
      const missingBytes = await inTurn(moveOn);
      if (missingBytes > 0) await append('interfered', { missingBytes });
    },
    async close() {
      isClosed = true;
      while (writing !== undefined) await writing;
      clearTimeout(expiry);
      await inTurn(async () => {
        await keepEnd();
        await handle.close();
        lock?.release();
      });
    },
  };
}

function unavailable(file: string, why: string, cause?: unknown): ServerError {
  return new ServerError('audit_unavailable', `Cannot write to the audit file ${file}: ${why}`, { cause });
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o640);
  } catch (error) {
    throw unavailable(file, systemCode(error), error);
  }
}

function takeLock(file: string): AuditLock {
  let lock: AuditLock | undefined;
  try {
    lock = lockAudit(`${file}.lock`);
  } catch (error) {
    const why = error instanceof Error ? error.message : systemCode(error);
    throw unavailable(file, `${file}.lock: ${why}`, error);
  }
  if (lock === undefined) throw unavailable(file, `another process does, by ${file}.lock`);
  return lock;
}

/** By a rename: whoever reads it finds a whole one. */
async function writeEnd(file: string, { sequence, hash }: ChainEnd): Promise<void> {
  await rm(`${file}.end.new`, { force: true });
  // Not through a link that somebody has put there.
  await writeFile(`${file}.end.new`, `${sequence} ${hash}\n`, { mode: 0o640, flag: 'wx' });
  await rename(`${file}.end.new`, `${file}.end`);
}

/** More is not looked through for the line that `<file>.end` names: it is written many times a second. */
const lookBackBytes = 64 * 1024 * 1024;

/** How the file differs from what is kept of its end; undefined where the line is there that was written. */
async function interferenceWith(
  handle: FileHandle,
  size: number,
  end: ChainEnd,
  kept: ChainEnd | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (kept === undefined) return { lostEnd: true };
  if (kept.sequence > end.sequence) return { missingLines: kept.sequence - end.sequence };
  const found = kept.sequence === end.sequence ? end.hash : await hashAt(handle, size, kept.sequence);
  return found === kept.hash ? undefined : { changedLine: kept.sequence };
}

/** The hash of the line with this number in its chain, or what the line after it says; undefined where it is not near. */
async function hashAt(handle: FileHandle, size: number, sequence: number): Promise<string | undefined> {
  for (let length = 64 * 1024; ; length *= 8) {
    const from = Math.max(0, size - Math.min(length, lookBackBytes));
    const lines = await linesFrom(handle, from, size);
    const first = linkOf(lines[0] ?? Buffer.alloc(0));
    if (first?.sequence === sequence + 1) return first.previous;
    if (first !== undefined && first.sequence <= sequence) {
      const line = lines[sequence - first.sequence];
      return line !== undefined && linkOf(line)?.sequence === sequence ? hashOf(line) : undefined;
    }
    if (from === 0 || length >= lookBackBytes) return undefined;
  }
}

/** The whole lines of the file from a place on, without line feeds. */
async function linesFrom(handle: FileHandle, from: number, size: number): Promise<readonly Buffer[]> {
  const bytes = await readFrom(handle, from, size);
  const lines: Buffer[] = [];
  // Where it does not begin with the file, it may begin within a line.
  let start = from === 0 ? 0 : bytes.indexOf('\n') + 1;
  for (let at = bytes.indexOf('\n', start); at !== -1; at = bytes.indexOf('\n', start)) {
    lines.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return lines;
}

/** The last whole line of the file. What follows it is moved away. */
async function findEnd(handle: FileHandle, file: string) {
  const { size } = await handle.stat();
  const tail = await readTail(handle, size);
  const wholeBytes = tail.lastIndexOf('\n') + 1;
  const torn = tail.subarray(wholeBytes);
  const whole = size - torn.length;
  if (whole === 0) {
    await moveTorn(handle, file, torn, 0);
    return { size: 0, end: { sequence: 0, hash: chainStart }, tornBytes: torn.length };
  }
  const line = tail.subarray(tail.lastIndexOf('\n', wholeBytes - 2) + 1, wholeBytes - 1);
  const link = linkOf(line);
  if (link === undefined) {
    throw new ServerError('audit_broken', `The last line of ${file} is no line of an audit`);
  }
  await moveTorn(handle, file, torn, whole);
  return { size: whole, end: { sequence: link.sequence, hash: hashOf(line) }, tornBytes: torn.length };
}

async function moveTorn(handle: FileHandle, file: string, torn: Uint8Array, whole: number) {
  if (torn.length === 0) return;
  try {
    await appendFile(`${file}.torn`, Buffer.concat([torn, Buffer.from('\n')]), { mode: 0o640 });
    await handle.truncate(whole);
  } catch (error) {
    throw unavailable(file, systemCode(error), error);
  }
}

/** The end of the file, from before the start of its last whole line. */
async function readTail(handle: FileHandle, size: number): Promise<Buffer> {
  for (let length = 64 * 1024; ; length *= 2) {
    const from = Math.max(0, size - length);
    const tail = await readFrom(handle, from, size);
    const wholeBytes = tail.lastIndexOf('\n') + 1;
    if (from === 0 || (wholeBytes > 1 && tail.lastIndexOf('\n', wholeBytes - 2) !== -1)) return tail;
  }
}

async function readFrom(handle: FileHandle, from: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size - from);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
