import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { type ServerError, systemCode } from '@claimsmith/server';
import { findEnd, interferenceWith, unavailable } from './audit-end.ts';
import { type AuditEvent, auditLine, type ChainEnd, hashOf } from './audit-line.ts';
import { type AuditLock, lockAudit } from './audit-lock.ts';
import { readEnd } from './verify-audit.ts';

/** Where an audit is kept, and how surely. */
export interface AuditFileOptions {
  /**
   * Only one process writes it: the one that holds `<file>.lock`. An existing file is continued; without one, the chain
   * continues from the end that `<file>.end` keeps.
   */
  readonly file: string;
  /** The writer: the `source` of each line. */
  readonly source: string;
  /**
   * Whether each write waits for the disk. Default false: lines survive the process, but perhaps not a crash of the
   * machine.
   */
  readonly isSynced?: boolean;
}

/** The content of a line. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly data: unknown;
  readonly timeMs: number;
}

/** The state of a file when it was opened. */
export interface AuditFindings {
  /** The bytes of a torn last line, which were moved away. */
  readonly tornBytes: number;
  /** How another program has changed it; undefined if none has. */
  readonly interference: Readonly<Record<string, unknown>> | undefined;
}

/** How often the file is checked for changes by others, in milliseconds. */
const checkIntervalMs = 100;

/** The file of an audit, and its chain. The caller must make only one write or change of files at a time. */
export class AuditFile {
  /** The state when it was opened. */
  readonly found: AuditFindings;
  /** Whether the last write has failed. */
  isFailing = false;
  readonly #options: AuditFileOptions;
  readonly #lock: AuditLock | undefined;
  /** Devices and pipes have no files beside them. */
  readonly #isRegular: boolean;
  #handle: FileHandle;
  #size: number;
  #end: ChainEnd;
  /** Whether a failed write may have left a piece behind the end. */
  #isDirty = false;
  #checkedMs = Number.NEGATIVE_INFINITY;

  private constructor(options: AuditFileOptions, opened: Opened) {
    this.#options = options;
    this.#lock = opened.lock;
    this.#isRegular = opened.isRegular;
    this.#handle = opened.handle;
    this.#size = opened.size;
    this.#end = opened.end;
    this.found = opened;
  }

  /** @throws ServerError `audit_unavailable` or `audit_broken` */
  static async open(options: AuditFileOptions): Promise<AuditFile> {
    return new AuditFile(options, await openWhole(options.file));
  }

  /** Writes lines after the last one. The rest of a failed write is removed now or by the next write. */
  async write(entries: readonly AuditEntry[]): Promise<ServerError | undefined> {
    const { file, isSynced = false } = this.#options;
    try {
      if (this.#isDirty) await this.#handle.truncate(this.#size);
      this.#isDirty = false;
      const problem = await this.#check();
      if (problem !== undefined) return unavailable(file, problem);
      const { text, end } = this.#linesOf(entries);
      const bytes = Buffer.from(text);
      this.#isDirty = true;
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten;
      }
      if (isSynced) await this.#handle.datasync();
      this.#isDirty = false;
      this.#size += bytes.length;
      this.#end = end;
      this.isFailing = false;
      return undefined;
    } catch (error) {
      this.isFailing = true;
      await this.#undo();
      return unavailable(file, systemCode(error), error);
    }
  }

  /**
   * Keeps the end beside the file, for the next start after the file was moved away. The file itself is written first:
   * if the end cannot be written, the audit is complete without it.
   */
  async keepEnd(): Promise<void> {
    if (this.#isRegular) await writeEnd(this.#options.file, this.#end).catch(() => undefined);
  }

  /** Whether the file is unchanged by others. */
  async isUntouched(): Promise<boolean> {
    const { nlink, size } = await this.#handle.stat();
    return nlink > 0 && (size === this.#size || this.#isDirty || !this.#isRegular);
  }

  /**
   * Continues in the file that is now at the path.
   *
   * @returns how many bytes another program has removed
   * @throws ServerError `audit_unavailable` if the file contains data that is not ours
   */
  async moveOn(): Promise<number> {
    const { file } = this.#options;
    const fresh = await openFile(file);
    const [found, held] = await Promise.all([fresh.stat(), this.#handle.stat()]);
    if (found.ino === held.ino && found.dev === held.dev) {
      await fresh.close();
      if (this.#isDirty || held.size === this.#size) return 0;
      if (held.size > 0) throw unavailable(file, 'another program has changed it, and it is not empty');
      const goneBytes = this.#size;
      this.#size = 0;
      return goneBytes;
    }
    if (found.size > 0) {
      await fresh.close();
      throw unavailable(file, 'the new file in its place is not empty');
    }
    if (this.#isDirty) await this.#handle.truncate(this.#size);
    await this.#handle.close();
    this.#handle = fresh;
    this.#size = 0;
    this.#isDirty = false;
    this.#checkedMs = Number.NEGATIVE_INFINITY;
    await this.keepEnd();
    return 0;
  }

  async close(): Promise<void> {
    await this.keepEnd();
    await this.#handle.close();
    this.#lock?.release();
  }

  /** Why nothing may be written, according to regular checks of the file. */
  async #check(): Promise<string | undefined> {
    const nowMs = performance.now();
    if (nowMs - this.#checkedMs < checkIntervalMs) return undefined;
    const { nlink, size } = await this.#handle.stat();
    if (nlink === 0) return 'it was removed';
    // Another writer would break our chain, and we would break theirs.
    if (size !== this.#size) return 'another program has changed it';
    this.#checkedMs = nowMs;
    await this.keepEnd();
    return undefined;
  }

  #linesOf(entries: readonly AuditEntry[]): { readonly text: string; readonly end: ChainEnd } {
    const { source } = this.#options;
    let end = this.#end;
    let text = '';
    for (const { event, data, timeMs } of entries) {
      const line = auditLine({ event, source, timeMs, data }, end);
      end = { sequence: end.sequence + 1, hash: hashOf(line) };
      text += `${line}\n`;
    }
    return { text, end };
  }

  /** Removes the rest of a failed write. If that fails too, the next write tries again. */
  async #undo(): Promise<void> {
    if (!this.#isDirty) return;
    try {
      await this.#handle.truncate(this.#size);
      this.#isDirty = false;
    } catch {
      // As full or broken as before.
    }
  }
}

interface Opened extends AuditFindings {
  readonly handle: FileHandle;
  readonly lock: AuditLock | undefined;
  readonly isRegular: boolean;
  readonly size: number;
  readonly end: ChainEnd;
}

/** Opens a file after its last whole line, or continues the chain whose end is kept beside it. */
async function openWhole(file: string): Promise<Opened> {
  const handle = await openFile(file);
  const isRegular = (await handle.stat()).isFile();
  let lock: AuditLock | undefined;
  try {
    if (isRegular) lock = takeLock(file);
    const found = await findEnd(handle, file);
    const kept = isRegular ? await readEnd(file) : undefined;
    const opened = { ...found, handle, lock, isRegular, interference: undefined };
    if (!isRegular || found.size === 0) return { ...opened, end: kept ?? found.end };
    return { ...opened, interference: await interferenceWith(handle, found.size, found.end, kept) };
  } catch (error) {
    lock?.release();
    await handle.close();
    throw error;
  }
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
  if (lock === undefined) throw unavailable(file, `another process writes to it (it holds ${file}.lock)`);
  return lock;
}

/** Writes by a rename, so that readers find a whole file. */
async function writeEnd(file: string, { sequence, hash }: ChainEnd): Promise<void> {
  await rm(`${file}.end.new`, { force: true });
  // Not through a link that somebody has put there.
  await writeFile(`${file}.end.new`, `${sequence} ${hash}\n`, { mode: 0o640, flag: 'wx' });
  await rename(`${file}.end.new`, `${file}.end`);
}
