// biome-ignore lint/correctness/noUnresolvedImports: Biome's list of Node's modules is older than this one.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The thread's input. */
export interface SqliteSetup {
  readonly file: string;
  readonly sql: string;
  /** The most rows read. */
  readonly rowLimit: number;
  /** Roughly how many characters are read. */
  readonly limitBytes: number;
}

/** Parameters to run the statement with, or a check that it can be run. */
export type SqliteQuestion = 'check' | readonly (string | bigint | number)[];

export type SqliteOutcome =
  | { readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly failure: 'too_large' | 'malformed' }
  /** `code` is SQLite's primary result code. The message describes the statement and the file, never parameters. */
  | { readonly failure: 'error'; readonly code: number; readonly message: string };

/**
 * The whole program of the thread. It starts from its own text, so that a bundle needs no second file. It must
 * therefore use nothing from outside.
 */
export function sqliteWorker(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const sqlite = process.getBuiltinModule('node:sqlite');
  const { file, sql, rowLimit, limitBytes }: SqliteSetup = workerData;
  let database: DatabaseSync | undefined;
  let statement: StatementSync | undefined;

  const withoutSpace = (text: string) => text.replace(/^(?:[\s(;]|--[^\n]*|\/\*[\s\S]*?\*\/)+/, '');

  /** Some pragmas take effect when they are prepared, so we prepare only texts that begin like a query. */
  function isQuery(): boolean {
    return /^(?:select|with|values)\b/i.test(withoutSpace(sql));
  }

  function open(): DatabaseSync {
    if (!isQuery()) throw new Error('it is not a single query');
    const opened = new sqlite.DatabaseSync(file, { readOnly: file !== ':memory:', allowExtension: false });
    // Databases in memory, or attached ones, must not be written either.
    opened.exec('pragma query_only = on');
    return opened;
  }

  function prepare(): StatementSync {
    if (statement !== undefined) return statement;
    database ??= open();
    const prepared = database.prepare(sql);
    // A statement after another one would never run.
    const rest = withoutSpace(sql.slice(prepared.sourceSQL.length));
    if (prepared.columns().length === 0 || rest !== '') throw new Error('it is not a single query');
    prepared.setReadBigInts(true);
    statement = prepared;
    return statement;
  }

  function run(question: SqliteQuestion): SqliteOutcome {
    const prepared = prepare();
    const names = prepared.columns().map((column) => column.name);
    // Two columns of one name: it is unclear which one is meant.
    if (new Set(names).size < names.length) return { failure: 'malformed' };
    if (question === 'check') return { rows: [] };
    const rows: Record<string, unknown>[] = [];
    let size = 0;
    for (const row of prepared.iterate(...question)) {
      for (const value of Object.values(row)) size += typeof value === 'string' ? value.length : 1;
      if (size > limitBytes) return { failure: 'too_large' };
      rows.push({ ...row });
      if (rows.length === rowLimit) break;
    }
    return { rows };
  }

  parentPort?.on('message', (question: SqliteQuestion) => {
    try {
      parentPort.postMessage(run(question));
    } catch (error) {
      const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 1;
      const message = error instanceof Error ? error.message : '';
      parentPort.postMessage({ failure: 'error', code, message });
    }
  });
}
