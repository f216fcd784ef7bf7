import { type Decision, unavailable } from '@claimsmith/runtime';
import type { IncomingToken, Part, Payload } from './payload.ts';
import { escapeStep } from './pointer.ts';
import type { HookPolicy } from './policy.ts';
import {
  lifetimeBoundsSeconds,
  reservedAccessNames,
  reservedIdNames,
  responseLimitBytes,
} from './reserved.ts';

/** The answer to a request, and why nothing is issued, where that is so. */
export interface Reply {
  readonly text: string;
  readonly denied: string | undefined;
}

/** A token may not hold a scope that the policy refuses, and Okta's hook can't take it out. */
export const scopeRefused = 'scope_refused';

export function denialReply(reason: string): Reply {
  return { text: JSON.stringify({ error: { errorSummary: reason } }), denied: reason };
}

/** What the hook says for anything that is not right; nobody learns what. */
export const unavailableReply: Reply = denialReply(unavailable);

/**
 * Turns decisions into answers that Okta applies as a whole. Okta drops a response for one operation that it can't
 * apply, and issues the token unmodified: each is checked against the incoming token, and where one would not fit, the
 * answer is a denial.
 */
export function createResponder({
  guard,
  feeders,
}: HookPolicy): (decision: Decision, payload: Payload) => Reply {
  const feederClaims =
    feeders === undefined ? [] : [feeders.claim, ...feeders.items.map(({ claim }) => claim)];
  const access = createPatcher(feederClaims, [...reservedAccessNames, 'aud', 'sub']);
  const id = createPatcher(feederClaims, reservedIdNames);
  return (decision, payload) => {
    if (decision.denied !== undefined) return denialReply(decision.denied);
    if (isHeld(payload.access, decision.scopes.remove)) return denialReply(scopeRefused);
    // No hook can add a scope.
    if (decision.scopes.add.length > 0) return unavailableReply;
    const operations: (string | undefined)[] = [];
    const commands: string[] = [];
    if (payload.access !== undefined) {
      const { claims, lifetimeSeconds } = payload.access;
      const patch = access(claims, decision.access);
      const audience = guard.audience === undefined ? '' : audiencePatch(claims, guard.audience);
      const lifetime = lifetimePatch(lifetimeSeconds, decision.lifetimeSeconds);
      operations.push(patch, lifetime);
      commands.push(command('com.okta.access.patch', join(patch, audience, lifetime)));
    }
    if (payload.id !== undefined) {
      const patch = id(payload.id.claims, decision.id);
      operations.push(patch);
      commands.push(command('com.okta.identity.patch', join(patch)));
    }
    if (operations.includes(undefined)) return unavailableReply;
    const text = answerText(commands.filter((part) => part !== ''));
    return isTooLarge(text) ? unavailableReply : { text, denied: undefined };
  };
}

function command(type: string, operations: string): string {
  return operations === '' ? '' : `{"type":"${type}","value":[${operations}]}`;
}

function answerText(commands: readonly string[]): string {
  return commands.length === 0 ? '{}' : `{"commands":[${commands.join()}]}`;
}

function join(...operations: readonly (string | undefined)[]): string {
  return operations.filter((text) => text).join();
}

/** Whether a token holds one of these scopes, or may: scopes that can't be read count as held. */
function isHeld(access: IncomingToken | undefined, scopes: readonly string[]): boolean {
  if (access === undefined || scopes.length === 0) return false;
  const held = access.scopes;
  return held === undefined || scopes.some((scope) => Object.hasOwn(held, scope));
}

/** Operations as JSON, with commas between; undefined where one would not fit. */
type Patcher = (incoming: Part, claims: Decision['access']) => string | undefined;

function createPatcher(feederClaims: readonly string[], reserved: readonly string[]): Patcher {
  const refused = new Set([...reserved, '']);
  // Names are the policy's, so there are few of them.
  const beginnings = new Map<string, string>();
  const beginning = (name: string) => {
    const known = beginnings.get(name);
    if (known !== undefined) return known;
    const text = `{"op":"add","path":${pathText('claims', name)},"value":`;
    beginnings.set(name, text);
    return text;
  };
  const removals = feederClaims.map((claim) => ({
    claim,
    text: `{"op":"remove","path":${pathText('claims', claim)}}`,
  }));
  return (incoming, claims) => {
    let text = '';
    for (const { claim, text: removal } of removals)
      if (Object.hasOwn(incoming, claim)) text += text === '' ? removal : `,${removal}`;
    for (const name of Object.keys(claims)) {
      const value = JSON.stringify(claims[name]);
      if (refused.has(name) || value === undefined || value === 'null') return undefined;
      text += `${text === '' ? '' : ','}${beginning(name)}${value}}`;
    }
    return text;
  };
}

function pathText(...steps: readonly string[]): string {
  return JSON.stringify(`/${steps.map(escapeStep).join('/')}`);
}

function audiencePatch(incoming: Part, audience: string): string {
  const op = Object.hasOwn(incoming, 'aud') ? 'replace' : 'add';
  return `{"op":"${op}","path":"/claims/aud","value":${JSON.stringify(audience)}}`;
}

/** A lifetime that can't be set as the policy says would let claims outlive their `maxAge`. */
function lifetimePatch(incoming: number | undefined, wanted: number | undefined): string | undefined {
  if (wanted === undefined || wanted === incoming) return '';
  const { least, most } = lifetimeBoundsSeconds;
  if (incoming === undefined || !(Number.isInteger(wanted) && wanted >= least && wanted <= most))
    return undefined;
  return `{"op":"replace","path":"/token/lifetime/expiration","value":${wanted}}`;
}

function isTooLarge(text: string): boolean {
  return text.length * 3 >= responseLimitBytes && Buffer.byteLength(text) >= responseLimitBytes;
}
