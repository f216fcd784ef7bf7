import { addedScopesLimit, type TriggerId } from '../limits.ts';
import { type CacheEntries, simulatedCache } from './cache.ts';
import { type Asked, askingMethods } from './factors.ts';
import { simulatedParts } from './parts.ts';
import { checkedScope } from './scope.ts';

/** The changes of an Action to the transaction. */
export interface Recorded {
  denied: { readonly error: string; readonly description: string } | undefined;
  readonly access: Map<string, string>;
  readonly id: Map<string, string>;
  /** By scope, what was done with it last. */
  readonly scopes: Map<string, 'added' | 'removed'>;
  readonly notes: string[];
  /** What the user is asked for. */
  asked: Asked | undefined;
}

/** The `api` of a trigger, with Auth0's checks of arguments as in its own test kit. Calls are only recorded. */
export function simulatedApi(
  trigger: TriggerId,
  event: Readonly<Record<string, unknown>>,
  cache: CacheEntries,
  now: () => number,
) {
  const recorded: Recorded = {
    denied: undefined,
    access: new Map(),
    id: new Map(),
    scopes: new Map(),
    notes: [],
    asked: undefined,
  };
  const isLogin = trigger === 'post-login';
  const token = (claims: Map<string, string>) => ({
    setCustomClaim(name: unknown, value: unknown) {
      if (isLogin && name === 'scope') throw new Error('The "scope" claim cannot be set.');
      setClaim(claims, String(name), value, recorded.notes);
      return api;
    },
  });
  const parts = simulatedParts(trigger, { event, notes: recorded.notes, api: () => api });
  const api: object = {
    ...parts,
    ...(isLogin ? { authentication: { ...parts['authentication'], ...askingMethods(recorded) } } : {}),
    access: {
      deny(...[first, second]: unknown[]) {
        recorded.denied = isLogin
          ? { error: 'access_denied', description: String(first) }
          : { error: String(first), description: second === undefined ? '' : String(second) };
        return api;
      },
    },
    accessToken: isLogin
      ? { ...token(recorded.access), ...scopeMethods(recorded.scopes) }
      : token(recorded.access),
    ...(isLogin ? { idToken: token(recorded.id) } : {}),
    cache: simulatedCache(cache, now),
  };
  return { api, recorded };
}

/** A claim without a JSON value is removed, even if it had one before. */
function setClaim(claims: Map<string, string>, name: string, value: unknown, notes: string[]): void {
  const text = JSON.stringify(value);
  if (text !== undefined) {
    claims.set(name, text);
    return;
  }
  claims.delete(name);
  notes.push(`${name} has no JSON value, so it is left out.`);
}

/** The last call counts. */
function scopeMethods(scopes: Recorded['scopes']) {
  return {
    addScope(scope: unknown) {
      scopes.set(checkedScope(scope), 'added');
      const added = [...scopes.values()].filter((change) => change === 'added');
      if (added.length > addedScopesLimit) throw new Error(`More than ${addedScopesLimit} scopes added.`);
    },
    removeScope(scope: unknown) {
      scopes.set(checkedScope(scope), 'removed');
    },
  };
}
