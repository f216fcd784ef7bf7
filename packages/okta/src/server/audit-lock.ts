export interface AuditLock {
  release(): void;
}

/** SQLite's `SQLITE_BUSY`. @see https://www.sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Takes the lock file. Its holder has it by a lock of the system, which goes with the process however that ends; the
 * file stays, and is empty. SQLite is the way to such a lock that Node.js has.
 *
 * @returns undefined where another process holds it, or this one does already
 * @throws Error of the system
 */
export function lockAudit(lock: string): AuditLock | undefined {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(lock);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
