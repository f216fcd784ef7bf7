import { inflateSync } from 'node:zlib';
import { isObject } from '../contract/value-type.ts';
import { assertNumbers } from '../error.ts';
import { fetchText } from '../fetch-json.ts';
import { assertAddress, type KeySettings, keyStoreFor } from '../keys/key-store.ts';
import { isSigned } from '../keys/signature.ts';
import { parseToken } from '../token/parse.ts';
import type { Denylist } from './denylist.ts';

/** How status lists are read. */
export interface StatusListOptions extends KeySettings {
  /** Who signs the lists: `iss` of each. */
  readonly issuer: string;
  /** Where its keys are. Required without `jwks`. */
  readonly jwksUrl?: string;
  /** What the addresses of lists begin with: `https://status.acme.example/`. Others are never asked. */
  readonly under: string;
  /** The algorithms that it signs with. Default `RS256` and `ES256`. */
  readonly algorithms?: readonly string[];
  /** How long a list is used if it does not say so (`ttl`), and at most, in seconds. Default 300. */
  readonly maxTtlSeconds?: number;
  /** Default: the time of this machine. */
  readonly now?: () => number;
}

const limitBytes = 4 * 1024 * 1024;
/** A list of a million tokens with eight bits each is smaller. */
const inflatedLimitBytes = 16 * 1024 * 1024;
const mostLists = 100;
const retryMs = 1_000;

interface List {
  readonly bits: number;
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * Reads the status of tokens that name one. Tokens with another status than VALID are revoked; a list that cannot be
 * read, or has no place for the token, fails.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/
 */
export function statusListDenylist(options: StatusListOptions): Denylist {
  const { now = Date.now, under, algorithms = ['RS256', 'ES256'], maxTtlSeconds = 300 } = options;
  assertNumbers({ maxTtlSeconds });
  assertAddress(under, 'status lists under');
  const keys = keyStoreFor(options.issuer, options, now);
  const lists = new Map<string, List>();
  const pending = new Map<string, Promise<List>>();
  const failedAtMs = new Map<string, number>();

  const load = async (uri: string): Promise<List> => {
    const { fetch: send = fetch, keysTimeoutMs = 3_000 } = options;
    const accept = 'application/statuslist+jwt';
    const token = (await fetchText(uri, { send, timeoutMs: keysTimeoutMs, limitBytes, accept })).trim();
    const { kid, algorithm, typ, payload, signed, signature } = parseToken(token);
    if (typ !== 'statuslist+jwt' || !algorithms.includes(algorithm)) throw new Error('not a status list');
    const key = await keys.find(kid, algorithm);
    if (key === undefined) throw new Error('an unknown key has signed the status list');
    if (!(await isSigned(key, algorithm, signed, signature))) throw new Error('not signed by its issuer');
    return listOf(payload, { uri, issuer: options.issuer, nowMs: now(), maxTtlSeconds });
  };

  const listAt = async (uri: string): Promise<List> => {
    const found = lists.get(uri);
    // Before `sinceMs`, the clock was set back.
    if (found !== undefined && found.sinceMs <= now() && now() < found.untilMs) return found;
    const since = now() - (failedAtMs.get(uri) ?? Number.NEGATIVE_INFINITY);
    if (since >= 0 && since < retryMs) throw new Error('the status list could not be read a moment ago');
    const known = pending.get(uri);
    if (known !== undefined) return await known;
    const loading = load(uri).finally(() => pending.delete(uri));
    pending.set(uri, loading);
    try {
      const list = await loading;
      if (lists.size >= mostLists) lists.clear();
      lists.set(uri, list);
      failedAtMs.delete(uri);
      return list;
    } catch (error) {
      if (failedAtMs.size >= mostLists) failedAtMs.clear();
      failedAtMs.set(uri, now());
      throw error;
    }
  };

  return {
    readsStatus: true,
    async isRevoked({ status }) {
      if (status === undefined) return false;
      if (!isBelow(status.uri, under)) throw new Error('the status list is somewhere else');
      return statusIn(await listAt(status.uri), status.index) !== 0;
    },
  };
}

function isBelow(uri: string, under: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { href, username, password } = new URL(uri);
  return username === '' && password === '' && href.startsWith(new URL(under).href);
}

interface Expected {
  readonly uri: string;
  readonly issuer: string;
  readonly nowMs: number;
  readonly maxTtlSeconds: number;
}

function listOf(payload: Readonly<Record<string, unknown>>, expected: Expected): List {
  const { iss, sub, iat, exp, ttl, status_list: list } = payload;
  const now = expected.nowMs / 1_000;
  const isRight =
    iss === expected.issuer && sub === expected.uri && typeof iat === 'number' && iat <= now + 5;
  const isCurrent = exp === undefined || (typeof exp === 'number' && exp > now);
  const { bits, lst } = isObject(list) ? list : {};
  const isList = typeof bits === 'number' && [1, 2, 4, 8].includes(bits) && typeof lst === 'string';
  if (!isRight || !isCurrent || !isList) throw new Error('not the status list that the token names');
  const life =
    typeof ttl === 'number' && ttl > 0 ? Math.min(ttl, expected.maxTtlSeconds) : expected.maxTtlSeconds;
  const end = typeof exp === 'number' ? Math.min(exp, now + life) : now + life;
  const bytes = inflateSync(Buffer.from(lst, 'base64url'), { maxOutputLength: inflatedLimitBytes });
  return { bits, bytes, sinceMs: expected.nowMs, untilMs: end * 1_000 };
}

/** Statuses fill each byte from its least significant bit. */
function statusIn({ bits, bytes }: List, index: number): number {
  const perByte = 8 / bits;
  const byte = bytes[Math.floor(index / perByte)];
  if (byte === undefined) throw new Error('the status list has no place for the token');
  return (byte >> ((index % perByte) * bits)) & (2 ** bits - 1);
}
