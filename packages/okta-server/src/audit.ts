import { setImmediate } from 'node:timers/promises';
import type { ServerError } from '@claimsmith/server';
import { unavailable } from './audit-end.ts';
import { type AuditEntry, AuditFile, type AuditFileOptions } from './audit-file.ts';
import type { AuditEvent } from './audit-line.ts';

/** Where an audit is kept, and how surely. */
export interface AuditOptions extends AuditFileOptions {
  /** How long a line may take. Default 500 ms. */
  readonly timeoutMs?: number;
}

/** An audit file that is open. */
export interface Audit {
  /** The bytes of an incomplete last line that were moved to `<file>.torn`. */
  readonly tornBytes: number;
  /**
   * Resolves when the line is in the file. Lines that arrive during a write go together in the next one.
   *
   * @throws ServerError `audit_unavailable`: the line is not in the file; after the time-out it may still be written
   */
  append(data: unknown): Promise<void>;
  /**
   * Whether lines can be written: the file exists and no other program has changed it. After a failed write, a line
   * that reports the failure must also be written.
   */
  isWritable(): Promise<boolean>;
  /**
   * Continues in a new file if the old one was moved away or emptied. The chain goes on in the new file. An emptied
   * file gets a line that reports it.
   *
   * @throws ServerError `audit_unavailable` if another program has changed the file and it is not empty
   */
  reopen(): Promise<void>;
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
}

interface Waiting extends AuditEntry {
  /** On the clock of `performance.now()`. */
  readonly sinceMs: number;
  readonly settle: (error: ServerError | undefined) => void;
}

const defaultTimeoutMs = 500;

/**
 * Opens an audit file that only grows: one JSON line per event, each with the hash of the line before.
 *
 * A process that dies during a write leaves an incomplete last line. No answer was sent for it. It is moved to
 * `<file>.torn`, and a new line reports it.
 *
 * @throws ServerError `audit_unavailable` when the file cannot be opened for writing, or another process writes to it;
 *   `audit_broken` when its last line is not a line of an audit
 */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const file = await AuditFile.open(options);
  const queue = new AuditQueue(file, options);
  const { tornBytes, interference } = file.found;
  if (tornBytes > 0) await queue.append('recovered', { tornBytes });
  if (interference !== undefined) await queue.append('interfered', interference);
  await queue.inTurn(() => file.keepEnd());
  return {
    tornBytes,
    append: (data) => queue.append('issuance', data),
    async isWritable() {
      try {
        if (queue.isClosed || !(await queue.inTurn(() => file.isUntouched()))) return false;
        if (file.isFailing) await queue.append('resumed', {});
        return true;
      } catch {
        return false;
      }
    },
    async reopen() {
      const missingBytes = await queue.inTurn(() => file.moveOn());
      if (missingBytes > 0) await queue.append('interfered', { missingBytes });
    },
    close: () => queue.close(),
  };
}

/** The lines that wait to be written to a file. */
class AuditQueue {
  isClosed = false;
  readonly #file: AuditFile;
  readonly #path: string;
  readonly #timeoutMs: number;
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(file: AuditFile, { file: path, timeoutMs = defaultTimeoutMs }: AuditOptions) {
    this.#file = file;
    this.#path = path;
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves when the line is in the file. */
  append(event: AuditEvent, data: unknown): Promise<void> {
    if (this.isClosed) return Promise.reject(unavailable(this.#path, 'it is closed'));
    return new Promise((resolve, reject) => {
      const settle = (error: ServerError | undefined) => (error === undefined ? resolve() : reject(error));
      this.#waiting.push({ event, data, timeMs: Date.now(), sinceMs: performance.now(), settle });
      this.#expiry ??= setTimeout(() => this.#expire(), this.#timeoutMs);
      this.#start();
    });
  }

  /** One write, or one change of files, at a time. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    // The waiting caller gets the error; the next one still gets its turn.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    this.isClosed = true;
    while (this.#writing !== undefined) await this.#writing;
    clearTimeout(this.#expiry);
    await this.inTurn(() => this.#file.close());
  }

  #start(): void {
    if (this.#waiting.length === 0) return;
    this.#writing ??= this.inTurn(() => this.#writeWaiting()).then(() => {
      this.#writing = undefined;
      this.#start();
    });
  }

  async #writeWaiting(): Promise<void> {
    // Everything in this turn of the event loop is written together.
    await setImmediate();
    this.#underWay = this.#waiting;
    this.#waiting = [];
    const error = await this.#file.write(this.#underWay);
    for (const { settle } of this.#underWay) settle(error);
    this.#underWay = [];
  }

  /** Gives up lines that have waited too long. Lines that no write has started are never written. */
  #expire(): void {
    this.#expiry = undefined;
    const latestMs = performance.now() - this.#timeoutMs;
    const late = unavailable(this.#path, `a write took longer than ${this.#timeoutMs} ms`);
    for (const line of [...this.#underWay, ...this.#waiting]) if (line.sinceMs <= latestMs) line.settle(late);
    this.#waiting = this.#waiting.filter(({ sinceMs }) => sinceMs > latestMs);
    if (this.#waiting.length > 0 || this.#underWay.length > 0) {
      this.#expiry = setTimeout(() => this.#expire(), this.#timeoutMs / 10);
    }
  }
}
