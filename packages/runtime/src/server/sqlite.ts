import { Worker } from 'node:worker_threads';
import { fill, type Setting } from '../fill.ts';
import type { ParameterNeed } from '../program.ts';
import type { Reply } from '../request.ts';
import { type Driver, lasting } from './driver.ts';
import { boundValues, replyOf, rowsToRead } from './rows.ts';
import type { SqlServerSource } from './source.ts';
import { SourceError } from './source-error.ts';
import { type SqliteOutcome, type SqliteQuestion, type SqliteSetup, sqliteWorker } from './sqlite-worker.ts';

/** Threads of one source. One is enough while questions are quick and few. */
const threadLimit = 4;
/** Memory of a thread. */
const heapLimitMb = 64;
const scheme = 'sqlite:';

type Told = SqliteOutcome | { readonly failure: 'network' | 'timeout' };

interface Asked {
  readonly question: SqliteQuestion;
  readonly settle: (told: Told) => void;
}

interface Thread {
  readonly worker: Worker;
  running: Asked | undefined;
}

/**
 * Asks a SQLite file, opened read-only, or an empty database in memory.
 *
 * A statement cannot be interrupted in the thread that runs it, so each source has a few threads. A thread that does
 * not answer in time is ended, and replaced when needed.
 */
export function sqliteDriver(name: string, source: SqlServerSource, setting: Setting): Driver {
  const threads = new Threads(() => ({
    file: fill(source.connection, setting).slice(scheme.length),
    sql: source.query.join('?'),
    rowLimit: rowsToRead(source),
    limitBytes: source.limitBytes,
  }));
  return {
    async ready(signal) {
      if (process.getBuiltinModule('node:sqlite') === undefined) {
        throw new SourceError('driver', name, 'SQLite needs Node.js 22.13 or later');
      }
      const told = await threads.ask('check', signal);
      if (!('failure' in told)) return;
      const cause = told.failure === 'error' ? told.message : told.failure;
      throw new SourceError('connection', name, `SQLite cannot run its query: ${cause}`);
    },
    async attempt(need, signal) {
      return 'url' in need
        ? lasting('address')
        : replyTo(source, await threads.ask(bind(source, need), signal));
    },
    close: () => threads.close(),
  };
}

/** The threads of one source, and the questions that wait for them. */
class Threads {
  readonly #setup: () => SqliteSetup;
  readonly #waiting: Asked[] = [];
  readonly #open = new Set<Thread>();
  #isClosed = false;

  /** @param setup throws if a setting is not given */
  constructor(setup: () => SqliteSetup) {
    this.#setup = setup;
  }

  async ask(question: SqliteQuestion, signal: AbortSignal): Promise<Told> {
    if (this.#isClosed) return { failure: 'network' };
    let stop: (() => void) | undefined;
    try {
      return await new Promise<Told>((resolve) => {
        const asked = { question, settle: resolve };
        stop = () => {
          this.#giveUp(asked);
          resolve({ failure: 'timeout' });
        };
        signal.addEventListener('abort', stop, { once: true });
        this.#waiting.push(asked);
        this.#next();
      });
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const asked of this.#waiting.splice(0)) asked.settle({ failure: 'network' });
    const ending = [...this.#open].map(({ worker }) => worker.terminate());
    for (const thread of [...this.#open]) this.#end(thread, { failure: 'network' });
    await Promise.all(ending);
  }

  #start(): Thread {
    const worker = new Worker(`(${sqliteWorker})()`, {
      eval: true,
      workerData: this.#setup(),
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
      env: {},
      execArgv: [],
    });
    const thread: Thread = { worker, running: undefined };
    this.#open.add(thread);
    worker.on('message', (outcome: SqliteOutcome) => this.#settle(thread, outcome));
    worker.on('error', () => this.#end(thread, { failure: 'network' }));
    worker.on('exit', () => this.#end(thread, { failure: 'network' }));
    worker.unref();
    return thread;
  }

  #settle(thread: Thread, told: Told): void {
    const asked = thread.running;
    thread.running = undefined;
    asked?.settle(told);
    this.#next();
  }

  #end(thread: Thread, told: Told): void {
    if (!this.#open.delete(thread)) return;
    thread.worker.terminate().catch(() => undefined);
    this.#settle(thread, told);
  }

  /** Gives what waits to threads that are free. */
  #next(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      let free = [...this.#open].find(({ running }) => running === undefined);
      if (free === undefined && this.#open.size < threadLimit) free = this.#start();
      if (free === undefined) return;
      free.running = this.#waiting.shift();
      free.worker.postMessage(free.running?.question);
    }
  }

  #giveUp(asked: Asked): void {
    const at = this.#waiting.indexOf(asked);
    if (at >= 0) this.#waiting.splice(at, 1);
    for (const thread of this.#open) if (thread.running === asked) this.#end(thread, { failure: 'timeout' });
  }
}

/** Integers are bound as integers: SQLite would compare `5.0` with a text as `'5.0'`. It has no booleans. */
function bind(source: SqlServerSource, need: ParameterNeed): (string | bigint | number)[] {
  return boundValues(source, need).map((value) => {
    if (typeof value === 'boolean') return value ? 1n : 0n;
    return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  });
}

function replyTo(source: SqlServerSource, told: Told): Reply {
  if (!('failure' in told)) return replyOf(source, told.rows);
  if (told.failure === 'timeout' || told.failure === 'network')
    return { failure: told.failure, passing: true };
  if (told.failure !== 'error') return lasting(told.failure);
  return { failure: 'status', passing: passingCodes.has(told.code) };
}

/**
 * Busy, locked, an I/O error, a full disk, a file that cannot be opened or is broken: they fail for every user.
 *
 * @see https://sqlite.org/rescode.html
 */
const passingCodes: ReadonlySet<number> = new Set([5, 6, 7, 10, 11, 13, 14, 15, 26]);
