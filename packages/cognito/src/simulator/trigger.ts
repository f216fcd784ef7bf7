import { format } from 'node:util';
import type { Issuance, Surroundings } from '@claimsmith/core';
import { noTokens } from '@claimsmith/core';
import {
  askedThrough,
  type Clock,
  finishes,
  HostError,
  type LoadedAction,
  loadInSandbox,
  messageOf,
  virtualClock,
  type World,
} from '@claimsmith/host-js';
import { attemptLimitMs, attempts, type TriggerVersion } from '../limits.ts';
import { applied } from './answer.ts';
import { filesBeside } from './beside.ts';
import type { Databases } from './databases.ts';

/** One instance of a function: what it keeps in memory outlives an issuance. */
export interface Container {
  /** Calls the handler once, in the given surroundings. */
  call(world: World, databases: Databases, event: string): Promise<unknown>;
}

/** What a thrown error comes to. */
export const throwsNote =
  'The function throws: Cognito issues no token, and shows the text of the error to the client.';

/** The handler's name in the file. */
const handler = 'handler';

/**
 * Loads a function as Lambda does, with nothing to ask.
 *
 * @throws HostError when Lambda could not run it
 */
export function loadFunction(code: string): void {
  const refuse = () => Promise.reject(new Error('A function asks nothing while it is loaded'));
  const nothing = () => {
    throw new Error('A function asks nothing while it is loaded');
  };
  const world: World = {
    clock: virtualClock(0),
    fetch: refuse,
    write: () => undefined,
    env: {},
    modules: filesBeside(nothing),
  };
  const loaded = loadInSandbox(commonJs(code), 'index.mjs', world);
  if (loaded.exports.join() !== handler)
    throw new HostError(
      'handler',
      `The function exports ${loaded.exports.join(', ') || 'nothing'}, not handler`,
    );
  loaded.checkHandler(handler);
}

/** An instance that is loaded at its first call. */
export function containerOf(code: string): Container {
  let current: { readonly world: World; readonly databases: Databases } | undefined;
  let loaded: LoadedAction | undefined;
  const running = () => {
    if (current === undefined) throw new Error('The function is not running');
    return current;
  };
  const now = () => running().world;
  const clock: Clock = {
    now: () => now().clock.now(),
    setTimeout: (...given) => now().clock.setTimeout(...given),
    setInterval: (...given) => now().clock.setInterval(...given),
    clear: (timer) => now().clock.clear(timer),
  };
  return {
    call(world, databases, event) {
      current = { world, databases };
      loaded ??= loadInSandbox(commonJs(code), 'index.mjs', {
        clock,
        fetch: (...given) => now().fetch(...given),
        write: (...values) => now().write(...values),
        env: world.env ?? {},
        modules: filesBeside(() => running().databases),
      });
      return loaded.run(handler, event, undefined);
    },
  };
}

/** The sandbox loads CommonJS; an ES module is strict. Lines stay where they are. */
function commonJs(code: string): string {
  let [head = ''] = /^(?:\/\/.*\n|\s)*/.exec(code) ?? [];
  let body = code.slice(head.length);
  for (;;) {
    const [text, names, file] =
      /^import\s*(\{[^}]*\})\s*from\s*(["'](?:\.\/\w+\.mjs|node:crypto)["']);\s*/.exec(body) ?? [];
    if (text === undefined || names === undefined) break;
    head += `const ${names.replace(/ as /g, ': ')} = require(${file});${text.slice(text.indexOf(';') + 1)}`;
    body = body.slice(text.length);
  }
  const exported = body
    .replace(/^export const handler = /m, 'const handler = exports.handler = ')
    .replace(/export\s*\{\s*(\w+) as handler\s*\};?\s*$/, 'exports.handler = $1;');
  return `'use strict';${head}${exported}`;
}

/**
 * Runs a function of the trigger, ours or any other, as Cognito would, and returns the resulting tokens: a call that takes
 * longer than five seconds is repeated twice, and an error ends the login. Time is virtual.
 *
 * @param code an ES module that exports `handler`
 * @param container pass the same one to see what a later issuance finds in memory
 */
export async function runTrigger(
  code: string,
  version: TriggerVersion,
  event: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  container: Container = containerOf(code),
): Promise<Issuance> {
  const startMs = surroundings.nowSeconds * 1000;
  const clock = virtualClock(startMs);
  const log: string[] = [];
  const asked = askedThrough(surroundings, clock);
  const world: World = {
    clock,
    fetch: asked.fetch,
    write: (...values) => void log.push(format(...values)),
    env: surroundings.secrets,
  };
  const notes: string[] = [];
  const ended = (rest: Pick<Issuance, 'denied'> & Partial<Issuance>): Issuance => ({
    ...noTokens,
    notes,
    ...rest,
    requests: asked.requests,
    log,
    elapsedMs: clock.now() - startMs,
  });
  const denied = (error: string, description: string) => ended({ denied: { error, description } });
  const text = JSON.stringify(event);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    let answer: unknown;
    try {
      const run = container
        .call(world, { surroundings, clock, requests: asked.requests }, text)
        .then((found) => {
          answer = found;
        });
      if (!(await finishes(run, clock, clock.now() + attemptLimitMs))) {
        notes.push(`Cognito waited 5 seconds for call ${attempt} of ${attempts}.`);
        continue;
      }
    } catch (thrown) {
      notes.push(throwsNote);
      return denied('UserLambdaValidationException', messageOf(thrown));
    }
    const result = applied(answer, version, event);
    notes.push(...result.notes);
    if ('malformed' in result) return denied('InvalidLambdaResponseException', result.malformed);
    const { access, id, scopes } = result;
    return ended({ denied: undefined, access, id, scopes });
  }
  return denied('UnexpectedLambdaException', 'The function did not answer within 5 seconds, three times.');
}
