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
  return (decision, { access: incoming, id: incomingId }) => {
    if (decision.denied !== undefined) return denialReply(decision.denied);
    if (isHeld(incoming, decision.scopes.remove)) return denialReply(scopeRefused);
    // No hook can add a scope.
    if (decision.scopes.add.length > 0) return unavailableReply;
    let commands = '';
    if (incoming !== undefined) {
      const patch = access(incoming.claims, decision.access);
      const lifetime = lifetimePatch(incoming.lifetimeSeconds, decision.lifetimeSeconds);
      if (patch === undefined || lifetime === undefined) return unavailableReply;
      const audience = guard.audience === undefined ? '' : audiencePatch(incoming.claims, guard.audience);
      commands = command('com.okta.access.patch', listed(listed(patch, audience), lifetime));
    }
    if (incomingId !== undefined) {
      const patch = id(incomingId.claims, decision.id);
      if (patch === undefined) return unavailableReply;
      commands = listed(commands, command('com.okta.identity.patch', patch));
    }
    const text = commands === '' ? '{}' : `{"commands":[${commands}]}`;
    return isTooLarge(text) ? unavailableReply : { text, denied: undefined };
  };
}

function command(type: string, operations: string): string {
  return operations === '' ? '' : `{"type":"${type}","value":[${operations}]}`;
}

function listed(left: string, right: string): string {
  return left === '' || right === '' ? left + right : `${left},${right}`;
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
