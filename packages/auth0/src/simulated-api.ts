import {
  addedScopesLimit,
  cacheLifetimeLimitMs,
  cacheLimits,
  cacheValueLimitBytes,
  scopeLimitCharacters,
  type TriggerId,
} from './limits.ts';

/** What an Action did to the transaction. */
export interface Recorded {
  denied: { readonly error: string; readonly description: string } | undefined;
  readonly access: Map<string, string>;
  readonly id: Map<string, string>;
  readonly added: Set<string>;
  readonly removed: Set<string>;
  readonly notes: string[];
}

/** Entries of a trigger's cache: text, and the Unix time in milliseconds at which it goes. */
export type CacheEntries = Map<string, { readonly value: string; readonly expires_at: number }>;

/** The `api` of a trigger with Auth0's checks of arguments; what it is told is recorded, nothing else happens. */
export function simulatedApi(trigger: TriggerId, cache: CacheEntries, now: () => number) {
  const recorded: Recorded = {
    denied: undefined,
    access: new Map(),
    id: new Map(),
    added: new Set(),
    removed: new Set(),
    notes: [],
  };
  const isLogin = trigger === 'post-login';
  const setClaim = (claims: Map<string, string>) => ({
    setCustomClaim(name: unknown, value: unknown) {
      if (isLogin && name === 'scope') throw new Error('The "scope" claim cannot be set.');
      const text = JSON.stringify(value);
      if (text === undefined) recorded.notes.push(`${name} has no value in JSON: it is left out.`);
      else claims.set(String(name), text);
      return api;
    },
  });
  const scopes = {
    addScope(scope: unknown) {
      recorded.added.add(checkedScope(scope));
      if (recorded.added.size > addedScopesLimit)
        throw new Error(`More than ${addedScopesLimit} scopes added.`);
    },
    removeScope(scope: unknown) {
      recorded.removed.add(checkedScope(scope));
    },
  };
  const others = otherParts[trigger].map((part) => [part, notSimulated(part, recorded.notes, () => api)]);
  const api: object = {
    ...Object.fromEntries(others),
    access: {
      deny(...[first, second]: unknown[]) {
        recorded.denied = isLogin
          ? { error: 'access_denied', description: String(first) }
          : { error: String(first), description: second === undefined ? '' : String(second) };
        return api;
      },
    },
    accessToken: isLogin ? { ...setClaim(recorded.access), ...scopes } : setClaim(recorded.access),
    ...(isLogin ? { idToken: setClaim(recorded.id) } : {}),
    cache: simulatedCache(cache, now),
  };
  return { api, recorded };
}

function checkedScope(scope: unknown): string {
  if (typeof scope !== 'string') throw new TypeError('A scope is a string.');
  const text = scope.trim();
  if (text === '' || text.length > scopeLimitCharacters || /\s/.test(text)) throw new Error('Invalid scope.');
  return text;
}

/** Errors are returned, not thrown, as in Auth0. */
function simulatedCache(entries: CacheEntries, now: () => number) {
  const error = (code: string) => ({ type: 'error', code });
  const live = () => {
    for (const [key, { expires_at }] of entries) if (expires_at <= now()) entries.delete(key);
    return entries;
  };
  return {
    get: (key: unknown) => live().get(String(key)),
    set(key: unknown, value: unknown, options: { ttl?: unknown; expires_at?: unknown } = {}) {
      if (typeof key !== 'string' || typeof value !== 'string') return error('FailedToSetCacheRecord');
      if (Buffer.byteLength(key) > cacheLimits.keyBytes) return error('CacheKeySizeExceeded');
      if (Buffer.byteLength(value) > cacheValueLimitBytes) return error('CacheValueSizeExceeded');
      const lifetimeMs = Number(options.ttl ?? cacheLimits.defaultLifetimeMs);
      const expires_at = Math.min(
        now() + Math.min(lifetimeMs, cacheLifetimeLimitMs),
        Number(options.expires_at ?? Number.POSITIVE_INFINITY),
      );
      if (Number.isNaN(expires_at)) return error('InvalidExpiry');
      if (expires_at <= now()) return error('ItemAlreadyExpired');
      const others = [...live()].filter(([other]) => other !== key);
      const bytes = others.reduce((sum, [other, entry]) => sum + byteLength(other, entry.value), 0);
      if (others.length >= cacheLimits.entries) return error('CacheSizeExceeded');
      if (bytes + byteLength(key, value) > cacheLimits.totalBytes) return error('CacheSizeExceeded');
      const record = { value, expires_at };
      entries.set(key, record);
      return { type: 'success', record };
    },
    delete: (key: unknown) =>
      live().delete(String(key)) ? { type: 'success' } : error('CacheKeyDoesNotExist'),
  };
}

function byteLength(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}

/** Parts of the api that change no token that we simulate. */
const otherParts: Readonly<Record<TriggerId, readonly string[]>> = {
  'post-login': [
    'authentication',
    'groups',
    'multifactor',
    'prompt',
    'redirect',
    'refreshToken',
    'roles',
    'rules',
    'samlResponse',
    'session',
    'transaction',
    'user',
    'validation',
  ],
  'credentials-exchange': ['transaction'],
};

/** A part of the api whose methods change nothing; each call is noted. */
function notSimulated(part: string, notes: string[], result: () => unknown): object {
  return new Proxy(
    {},
    {
      get: (_target, method) => () => {
        notes.push(`api.${part}.${String(method)} is not simulated.`);
        return result();
      },
    },
  );
}
