import { hash } from 'node:crypto';
import { assertEntry, type Candidate, type DenylistStore, type Entry } from './denylist.ts';

/** How a denylist in Redis or Valkey is set up. */
export interface RedisOptions {
  /** Sends one command: `(args) => client.sendCommand(args)` of `@redis/client`, `(args) => client.call(...args)` of iovalkey. */
  readonly send: (args: string[]) => Promise<unknown>;
  /** Before each key. Default `claimsmith:denylist`. */
  readonly prefix?: string;
}

/** A denylist in Redis or Valkey. */
export interface RedisDenylist extends DenylistStore {
  /**
   * Says that the denylist holds all entries. Call it once for a new database, and after a restore. Until then, and after
   * the database has lost its data, requests are refused: an empty denylist would let revoked tokens pass. Rejects if the
   * database may evict keys.
   */
  open(): Promise<void>;
}

/** Keeps the later time, and the longer life. */
const addScript = `local old = tonumber(redis.call('GET', KEYS[1]) or '-1')
local value, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
if old > value then value = old end
local left = redis.call('PTTL', KEYS[1])
if left > ttl then ttl = left end
redis.call('SET', KEYS[1], string.format('%.17g', value), 'PX', ttl)
return 1`;

/**
 * A denylist in Redis or Valkey, which all processes of a service share. One command asks for a token.
 *
 * The database must not evict keys (`maxmemory-policy noeviction`). Keys hold digests: neither ids nor subjects.
 */
export function redisDenylist({ send, prefix = 'claimsmith:denylist' }: RedisOptions): RedisDenylist {
  // One slot of a cluster, because all keys are asked for together.
  const named = (...parts: readonly string[]) =>
    `{${prefix}}:${hash('sha256', JSON.stringify(parts), 'base64url')}`;
  const opened = `{${prefix}}:open`;
  const keyOf = (entry: Entry) => {
    if ('id' in entry) return named('id', entry.issuer, entry.id);
    if ('session' in entry) return named('session', entry.issuer, entry.session);
    return named('subject', entry.issuer, entry.subject);
  };
  return {
    async open() {
      const [, policy] = /^maxmemory_policy:(\S+)/m.exec(String(await send(['INFO', 'memory']))) ?? [];
      if (policy !== undefined && policy !== 'noeviction')
        throw new Error(`Redis may evict revocations: set maxmemory-policy to noeviction; it is ${policy}`);
      await send(['SET', opened, '1']);
    },
    async add(entry) {
      assertEntry(entry);
      const lifeMs = Math.ceil(entry.until * 1_000 - Date.now());
      if (lifeMs <= 0) return;
      const value = 'before' in entry ? entry.before : 1;
      const done = await send(['EVAL', addScript, '1', keyOf(entry), String(value), String(lifeMs)]);
      if (Number(done) !== 1) throw new Error('Redis has not stored the entry');
    },
    async isRevoked({ issuer, id, session, subject, issuedAt }: Candidate) {
      const keys = [
        opened,
        named('subject', issuer, subject),
        ...(id === undefined ? [] : [named('id', issuer, id)]),
        ...(session === undefined ? [] : [named('session', issuer, session)]),
      ];
      const values = await send(['MGET', ...keys]);
      if (!Array.isArray(values) || values.length !== keys.length) throw new Error('Redis has not answered');
      const [isOpen, before, ...others] = values;
      if (String(isOpen) !== '1') throw new Error('The denylist was not opened, or has lost its data');
      if (others.some((value) => value !== null)) return true;
      if (before === null) return false;
      // Empty text would be the number 0.
      const time = Number.parseFloat(String(before));
      if (!Number.isFinite(time)) throw new Error('The denylist holds something else');
      return issuedAt <= time;
    },
  };
}
