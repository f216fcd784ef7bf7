import { format } from 'node:util';
import {
  type Compilation,
  type Issuance,
  IssuerError,
  isError,
  noTokens,
  type Surroundings,
  type VendorEvent,
} from '@claimsmith/core';
import {
  askedThrough,
  finishes,
  HostError,
  loadInSandbox,
  messageOf,
  virtualClock,
  type World,
} from '@claimsmith/host-js';
import {
  claimsLimitBytes,
  droppedNames,
  isForbiddenNamespace,
  isNamespaced,
  isScope,
  issuedNames,
  logLimitCharacters,
  ownApi,
  type TriggerId,
  triggerLimitMs,
  triggers,
} from '../limits.ts';
import { exchangeScopes, loginScopes } from '../platform/context.ts';
import { manifest } from '../wire.ts';
import { type Recorded, simulatedApi } from './api.ts';
import type { CacheEntries } from './cache.ts';
import { outcomeOf } from './factors.ts';

/**
 * Runs the Action of the event's trigger. For a trigger without one, it issues the tokens that Auth0 issues by itself.
 *
 * @throws {IssuerError} `event` for a trigger that issues no tokens; RangeError when the compilation failed
 */
export async function simulate(
  compilation: Compilation,
  vendorEvent: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  const { trigger, event } = vendorEvent;
  if (trigger !== 'post-login' && trigger !== 'credentials-exchange') {
    throw new IssuerError('event', `Auth0 has no trigger ${trigger} that issues tokens`);
  }
  if (compilation.findings.some(isError)) {
    throw new RangeError('A policy with errors has no Action to run');
  }
  const contentOf = (file: string) => compilation.artifacts.find(({ path }) => path === file)?.content;
  const { actions, api } = manifest.parse(JSON.parse(contentOf('manifest.json') ?? ''));
  const lifetimeSeconds = api.tokenLifetimeSeconds;
  const codes = actions
    .filter(({ trigger: { id } }) => id === trigger)
    .flatMap(({ file }) => contentOf(file) ?? []);
  if (codes.length > 0) {
    const issuance = await runInTurn(codes, trigger, event, surroundings);
    return issuance.denied === undefined ? { ...issuance, lifetimeSeconds } : issuance;
  }
  return {
    ...noTokens,
    denied: undefined,
    scopes: scopesOf(trigger, event),
    audiences: audiencesOf(event),
    lifetimeSeconds,
    notes: [`No Action is bound to ${trigger}: the token is not enriched.`],
    requests: [],
    log: [],
    elapsedMs: 0,
  };
}

/** Runs the Actions of a trigger until one ends the login. Only the last one sets claims. */
async function runInTurn(
  codes: readonly string[],
  trigger: TriggerId,
  event: VendorEvent['event'],
  surroundings: Surroundings,
): Promise<Issuance> {
  const cache = cacheOf(surroundings.instance);
  const runs: Issuance[] = [];
  for (const code of codes) {
    const run = await runAction(code, trigger, event, surroundings, cache);
    runs.push(run);
    if (run.denied !== undefined) break;
  }
  const last = runs.at(-1);
  if (last === undefined) throw new RangeError('no Action to run');
  return {
    ...last,
    notes: runs.flatMap(({ notes }) => notes),
    requests: runs.flatMap(({ requests }) => requests),
    log: runs.flatMap(({ log }) => log),
    elapsedMs: runs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
  };
}

const caches = new WeakMap<object, CacheEntries>();

/** The triggers' cache, which an instance keeps. */
function cacheOf(instance: object | undefined): CacheEntries {
  const cache: CacheEntries = (instance && caches.get(instance)) ?? new Map();
  if (instance !== undefined) caches.set(instance, cache);
  return cache;
}

/**
 * Runs one Action, ours or any other, as Auth0 would, and returns the resulting tokens. Time is virtual: delays do not
 * really wait, and a `fetch` that has not answered after a few turns of the event loop counts as hanging.
 *
 * @param code CommonJS text, as it would be deployed
 * @param event what Auth0 sends; `groups` is instead what `api.groups.getUserGroups` answers with
 * @param cache the trigger's cache; pass the same one to see what a later execution finds
 */
export async function runAction(
  code: string,
  trigger: TriggerId,
  event: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  cache: CacheEntries = new Map(),
): Promise<Issuance> {
  const startMs = surroundings.nowSeconds * 1000;
  const clock = virtualClock(startMs);
  const log: string[] = [];
  const asked = askedThrough(surroundings, clock);
  const { api, recorded } = simulatedApi(trigger, event, cache, clock.now);
  const { groups: _answered, ...sent } = event;
  const text = JSON.stringify({ ...sent, secrets: surroundings.secrets, configuration: {} });
  const world: World = {
    clock,
    fetch: asked.fetch,
    write: (...values) => void log.push(format(...values)),
  };
  let failure: string | undefined;
  try {
    const action = loadInSandbox(code, `${trigger}.js`, world);
    const run = action.run(triggers[trigger].handler, text, api);
    if (!(await finishes(run, clock, startMs + triggerLimitMs))) {
      failure = 'The Actions of the trigger took longer than 20 seconds.';
    }
  } catch (thrown) {
    failure = messageOf(thrown);
    recorded.notes.push(
      'The Action throws: Auth0 fails the login and shows the text of the error to the client.',
    );
  }
  // Records are split, so that the first line holds what matters.
  if ((log[0]?.length ?? 0) > logLimitCharacters) {
    recorded.notes.push(`Auth0 keeps only ${logLimitCharacters} characters of the log.`);
  }
  const elapsedMs = clock.now() - startMs;
  const issued = issue(recorded, failure, scopesOf(trigger, event), event);
  return { ...issued, notes: recorded.notes, requests: asked.requests, log, elapsedMs };
}

/**
 * Loads an Action as Auth0 would and checks that it exports its trigger's handler and nothing else.
 *
 * @throws HostError when Auth0 could not run it
 */
export function loadAction(code: string, trigger: TriggerId): void {
  const refuse = () => Promise.reject(new Error('An Action asks nothing while it is loaded'));
  const world: World = { clock: virtualClock(0), fetch: refuse, write: () => undefined };
  const action = loadInSandbox(code, `${trigger}.js`, world);
  const { handler } = triggers[trigger];
  if (action.exports.join() !== handler) {
    throw new HostError(
      'handler',
      `The Action exports ${action.exports.join(', ') || 'nothing'}, not ${handler}`,
    );
  }
  action.checkHandler(handler);
}

type Issued = Omit<Issuance, 'notes' | 'requests' | 'log' | 'elapsedMs'>;

/** The effect of a finished execution at Auth0. */
function issue(
  recorded: Recorded,
  failure: string | undefined,
  granted: readonly string[],
  event: Readonly<Record<string, unknown>>,
): Issued {
  const { notes } = recorded;
  const denied = failure === undefined ? recorded.denied : { error: 'access_denied', description: failure };
  if (denied !== undefined) return { denied, ...noTokens };
  const waits = recorded.asked && outcomeOf(recorded.asked, event);
  if (waits !== undefined) return { ...waits, ...noTokens };

  const added = [...recorded.scopes].flatMap(([scope, change]) => (change === 'added' ? [scope] : []));
  const kept = granted.filter((scope) => recorded.scopes.get(scope) !== 'removed');
  const scopes = [...new Set([...kept, ...added])];
  const audiences = audiencesOf(event);
  const access = signed(recorded.access, 'access token', notes, audiences.map(ownApi)[0]);
  const id = signed(recorded.id, 'ID token', notes, undefined);
  if (access === undefined || id === undefined) {
    const description = `Custom claims of one token exceed ${claimsLimitBytes} bytes.`;
    return { denied: { error: 'access_denied', description }, ...noTokens };
  }
  if (recorded.access.size > 0 && audiences.length === 0) {
    notes.push('Without an API the access token is opaque, and its claims appear only in /userinfo.');
  }
  if (recorded.id.size > 0 && !scopes.includes('openid')) {
    notes.push('Without the scope openid there is no ID token.');
    return { denied: undefined, access, id: {}, userinfo: {}, scopes, audiences, lifetimeSeconds: undefined };
  }
  // @see https://community.auth0.com/t/how-do-you-return-custom-claims-to-userinfo-endpoint-when-using-oidc/6848
  return { denied: undefined, access, id, userinfo: id, scopes, audiences, lifetimeSeconds: undefined };
}

/** The claims that get into a token; undefined if they are too large for it. */
function signed(
  claims: ReadonlyMap<string, string>,
  token: string,
  notes: string[],
  api: ReturnType<typeof ownApi>,
): Record<string, unknown> | undefined {
  const kept: [string, unknown][] = [];
  let bytes = 0;
  for (const [name, text] of claims) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(text);
    if (droppedNames.includes(name) || issuedNames.includes(name)) {
      notes.push(`${name} is restricted: Auth0 silently drops it from the ${token}.`);
    } else if (isForbiddenNamespace(name)) {
      notes.push(`${name} is in a namespace that Auth0 reserves: Auth0 drops it from the ${token}.`);
    } else if (api === 'management') {
      notes.push(`${name} is dropped: Auth0 ignores claims of Actions in tokens for its Management API.`);
    } else if (api === 'other' && !isNamespaced(name)) {
      notes.push(`${name} has no namespace: Auth0 drops it from the ${token} for one of its own APIs.`);
    } else {
      kept.push([name, JSON.parse(text)]);
    }
  }
  return bytes > claimsLimitBytes ? undefined : Object.fromEntries(kept);
}

/** The requested API; without one, the access token is for Auth0 itself. */
function audiencesOf(event: Readonly<Record<string, unknown>>): readonly string[] {
  const server = event['resource_server'];
  if (typeof server !== 'object' || server === null || !('identifier' in server)) return [];
  return typeof server.identifier === 'string' ? [server.identifier] : [];
}

/** The scopes of the token before any Action, as far as the event says. Texts that are not scopes are not granted. */
function scopesOf(trigger: TriggerId, event: Readonly<Record<string, unknown>>): readonly string[] {
  const copy = JSON.parse(JSON.stringify(event));
  const scopes = trigger === 'post-login' ? loginScopes(copy) : exchangeScopes(copy);
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string' && isScope(scope)) : [];
}
