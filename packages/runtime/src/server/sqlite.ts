import { Worker } from 'node:worker_threads';
import { fill, type Setting } from '../fill.ts';
import type { ParameterNeed } from '../program.ts';
import type { Reply } from '../request.ts';
import { type Driver, lasting } from './driver.ts';
import { boundValues, replyOf, rowsToRead } from './rows.ts';
import type { SqlServerSource } from './source.ts';
import { SourceError } from './source-error.ts';
import { type SqliteOutcome, type SqliteQuestion, type SqliteSetup, sqliteWorker } from './sqlite-worker.ts';

/** Memory of the thread in which the database runs. */
const heapLimitMb = 64;
const scheme = 'sqlite:';

type Told = SqliteOutcome | { readonly failure: 'network' | 'timeout' };

interface Asked {
  readonly question: SqliteQuestion;
  readonly settle: (told: Told) => void;
}

/**
 * Asks a SQLite file, opened read-only, or an empty database in memory.
 *
 * A statement cannot be interrupted in the thread that runs it, so each source has a thread of its own: one that
 * does not answer in time is ended and another takes its place. Questions go to it one by one.
 */
export function sqliteDriver(name: string, source: SqlServerSource, setting: Setting): Driver {
  const waiting: Asked[] = [];
  let worker: Worker | undefined;
  let running: Asked | undefined;
  let isClosed = false;

  function start(): Worker {
    const setup: SqliteSetup = {
      file: fill(source.connection, setting).slice(scheme.length),
      sql: source.query.join('?'),
      rowLimit: rowsToRead(source),
      limitBytes: source.limitBytes,
    };
    const started = new Worker(`(${sqliteWorker})()`, {
      eval: true,
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
      env: {},
      execArgv: [],
    });
    const lost = () => {
      if (worker !== started) return;
      worker = undefined;
      settle({ failure: 'network' });
    };
    started.on('message', (outcome: SqliteOutcome) => {
      if (worker === started) settle(outcome);
    });
    started.on('error', lost);
    started.on('exit', lost);
    started.unref();
    return started;
  }

  /** Ends the question that is running, and begins the next. */
  function settle(told: Told) {
    const asked = running;
    running = undefined;
    asked?.settle(told);
    next();
  }

  function next() {
    if (running !== undefined || isClosed) return;
    running = waiting.shift();
    if (running === undefined) return;
    worker ??= start();
    worker.postMessage(running.question);
  }

  function giveUp(asked: Asked) {
    const at = waiting.indexOf(asked);
    if (at >= 0) waiting.splice(at, 1);
    if (running !== asked) return;
    const stuck = worker;
    worker = undefined;
    stuck?.terminate().catch(() => undefined);
    settle({ failure: 'timeout' });
  }

  async function ask(question: SqliteQuestion, signal: AbortSignal): Promise<Told> {
    if (isClosed) return { failure: 'network' };
    let stop: (() => void) | undefined;
    try {
      return await new Promise<Told>((resolve) => {
        const asked = { question, settle: resolve };
        stop = () => {
          giveUp(asked);
          resolve({ failure: 'timeout' });
        };
        signal.addEventListener('abort', stop, { once: true });
        waiting.push(asked);
        next();
      });
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop);
    }
  }

  return {
    async ready() {
      if (process.getBuiltinModule('node:sqlite') === undefined) {
        throw new SourceError('driver', name, 'SQLite needs Node.js 22.13 or later');
      }
      const told = await ask('check', AbortSignal.timeout(source.timeoutMs));
      if (!('failure' in told)) return;
      const cause = told.failure === 'error' ? told.message : told.failure;
      throw new SourceError('connection', name, `SQLite cannot run its query: ${cause}`);
    },
    async attempt(need, signal) {
      return 'url' in need ? lasting('address') : replyTo(source, await ask(bind(source, need), signal));
    },
    async close() {
      isClosed = true;
      for (const asked of waiting.splice(0)) asked.settle({ failure: 'network' });
      const ended = worker?.terminate();
      worker = undefined;
      settle({ failure: 'network' });
      await ended;
    },
  };
}

/** Integers as such: SQLite would compare `5.0` with a text as `'5.0'`. It knows no booleans. */
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
 * Busy, locked, an I/O error, a full disk, a file that cannot be opened or is broken: nothing of the one question.
 *
 * @see https://sqlite.org/rescode.html
 */
const passingCodes: ReadonlySet<number> = new Set([5, 6, 7, 10, 11, 13, 14, 15, 26]);
