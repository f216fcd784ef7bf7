import type { RedisClientType } from '@redis/client';
import { within } from '../within.ts';
import { breaker } from './breaker.ts';
import { load } from './load.ts';
import type { Seal } from './seal.ts';
import { SourceError } from './source-error.ts';

/** How long to wait for Redis. After that, asking the source itself is faster. */
const timeoutMs = 40;
const connectTimeoutMs = 1000;
const longestReconnectMs = 2000;
/** The most commands under way; further ones fail at once. */
const queueLimit = 1000;

/** A cache that several servers share. It never fails: an error counts as a miss. */
export interface SharedCache {
  readonly get: (seal: Seal, key: string) => Promise<string | undefined>;
  /** Nobody waits for it. */
  readonly set: (seal: Seal, key: string, text: string, ttlMs: number) => void;
  readonly delete: (seal: Seal, key: string) => void;
  /**
   * Loads the client and waits a moment for the connection. A Redis that is down is not an error.
   *
   * @throws SourceError if the address or the package is unusable
   */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const missed = Symbol('missed');

/**
 * A cache in Redis. Entries are sealed, so a person with access to Redis cannot read or forge a value.
 *
 * @param url returns the address with settings filled in, or throws if one is missing
 */
export function sharedCache(url: () => string): SharedCache {
  const redis = new Redis(url);
  return {
    async get(seal, key) {
      const found = await redis.command((client) => client.get(seal.nameOf(key)));
      return typeof found === 'string' ? seal.open(key, Buffer.from(found, 'base64')) : undefined;
    },
    set(seal, key, text, ttlMs) {
      const sealed = seal.seal(key, text).toString('base64');
      void redis.command((client) =>
        client.set(seal.nameOf(key), sealed, { expiration: { type: 'PX', value: Math.ceil(ttlMs) } }),
      );
    },
    delete(seal, key) {
      void redis.command((client) => client.del(seal.nameOf(key)));
    },
    ready: () => redis.ready(),
    close: () => redis.close(),
  };
}

/** A client of Redis, opened when it is first needed. */
class Redis {
  readonly #url: () => string;
  readonly #breaker = breaker<unknown>((outcome) => (outcome === missed ? 'fault' : 'good'));
  #opened: Promise<RedisClientType> | undefined;
  #client: RedisClientType | undefined;
  #isClosed = false;

  constructor(url: () => string) {
    this.#url = url;
  }

  /** The answer of Redis, {@link missed} if it is too late, or undefined if Redis was not asked. */
  async command(work: (client: RedisClientType) => Promise<unknown>): Promise<unknown> {
    const client = this.#client;
    if (client === undefined) {
      this.#opened ??= this.#open();
      this.#opened.catch(() => undefined);
      return undefined;
    }
    if (this.#isClosed || !client.isReady) return undefined;
    return this.#breaker.run(() =>
      within<unknown>(timeoutMs, missed, () => work(client)).catch(() => missed),
    );
  }

  /** @throws SourceError if the address or the package is unusable */
  async ready(): Promise<void> {
    this.#opened ??= this.#open();
    let client: RedisClientType;
    try {
      client = await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      if (error instanceof SourceError) throw error;
      throw new SourceError(
        'address',
        'sharedCache',
        'its address must begin with redis:// or rediss://, and its settings must be set',
      );
    }
    const endMs = Date.now() + connectTimeoutMs;
    while (!client.isReady && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opened?.catch(() => undefined);
    if (this.#client?.isOpen) this.#client.destroy();
  }

  async #open(): Promise<RedisClientType> {
    const { createClient } = await load('@redis/client', 'sharedCache', () => import('@redis/client'));
    const created: RedisClientType = createClient({
      url: this.#url(),
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
    this.#client = created;
    return created;
  }
}
