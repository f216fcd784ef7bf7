import { isMapping } from '@claimsmith/core';
import {
  lifetimeBoundsSeconds,
  reservedAccessNames,
  reservedIdNames,
  responseLimitBytes,
} from '../platform/reserved.ts';

/** The part of a token that a hook can change. */
export interface PatchableToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly lifetimeSeconds: number;
}

/** The tokens that are about to be signed; undefined: not asked for. */
export interface PatchableTokens {
  readonly access: PatchableToken | undefined;
  readonly id: PatchableToken | undefined;
}

/** The answer of a hook. */
export interface HookAnswer {
  readonly status: number;
  readonly body: string;
}

/** The effect of an answer at Okta. */
export type Applied =
  | { readonly kind: 'patched'; readonly tokens: PatchableTokens; readonly touched: Touched }
  /** No token: the client sees `error=server_error` and this as `error_description`. */
  | { readonly kind: 'denied'; readonly description: string }
  /** The tokens are signed as if there were no hook. */
  | { readonly kind: 'unmodified'; readonly reason: string };

/** Names of the claims that were changed. */
export interface Touched {
  readonly access: readonly string[];
  readonly id: readonly string[];
}

/** What the client sees if the hook does not give a reason. */
const plainDenial = 'The callback service returned an error';

/**
 * Applies a hook's answer as Okta does: completely or not at all. If one operation does not fit, Okta drops the answer
 * and signs the tokens unmodified; the reason is the one in the System Log.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/other/create-token-hook/
 */
export function applyAnswer({ status, body }: HookAnswer, tokens: PatchableTokens): Applied {
  if (status === 204) return unmodified('the hook answered 204, no change');
  if (status !== 200) return unmodified(`the hook answered with status ${status}`);
  if (Buffer.byteLength(body) >= responseLimitBytes) return unmodified('the answer is larger than 256 KB');
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return unmodified('the answer is not JSON');
  }
  if (!isMapping(answer)) return unmodified('the answer is not a JSON object');
  const { error, commands } = answer;
  if (isMapping(error)) {
    const { errorSummary } = error;
    return { kind: 'denied', description: typeof errorSummary === 'string' ? errorSummary : plainDenial };
  }
  if (error !== undefined && error !== null) return unmodified('error is not an object');
  const drafts = { access: draftOf(tokens.access), id: draftOf(tokens.id) };
  try {
    for (const [i, command] of listOf(commands ?? [], 'commands').entries())
      applyCommand(command, `commands[${i}]`, drafts);
  } catch (problem) {
    if (problem instanceof Unfit) return unmodified(problem.message);
    throw problem;
  }
  return {
    kind: 'patched',
    tokens: { access: drafts.access && tokenOf(drafts.access), id: drafts.id && tokenOf(drafts.id) },
    touched: { access: [...(drafts.access?.touched ?? [])], id: [...(drafts.id?.touched ?? [])] },
  };
}

function unmodified(reason: string): Applied {
  return { kind: 'unmodified', reason };
}

/** An operation that cannot be applied. It names places, never values. */
class Unfit extends Error {}

interface Draft {
  readonly claims: Record<string, unknown>;
  lifetimeSeconds: number;
  readonly touched: Set<string>;
}

function draftOf(token: PatchableToken | undefined): Draft | undefined {
  return token && { ...structuredClone(token), touched: new Set() };
}

function tokenOf({ claims, lifetimeSeconds }: Draft): PatchableToken {
  return { claims, lifetimeSeconds };
}

const targets = {
  'com.okta.access.patch': { token: 'access', reserved: reservedAccessNames },
  'com.okta.identity.patch': { token: 'id', reserved: reservedIdNames },
} as const;

type Drafts = { readonly access: Draft | undefined; readonly id: Draft | undefined };

function applyCommand(command: unknown, at: string, drafts: Drafts): void {
  if (!isMapping(command)) throw new Unfit(`${at} is not an object`);
  const { type, value } = command;
  if (type !== 'com.okta.access.patch' && type !== 'com.okta.identity.patch')
    throw new Unfit(`${at}.type is not a command of a token hook`);
  const { token, reserved } = targets[type];
  const draft = drafts[token];
  if (draft === undefined) throw new Unfit(`${at} patches a token that was not asked for`);
  for (const [i, operation] of listOf(value, `${at}.value`).entries())
    applyOperation(operation, `${at}.value[${i}]`, draft, reserved);
}

function applyOperation(operation: unknown, at: string, draft: Draft, reserved: readonly string[]): void {
  if (!isMapping(operation)) throw new Unfit(`${at} is not an object`);
  const { op, path, value } = operation;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') throw new Unfit(`${at}.op is unknown`);
  if (op === 'remove' ? value !== undefined && value !== null : value === undefined)
    throw new Unfit(op === 'remove' ? `${at} removes and has a value` : `${at} has no value`);
  if (path === '/token/lifetime/expiration') {
    setLifetime(op, value, at, draft);
    return;
  }
  const [root, ...steps] = stepsOf(path, at);
  const [claim, last] = [steps[0], steps.at(-1)];
  if (root !== 'claims' || claim === undefined || last === undefined)
    throw new Unfit(`${at}.path is neither a claim nor the lifetime`);
  if (reserved.includes(claim)) throw new Unfit(`${at}: the claim ${claim} is reserved`);
  let parent: unknown = draft.claims;
  for (const step of steps.slice(0, -1)) parent = childOf(parent, step);
  change(parent, last, op, value, `${at}: ${steps.join('/')}`);
  draft.touched.add(claim);
}

function setLifetime(op: string, value: unknown, at: string, draft: Draft): void {
  const { least, most } = lifetimeBoundsSeconds;
  if (op !== 'replace') throw new Unfit(`${at}: a lifetime can only be replaced`);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new Unfit(`${at}: a lifetime has ${least} to ${most} seconds`);
  draft.lifetimeSeconds = value;
}

function stepsOf(path: unknown, at: string): readonly string[] {
  if (typeof path !== 'string' || !path.startsWith('/') || /~(?![01])/.test(path))
    throw new Unfit(`${at}.path is not a JSON pointer`);
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childOf(parent: unknown, step: string): unknown {
  if (Array.isArray(parent)) return isIndex(step) ? parent[Number(step)] : undefined;
  return isMapping(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
}

type Op = 'add' | 'replace' | 'remove';

function change(parent: unknown, step: string, op: Op, value: unknown, at: string): void {
  if (Array.isArray(parent)) changeElement(parent, step, op, value, at);
  else if (isMapping(parent)) changeMember(parent, step, op, value, at);
  else throw new Unfit(`${at}: there is nothing to hold it`);
}

function changeMember(
  parent: Record<string, unknown>,
  step: string,
  op: Op,
  value: unknown,
  at: string,
): void {
  if (op !== 'add' && !Object.hasOwn(parent, step)) throw new Unfit(`${at} is not there to ${op}`);
  if (op === 'remove') Reflect.deleteProperty(parent, step);
  // Defined rather than assigned: a name such as `__proto__` is a name like any other.
  else Object.defineProperty(parent, step, { value, writable: true, enumerable: true, configurable: true });
}

function changeElement(list: unknown[], step: string, op: Op, value: unknown, at: string) {
  const index = op === 'add' && step === '-' ? list.length : isIndex(step) ? Number(step) : Number.NaN;
  const isThere = op === 'add' ? index <= list.length : index < list.length;
  if (!isThere) throw new Unfit(`${at} is not a place in the list`);
  if (op === 'add') list.splice(index, 0, value);
  else if (op === 'replace') list[index] = value;
  else list.splice(index, 1);
}

function isIndex(step: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(step);
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unfit(`${at} is not a list`);
  return value;
}
