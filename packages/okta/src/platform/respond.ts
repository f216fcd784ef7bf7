import { type Decision, denial, type Json, scopeRefused, unavailable } from '@claimsmith/runtime';
import type { IncomingToken, Part, Payload } from './payload.ts';
import { escapeStep } from './pointer.ts';
import { feederPrefix, type HookPolicy } from './policy.ts';
import {
  lifetimeBoundsSeconds,
  reservedAccessNames,
  reservedIdNames,
  responseLimitBytes,
} from './reserved.ts';

/** The answer to a request, and why nothing is issued, if so. */
export interface Reply {
  readonly text: string;
  readonly denied: string | undefined;
}

export function denialReply(reason: string, message = reason): Reply {
  return { text: JSON.stringify({ error: { errorSummary: message } }), denied: reason };
}

/** The hook's answer to every error, which does not say what is wrong. */
export const unavailableReply: Reply = denialReply(unavailable);

/**
 * Turns decisions into answers that Okta applies as a whole. If Okta cannot apply one operation, it drops the response
 * and issues the token unmodified. So each operation is checked against the incoming token, and if one does not fit,
 * the answer is a denial.
 */
export function createResponder({
  guard,
  claims,
}: HookPolicy): (decision: Decision, payload: Payload) => Reply {
  const patchAccess = createPatcher(claims.access, [...reservedAccessNames, 'aud', 'sub']);
  const patchId = createPatcher(claims.id, reservedIdNames);
  const withoutFeeders = createPatcher([], []);
  return (decision, { access, id }) => {
    if (decision.denied !== undefined) return denialReply(decision.denied, decision.message);
    if (decision.left === true) {
      // Its guard stays too, so services refuse it.
      const patches = [
        command(
          'com.okta.access.patch',
          access === undefined ? '' : (withoutFeeders(access.claims, {}) ?? ''),
        ),
        command('com.okta.identity.patch', id === undefined ? '' : (withoutFeeders(id.claims, {}) ?? '')),
      ];
      return answer(patches.reduce(listed));
    }
    if (isHeld(access, decision.scopes.remove)) return denialReply(scopeRefused);
    // No hook can add a scope.
    if (decision.scopes.add.length > 0) return unavailableReply;
    let commands = '';
    if (access !== undefined) {
      const lifetime = lifetimePatch(access, decision.lifetimeSeconds);
      let patch = patchAccess(access.claims, decision.access);
      if (patch === undefined || lifetime === undefined) return unavailableReply;
      patch = listed(patch, lifetime);
      // A token without one does not come so far.
      if (guard.quarantine !== undefined)
        patch = listed(patch, operation('replace', '/claims/aud', guard.quarantine.to));
      commands = listed(commands, command('com.okta.access.patch', patch));
    }
    if (id !== undefined) {
      const patch = patchId(id.claims, decision.id);
      if (patch === undefined) return unavailableReply;
      commands = listed(commands, command('com.okta.identity.patch', patch));
    }
    return answer(commands);
  };
}

/** The answer that changes nothing. */
export const untouchedText = '{}';

/** The answer that leaves tokens as they were before the policy: it only removes the feeders. */
export function createUntouched(policy: HookPolicy): (payload: Payload) => string {
  const respond = createResponder(policy);
  return (payload) => {
    try {
      const { text, denied } = respond({ ...denial(''), denied: undefined, left: true }, payload);
      return denied === undefined ? text : untouchedText;
    } catch {
      return untouchedText;
    }
  };
}

function answer(commands: string): Reply {
  const text = commands === '' ? '{}' : `{"commands":[${commands}]}`;
  return isTooLarge(text) ? unavailableReply : { text, denied: undefined };
}

/** An operation in JSON. Most of it is the same for each request: that is written once. */
type Operation = string;

/** Operations in JSON, with commas between them; empty where there are none. */
type Patch = string;

function command(type: string, patch: Patch): string {
  return patch === '' ? '' : `{"type":"${type}","value":[${patch}]}`;
}

/** One more in a list; an empty text adds nothing. Concatenation takes half the time of `join`. */
function listed(list: string, next: string): string {
  if (list === '' || next === '') return list + next;
  return `${list},${next}`;
}

function operation(op: 'add' | 'replace', path: string, value: Json): Operation {
  return JSON.stringify({ op, path, value });
}

/** Whether a token has one of these scopes, or may have it: unreadable scopes count as present. */
function isHeld(access: IncomingToken | undefined, scopes: readonly string[]): boolean {
  if (access === undefined || scopes.length === 0) return false;
  const held = access.scopes;
  return held === undefined || scopes.some((scope) => Object.hasOwn(held, scope));
}

/** The operations on a token's claims; undefined if one would not fit. */
type Patcher = (incoming: Part, claims: Decision['access']) => Patch | undefined;

function createPatcher(own: readonly string[], reserved: readonly string[]): Patcher {
  const owned = new Set(own);
  const refused = new Set([...reserved, '']);
  // Names are the policy's, so there are few of them.
  const starts = new Map<string, string>();
  const startOf = (name: string) => {
    const known =
      starts.get(name) ?? `{"op":"add","path":${JSON.stringify(`/claims/${escapeStep(name)}`)},"value":`;
    starts.set(name, known);
    return known;
  };
  return (incoming, claims) => {
    let patch: Patch = '';
    for (const name of Object.keys(incoming)) {
      const isLeftOut = owned.has(name) && !Object.hasOwn(claims, name);
      if (!isLeftOut && !name.startsWith(feederPrefix)) continue;
      if (refused.has(name)) return undefined;
      patch = listed(patch, JSON.stringify({ op: 'remove', path: `/claims/${escapeStep(name)}` }));
    }
    for (const name of Object.keys(claims)) {
      const value = jsonOf(claims[name]);
      if (refused.has(name) || value === undefined) return undefined;
      patch = listed(patch, `${startOf(name)}${value}}`);
    }
    return patch;
  };
}

/** Undefined if JSON would drop the value or turn it into null: an operation without its value would not fit. */
function jsonOf(value: Json | undefined): string | undefined {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  // Most texts need no escaping.
  if (typeof value === 'string') return /^[ !#-[\]-~]*$/.test(value) ? `"${value}"` : JSON.stringify(value);
  return value === null ? undefined : JSON.stringify(value);
}

/** Sets the policy's lifetime. Undefined if it cannot be set, because claims would outlive their `maxAge`. */
function lifetimePatch(incoming: IncomingToken, wanted: number | undefined): Patch | undefined {
  if (wanted === undefined || wanted === incoming.lifetimeSeconds) return '';
  const { least, most } = lifetimeBoundsSeconds;
  if (incoming.lifetimeSeconds === undefined) return undefined;
  if (!(Number.isInteger(wanted) && wanted >= least && wanted <= most)) return undefined;
  return operation('replace', '/token/lifetime/expiration', wanted);
}

function isTooLarge(text: string): boolean {
  return text.length * 3 >= responseLimitBytes && Buffer.byteLength(text) >= responseLimitBytes;
}
