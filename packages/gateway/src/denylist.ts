import { anyOf, type Denylist, type Entry, memoryDenylist, redisDenylist } from '@claimsmith/guard';
import type { Log, Paced } from '@claimsmith/server';

/** The revoked tokens that a gateway knows. */
export interface Revocations {
  readonly denylist: Denylist;
  /** Takes the entries of a file in place of those before. */
  replace(entries: readonly Entry[]): void;
  close(): Promise<void>;
}

/** How long a broken connection waits before it is tried again, at most, in milliseconds. */
const longestReconnectMs = 2_000;

/**
 * Entries of a file, and a database that the services share.
 *
 * @param entries undefined if there is no file
 * @param redisUrl undefined if there is no database
 * @returns undefined if there is neither
 */
export async function revocations(
  entries: readonly Entry[] | undefined,
  redisUrl: string | undefined,
  { log, lines }: { readonly log: Log; readonly lines: Paced },
): Promise<Revocations | undefined> {
  if (entries === undefined && redisUrl === undefined) return undefined;
  let listed = memoryDenylist({ entries: entries ?? [] });
  const file: Denylist = { isRevoked: (candidate) => listed.isRevoked(candidate) };
  const replace = (next: readonly Entry[]) => {
    listed = memoryDenylist({ entries: next });
  };
  if (redisUrl === undefined) return { denylist: file, replace, close: async () => undefined };
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url: redisUrl,
    // Nothing waits for a connection: requests are refused until there is one.
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (tries) => Math.min(longestReconnectMs, 50 * 2 ** Math.min(tries, 10)) },
  });
  client.on('error', (err) =>
    lines.tell('denylist', (count) => log.error('the denylist cannot be reached', { count, err })),
  );
  client.connect().catch(() => undefined);
  const shared = redisDenylist({ send: (args) => client.sendCommand(args) });
  return { denylist: anyOf(file, shared), replace, close: async () => client.destroy() };
}
