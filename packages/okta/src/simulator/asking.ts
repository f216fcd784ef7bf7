import { setImmediate } from 'node:timers/promises';
import type { SourceRequest, Surroundings } from '@claimsmith/core';
import { answerOfDatabase, saidToDatabase } from '@claimsmith/host-js';
import {
  type AddressNeed,
  type Answer,
  type Asking,
  type Authorize,
  type ClientCredentials,
  clientCredentials,
  hasErrors,
  longestMs,
  type Question,
  type Reply,
  request,
  type Send,
  type Setting,
  type SingleNeed,
  settingOf,
} from '@claimsmith/runtime';
import { httpRequest, type ServerSource } from '@claimsmith/runtime/server';
import type { HookPolicy } from '../platform/index.ts';

/** A server's sources in a simulation: asked as the server asks them, but without waiting. */
export interface SimulatedAsking {
  readonly asking: Asking;
  /** The questions so far. */
  readonly requests: readonly SourceRequest[];
  /** How long the slowest unanswered source would have taken. All fit into a hook's deadline. */
  readonly waitedMs: () => number;
}

/** Asks as the hook's server does: with the settings that the policy lists, retries, a cache and stale answers. */
export function simulatedAsking(policy: HookPolicy, surroundings: Surroundings): SimulatedAsking {
  const { nowSeconds, instance, secrets } = surroundings;
  const given = Object.fromEntries(
    Object.entries(secrets).filter(([name]) => policy.settings.includes(name)),
  );
  const setting: Setting = (name) => settingOf(given, name);
  const kept = memoryOf(instance);
  const requests: SourceRequest[] = [];
  let slowestMs = 0;

  const keptFor = (need: SingleNeed, forMs: number): Answer | undefined => {
    const found = kept.get(JSON.stringify(need));
    const ageSeconds = nowSeconds - (found?.storedSeconds ?? 0);
    return found && ageSeconds * 1000 < forMs ? { value: found.value, ageSeconds } : undefined;
  };
  const ask = async (need: SingleNeed): Promise<Answer> => {
    const source = Object.hasOwn(policy.sources, need.source) ? policy.sources[need.source] : undefined;
    if (source === undefined) return { failure: 'address' };
    const { reply, asked } = await attempts(need, source, setting, surroundings);
    requests.push(...asked);
    if (asked.length > 0 && asked.at(-1)?.waitedMs !== undefined)
      slowestMs = Math.max(slowestMs, longestMs(source));
    if (reply.failure === undefined) {
      const storedSeconds = nowSeconds - reply.ageSeconds;
      if (source.cacheMs > 0) kept.set(JSON.stringify(need), { value: reply.value, storedSeconds });
      return reply;
    }
    const isStale = reply.passing && source.cacheMs > 0 && source.staleMs > 0;
    return (
      (isStale ? keptFor(need, source.cacheMs + source.staleMs) : undefined) ?? { failure: reply.failure }
    );
  };
  return {
    asking: { recall: (need) => keptFor(need, policy.sources[need.source]?.cacheMs ?? 0), ask },
    requests,
    waitedMs: () => slowestMs,
  };
}

type Memory = Map<string, { readonly value: unknown; readonly storedSeconds: number }>;

const memories = new WeakMap<object, Memory>();

function memoryOf(instance: object | undefined): Memory {
  const memory: Memory = (instance && memories.get(instance)) ?? new Map();
  if (instance !== undefined) memories.set(instance, memory);
  return memory;
}

interface Attempts {
  readonly reply: Reply;
  readonly asked: readonly SourceRequest[];
}

async function attempts(
  need: SingleNeed,
  source: ServerSource,
  setting: Setting,
  surroundings: Surroundings,
): Promise<Attempts> {
  const asked: SourceRequest[] = [];
  for (let retry = 0; ; retry++) {
    const { said, reply } = await attempt(need, source, setting, surroundings);
    const isLate = reply.failure !== undefined && reply.failure === 'timeout';
    for (const [i, one] of said.entries()) {
      const isLast = i === said.length - 1;
      asked.push({ said: one, waitedMs: isLate && isLast ? source.timeoutMs : undefined });
    }
    if (reply.failure === undefined || !reply.passing || retry >= source.retries) return { reply, asked };
  }
}

interface Attempt {
  /** The requests: one, and one for an access token if it is needed. */
  readonly said: readonly SourceRequest['said'][];
  readonly reply: Reply;
}

async function attempt(
  need: SingleNeed,
  source: ServerSource,
  setting: Setting,
  surroundings: Surroundings,
): Promise<Attempt> {
  if ('url' in need && source.kind === 'http') return await overHttp(need, source, setting, surroundings);
  if ('url' in need || source.kind === 'http')
    return { said: [], reply: { failure: 'address', passing: false } };
  try {
    const said = saidToDatabase(need, source, setting);
    return { said: [said], reply: answerOfDatabase(need, source, surroundings) };
  } catch {
    return { said: [], reply: { failure: 'setting', passing: false } };
  }
}

async function overHttp(
  need: AddressNeed,
  source: Extract<ServerSource, { kind: 'http' }>,
  setting: Setting,
  { fetch, instance }: Surroundings,
): Promise<Attempt> {
  const prepared = httpRequest(source, need, setting);
  if ('failure' in prepared) return { said: [], reply: { failure: prepared.failure, passing: false } };
  const said: SourceRequest['said'][] = [];
  const send: Send = async (question, limitBytes) => {
    said.push(saidBy(question));
    const controller = new AbortController();
    const asking = request(fetch, question, limitBytes, controller).catch(
      (): Reply => ({ failure: 'network', passing: true }),
    );
    return (await Promise.race([asking, idle()])) ?? late(controller);
  };
  const { address, ...rest } = prepared;
  const question = { url: address.href, ...rest };
  const { timeoutMs, limitBytes, oauth2 } = source;
  const { signal } = new AbortController();
  const asking = { question, limitBytes, timeoutMs, signal, setting, send, sendToken: send };
  const reply =
    oauth2 === undefined
      ? await send(question, limitBytes, signal)
      : await clientOf(instance, need.source, oauth2)(asking);
  const isPartial = question.method === 'POST' && reply.failure === undefined && hasErrors(reply.value);
  return { reply: isPartial ? { failure: 'status', passing: false } : reply, said };
}

const clients = new WeakMap<object, Map<string, Authorize>>();

/** What gets the access tokens for a source; an instance has one for each. */
function clientOf(instance: object | undefined, source: string, oauth2: ClientCredentials): Authorize {
  const known = (instance && clients.get(instance)) ?? new Map<string, Authorize>();
  if (instance !== undefined) clients.set(instance, known);
  const client = known.get(source) ?? clientCredentials(oauth2);
  known.set(source, client);
  return client;
}

function saidBy({ method, url, headers, body }: Question): SourceRequest['said'] {
  const named = Object.entries(headers).map(([name, value]) => [`header ${name}`, value] as const);
  return {
    method: method ?? 'GET',
    url,
    ...Object.fromEntries(named),
    ...(body === undefined ? {} : { body }),
  };
}

/** Turns of the event loop in which a promise that depends on no timer surely settles. */
const idleTurns = 10;

async function idle(): Promise<undefined> {
  for (let turn = 0; turn < idleTurns; turn++) await setImmediate();
}

function late(controller: AbortController): Reply {
  controller.abort();
  return { failure: 'timeout', passing: true };
}
