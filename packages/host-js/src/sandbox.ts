import { createRequire } from 'node:module';
import vm from 'node:vm';
import { own } from '@claimsmith/core';
import { HostError } from './host-error.ts';
import { scriptOf } from './script-of.ts';
import type { Clock } from './virtual-clock.ts';

/** The surroundings that an Action sees. */
export interface World {
  readonly clock: Clock;
  readonly fetch: (url: unknown, init?: unknown) => Promise<Response>;
  /** Takes what is written to `console`, one call a line. */
  readonly write: (...values: unknown[]) => void;
  /** The variables of its environment. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files beside its own, by the name that it requires them by. Default: none. */
  readonly modules?: Readonly<Record<string, object>>;
}

/** A loaded Action: calls the handler with an event, given as JSON, and an api. */
export interface LoadedAction {
  readonly exports: readonly string[];
  /** @throws HostError when Auth0 could not call it */
  checkHandler(name: string): void;
  run(handler: string, event: string, api: unknown): Promise<unknown>;
}

/**
 * Code that blocks the thread for this long, in real milliseconds, counts as hanging. It covers code before the handler
 * first waits; a loop in a later step cannot be interrupted.
 */
const busyLimitMs = 2_000;

/**
 * Loads code as Auth0 does: wrapped in a function with `module`, `exports` and `console`, in a fresh realm with
 * the globals of Node 22 that an Action may count on. The realm separates honest code; it does not protect against
 * hostile code.
 *
 * @throws HostError when the code does not parse or throws while loading
 */
export function loadInSandbox(code: string, filename: string, world: World): LoadedAction {
  const script = parse(code, filename);
  const realm = vm.createContext(globalsOf(world));
  scriptOf(realmSetup, 'realm').runInContext(realm)(world.clock.now);
  const module: { exports: unknown } = vm.runInContext('({ exports: {} })', realm);
  try {
    const wrapper = script.runInContext(realm)(
      (id: unknown) => own(world.modules ?? {}, String(id)) ?? requireBuiltin(id),
    );
    Object.assign(realm, { $load: () => wrapper(module, module.exports, consoleOf(world)) });
    vm.runInContext('$load()', realm, { timeout: busyLimitMs });
  } catch (cause) {
    throw new HostError('load', `The Action throws when it is loaded: ${messageOf(cause)}`, { cause });
  } finally {
    Object.assign(realm, { $load: undefined });
  }
  const exported = module.exports;
  const handlers = new Map(typeof exported === 'object' && exported !== null ? Object.entries(exported) : []);
  const checkHandler = (name: string) => {
    const handler: unknown = handlers.get(name);
    if (typeof handler !== 'function') throw new HostError('handler', `The Action does not export ${name}`);
    if (handler.constructor.name !== 'AsyncFunction') {
      throw new HostError('handler', 'Invalid function signature: a handler must be an async function');
    }
  };
  return {
    exports: [...handlers.keys()],
    checkHandler,
    async run(name, event, api) {
      checkHandler(name);
      Object.assign(realm, { $handler: handlers.get(name), $api: api, $event: event });
      return await vm.runInContext('$handler(JSON.parse($event), $api)', realm, { timeout: busyLimitMs });
    },
  };
}

function parse(code: string, filename: string): vm.Script {
  try {
    // Parsed separately first, so that the code cannot close the wrapper's function and escape from it.
    vm.compileFunction(code, ['module', 'exports', 'console', 'require'], { filename });
    return scriptOf(
      `(function (require) { return function (module, exports, console) { ${code}\n}; })`,
      filename,
    );
  } catch (cause) {
    throw new HostError('syntax', `The Action cannot be parsed: ${messageOf(cause)}`, { cause });
  }
}

/** Runs inside the realm: its own `Date` on the world's clock, and the same "random" numbers in every run. */
const realmSetup = `(function (now) {
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: (target) => new target(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  globalThis.global = globalThis;
  Math.random = () => 0.5;
})`;

function globalsOf({ clock, fetch, write, env = {} }: World): Record<string, unknown> {
  return withNodes({
    fetch,
    console: consoleOf({ write }),
    setTimeout: clock.setTimeout,
    setInterval: clock.setInterval,
    setImmediate: (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
      clock.setTimeout(callback, 1, ...args),
    clearTimeout: clock.clear,
    clearInterval: clock.clear,
    clearImmediate: clock.clear,
    process: { env: { ...env }, nextTick: queueMicrotask },
    AbortSignal: abortSignalOn(clock),
  });
}

/** Globals of Node that are the same in a realm. */
const nodesOwn = [
  'AbortController',
  'Buffer',
  'Blob',
  'Event',
  'EventTarget',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'atob',
  'btoa',
  'crypto',
  'queueMicrotask',
  'structuredClone',
] as const satisfies readonly (keyof typeof globalThis)[];

/** Node loads most of its globals when they are first used; so does a realm with them. Code may replace them in its realm. */
function withNodes(globals: Record<string, unknown>): Record<string, unknown> {
  for (const name of nodesOwn) {
    const set = (value: unknown) =>
      Object.defineProperty(globals, name, { value, configurable: true, enumerable: true, writable: true });
    Object.defineProperty(globals, name, {
      configurable: true,
      enumerable: true,
      get: () => globalThis[name],
      set,
    });
  }
  return globals;
}

function abortSignalOn(clock: Clock): typeof AbortSignal {
  const timeout = (ms: number) => {
    const controller = new AbortController();
    clock.setTimeout(() => controller.abort(new DOMException('Timed out', 'TimeoutError')), ms);
    return controller.signal;
  };
  return new Proxy(AbortSignal, {
    get: (target, key) => (key === 'timeout' ? timeout : Reflect.get(target, key)),
  });
}

function consoleOf({ write }: Pick<World, 'write'>): Record<string, unknown> {
  return Object.fromEntries(
    ['debug', 'error', 'info', 'log', 'trace', 'warn'].map((level) => [level, write]),
  );
}

/** Node's own modules that need neither the file system, the network nor another process. */
const builtins = [
  'assert',
  'buffer',
  'crypto',
  'events',
  'path',
  'querystring',
  'string_decoder',
  'url',
  'util',
  'zlib',
];

const requireHere = createRequire(import.meta.url);

function requireBuiltin(id: unknown): unknown {
  const name = String(id).replace(/^node:/, '');
  if (builtins.includes(name)) return requireHere(`node:${name}`);
  throw Object.assign(new Error(`Cannot find module '${id}' (the simulator does not install packages)`), {
    code: 'MODULE_NOT_FOUND',
  });
}

/** The text of whatever was thrown, also across realms. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}
