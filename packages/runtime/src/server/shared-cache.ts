import type { RedisClientType } from '@redis/client';
import { within } from '../within.ts';
import { breaker } from './breaker.ts';
import { load } from './load.ts';
import type { Seal } from './seal.ts';
import { SourceError } from './source-error.ts';

/** How long anybody waits for Redis: longer, and the source itself is the better one to ask. */
const timeoutMs = 40;
const connectTimeoutMs = 1000;
const longestReconnectMs = 2000;
/** Commands under way; what comes beyond fails at once. */
const queueLimit = 1000;

/** What several servers know together. It never fails: what cannot be had is a miss. */
export interface SharedCache {
  readonly get: (seal: Seal, key: string) => Promise<string | undefined>;
  /** Nobody waits for it. */
  readonly set: (seal: Seal, key: string, text: string, ttlMs: number) => void;
  readonly delete: (seal: Seal, key: string) => void;
  /**
   * Loads the client and gives it a moment to connect. A Redis that is down is no error.
   *
   * @throws SourceError where the address or the package is unusable
   */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const missed = Symbol('missed');

/**
 * A cache in Redis. Entries are sealed, so who can read or write there learns no value and forges none.
 *
 * @param url gives the address, settings filled in; it throws where they are not given
 */
export function sharedCache(url: () => string): SharedCache {
  const { run } = breaker<unknown>((outcome) => (outcome === missed ? 'fault' : 'good'));
  let opened: Promise<RedisClientType> | undefined;
  let client: RedisClientType | undefined;
  let isClosed = false;

  async function open(): Promise<RedisClientType> {
    const { createClient } = await load('@redis/client', 'sharedCache', () => import('@redis/client'));
    const created: RedisClientType = createClient({
      url: url(),
      disableOfflineQueue: true,
      commandsQueueMaxLength: queueLimit,
      socket: {
        connectTimeout: connectTimeoutMs,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), longestReconnectMs),
      },
    });
    // It reconnects by itself.
    created.on('error', () => undefined);
    created.connect().catch(() => undefined);
    client = created;
    return created;
  }

  /** What Redis says, or {@link missed} where it does not in time; undefined where it is not asked at all. */
  async function command(work: (redis: RedisClientType) => Promise<unknown>): Promise<unknown> {
    const redis = client;
    if (redis === undefined) {
      opened ??= open();
      opened.catch(() => undefined);
      return undefined;
    }
    if (isClosed || !redis.isReady) return undefined;
    return run(() => within<unknown>(timeoutMs, missed, () => work(redis)).catch(() => missed));
  }

  return {
    async get(seal, key) {
      const found = await command((redis) => redis.get(seal.nameOf(key)));
      return typeof found === 'string' ? seal.open(key, Buffer.from(found, 'base64')) : undefined;
    },
    set(seal, key, text, ttlMs) {
      const sealed = seal.seal(key, text).toString('base64');
      void command((redis) =>
        redis.set(seal.nameOf(key), sealed, { expiration: { type: 'PX', value: Math.ceil(ttlMs) } }),
      );
    },
    delete(seal, key) {
      void command((redis) => redis.del(seal.nameOf(key)));
    },
    async ready() {
      opened ??= open();
      let redis: RedisClientType;
      try {
        redis = await opened;
      } catch (error) {
        opened = undefined;
        if (error instanceof SourceError) throw error;
        throw new SourceError(
          'address',
          'sharedCache',
          'it must be redis:// or rediss://, its settings given',
        );
      }
      const endMs = Date.now() + connectTimeoutMs;
      while (!redis.isReady && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async close() {
      isClosed = true;
      await opened?.catch(() => undefined);
      if (client?.isOpen) client.destroy();
    },
  };
}
