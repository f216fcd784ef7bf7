import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPolicy, type Policy, type Surroundings } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import type { Asking, Decision, Json, Program } from '@claimsmith/runtime';
import { okta } from '../src/index.ts';
import { createHook, type HookOptions, type HookPolicy } from '../src/platform/index.ts';
import { nowMs } from './payloads.ts';

export const secret = 'a-secret-of-Okta-and-ours';

/** The policy of a spec in YAML; throws with the findings if the spec is not a policy. */
export function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, { okta: okta.settings });
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  const created = createPolicy(spec, source);
  if (created.policy === undefined) throw new Error(JSON.stringify(created.findings));
  return created.policy;
}

export function decision(part: Partial<Decision> = {}): Decision {
  return {
    denied: undefined,
    access: {},
    id: {},
    scopes: { add: [], remove: [] },
    lifetimeSeconds: undefined,
    outcomes: [],
    ...part,
  };
}

/** A program that decides one thing, whoever asks. */
export function deciding(part: Partial<Decision>): Program {
  return {
    name: 'fixture',
    revision: '0a1b2c3d',
    context: () => ({}),
    needs: () => [],
    decide: () => decision(part),
  };
}

/** A program that puts the context as it was found into the access token. */
export const showing: Program = {
  ...deciding({}),
  context: (raw) => ({ raw: jsonOf(raw) }),
  decide: (context) => decision({ access: { context: Reflect.get(context, 'raw') } }),
};

function jsonOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

export function hookPolicy(program: Program, part: Partial<HookPolicy> = {}): HookPolicy {
  return {
    program,
    sources: {},
    settings: [],
    feeders: undefined,
    guard: { quarantine: undefined, sentinel: undefined, shortLifeSeconds: undefined },
    deadlineMs: 2_000,
    claims: { access: [], id: [] },
    native: {},
    ...part,
  };
}

/** Tokens come for nobody, and the hook makes them for this audience. */
export function quarantine(to: string): HookPolicy['guard'] {
  return { quarantine: { from: 'urn:nobody', to }, sentinel: undefined, shortLifeSeconds: undefined };
}

export const nobody: Asking = { ask: () => Promise.reject(new Error('nobody is to be asked')) };

/** A hook with the usual secret, at the time of the payloads. */
export function hookOf(program: Program, part: Partial<HookPolicy> = {}, options: Partial<HookOptions> = {}) {
  return createHook({
    policy: hookPolicy(program, part),
    asking: nobody,
    authentication: { kind: 'header', secrets: [secret] },
    clock: () => nowMs,
    ...options,
  });
}

export function requestOf(
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: secret },
): Request {
  return new Request('https://hook.acme.example/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}

/** The hook on a real server. */
export async function serve(hook: ReturnType<typeof createHook>) {
  const server = createServer((request, response) => void hook.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the hook says where anything is not right. */
export const unavailable = { error: { errorSummary: 'enrichment_unavailable' } };

/** Surroundings of a simulation, at the time of the payloads. An HTTP source has its name for a host: `plans.example`. */
export function surroundings(
  answers: Readonly<Record<string, ReturnType<Surroundings['answer']>>> = {},
): Surroundings {
  const answer: Surroundings['answer'] = (source) => answers[source] ?? { fails: 'network' };
  return {
    fetch: async (url) => {
      const said = answer(new URL(url).hostname.replace('.example', ''));
      if ('value' in said) return new Response(JSON.stringify(said.value));
      if (said.fails === 'timeout') return await new Promise(() => undefined);
      if (said.fails === 'status') return new Response('', { status: 500 });
      if (said.fails === 'too_large') return new Response('x'.repeat(1_000_000));
      if (said.fails === 'malformed') return new Response('<');
      throw new TypeError('fetch failed');
    },
    answer,
    secrets: { TOKEN: 'a-setting' },
    nowSeconds: nowMs / 1000,
  };
}

/** An answer of the hook. */
export interface AnswerBody {
  readonly commands: readonly [Command, ...Command[]];
  readonly error?: { readonly errorSummary: string };
}

interface Command {
  readonly type: string;
  readonly value: readonly [Operation, ...Operation[]];
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

export async function answerIn(response: Response): Promise<AnswerBody> {
  return JSON.parse(await response.text());
}
