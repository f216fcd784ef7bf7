import { assertEntry, type Candidate, type DenylistStore, type Entry } from './denylist.ts';

/** How a denylist in memory is set up. */
export interface MemoryOptions {
  /** Entries to begin with, for example from `claimsmith revoke`. */
  readonly entries?: readonly Entry[];
  /** The most entries. With more, it refuses to add, and who adds must not go on. Default 1,000,000. */
  readonly maxEntries?: number;
  /** Default: the time of this machine. */
  readonly now?: () => number;
}

/**
 * A denylist in the memory of this process: for one process, and for tests. Each further process needs its own entries,
 * and a restart forgets them.
 */
export function memoryDenylist({
  entries = [],
  maxEntries = 1_000_000,
  now = Date.now,
}: MemoryOptions = {}): DenylistStore {
  const kept = new Map<string, Entry>();
  let sweptAtMs = now();

  const isKept = (entry: Entry | undefined): entry is Entry =>
    entry !== undefined && entry.until > now() / 1_000;
  const sweep = () => {
    sweptAtMs = now();
    for (const [key, entry] of kept) if (!isKept(entry)) kept.delete(key);
  };
  const add = (entry: Entry) => {
    assertEntry(entry);
    if (Math.abs(now() - sweptAtMs) > 60_000 || kept.size >= maxEntries) sweep();
    const key = keyOf(entry);
    const old = kept.get(key);
    if (old === undefined && kept.size >= maxEntries) throw new Error('the denylist is full');
    kept.set(key, old === undefined ? entry : later(old, entry));
  };
  for (const entry of entries) add(entry);

  return {
    async add(entry) {
      add(entry);
    },
    isRevoked({ issuer, id, session, subject, issuedAt }: Candidate) {
      const byId = id !== undefined && isKept(kept.get(keyOf({ issuer, id, until: 0 })));
      const bySession = session !== undefined && isKept(kept.get(keyOf({ issuer, session, until: 0 })));
      const bySubject = kept.get(keyOf({ issuer, subject, before: 0, until: 0 }));
      return (
        byId || bySession || (isKept(bySubject) && 'before' in bySubject && issuedAt <= bySubject.before)
      );
    },
  };
}

/** What an entry is about, as one text. */
export function keyOf(entry: Entry): string {
  if ('id' in entry) return JSON.stringify(['id', entry.issuer, entry.id]);
  if ('session' in entry) return JSON.stringify(['session', entry.issuer, entry.session]);
  return JSON.stringify(['subject', entry.issuer, entry.subject]);
}

/** Two entries about the same: nothing that one of them revokes comes back. */
function later(a: Entry, b: Entry): Entry {
  const until = Math.max(a.until, b.until);
  if ('before' in a && 'before' in b) return { ...b, before: Math.max(a.before, b.before), until };
  return { ...b, until };
}
