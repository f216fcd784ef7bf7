import { chmodSync, closeSync, openSync } from 'node:fs';

export interface AuditLock {
  release(): void;
}

/** SQLite's `SQLITE_BUSY` and `SQLITE_NOTADB`. @see https://www.sqlite.org/rescode.html */
const busy = 5;
const notADatabase = 26;

/**
 * Takes the lock file with a system lock, which ends with the process in any case; the empty file stays. SQLite is
 * Node's way to get such a lock.
 *
 * @returns undefined if another process holds it, or this one does already
 * @throws Error of the system
 */
export function lockAudit(lock: string): AuditLock | undefined {
  // A process that could read the lock file could hold the lock.
  closeSync(openSync(lock, 'a', 0o600));
  chmodSync(lock, 0o600);
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(lock);
  try {
    // Without a second file beside it.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
    if (code === busy) return undefined;
    if (code === notADatabase)
      throw new Error('it is not empty, so this server did not make it', { cause: error });
    throw error;
  }
  return { release: () => database.close() };
}
