import { createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { okta } from '@claimsmith/okta';
import type { HookPolicy } from '@claimsmith/okta/hook';
import type { Answer, Asking } from '@claimsmith/runtime';
import { createCore } from '../../packages/okta/src/platform/core.ts';
import { applyAnswer, type PatchableToken } from '../../packages/okta/src/simulator/patch.ts';
import { type Random, seeded } from '../fuzz/random.ts';
import { mutateBytes, mutateValue, wrongCredential } from './mutate.ts';
import { nowMs, requestsFor } from './requests.ts';

/** A request that was not answered as it must be. */
export interface Fault {
  readonly what: string;
  /** Runs the same request alone. */
  readonly seed: number;
  readonly body: string;
}

export interface HookFuzz {
  readonly seed: number;
  readonly count: number;
}

export interface HookFuzzSummary extends HookFuzz {
  readonly faults: readonly Fault[];
  /** Answers by what they are; a run that issues nothing proves nothing. */
  readonly issued: number;
  readonly denied: number;
  readonly unauthenticated: number;
  readonly ms: number;
}

const secret = 'the-secret-of-a-fuzzed-hook';
const unavailable = '{"error":{"errorSummary":"enrichment_unavailable"}}';

/** More faults would say the same. */
const limitFaults = 20;

/** Throws random requests at the hook, most of them nearly right, and judges each answer as Okta would. */
export async function fuzzHook({ seed, count }: HookFuzz): Promise<HookFuzzSummary> {
  const policy = await hookPolicy();
  const requests = requestsFor(policy);
  const started = performance.now();
  const faults: Fault[] = [];
  const total = { issued: 0, denied: 0, unauthenticated: 0 };
  let random = seeded(seed);
  const asking: Asking = { recall: () => sourceAnswer(random), ask: async () => sourceAnswer(random) };
  const core = createCore({
    policy,
    asking,
    authentication: { kind: 'header', secrets: [secret] },
    clock: () => nowMs,
    maxSkewMs: 10_000,
  });
  for (let i = 0; i < count && faults.length < limitFaults; i++) {
    const own = (seed + Math.imul(i, 0x9e3779b1)) | 0;
    random = seeded(own);
    const body = bodyOf(requests, random, own);
    const isOkta = random.chance(0.95);
    const credential = isOkta ? secret : wrongCredential(secret, random);
    const text = await new Promise<string>((resolve) =>
      core.answer(credential, body, (bytes, take) => take(bytes), resolve),
    );
    const verdict = isOkta
      ? judge(text, body)
      : text === unavailable
        ? 'unauthenticated'
        : { fault: 'answered' };
    if (typeof verdict === 'string') total[verdict]++;
    else faults.push({ what: verdict.fault, seed: own, body: body.toString('latin1') });
  }
  return { seed, count, faults, ...total, ms: performance.now() - started };
}

/** A policy that has all there is: feeders, a source, a denial, scopes, both tokens, a lifetime and quarantine. */
async function hookPolicy(): Promise<HookPolicy> {
  const text = `
version: 1
name: fuzzed
lifetime: { access: 10m }
user: { attributes: { level: int } }
sources:
  plans: { http: { url: "https://plans.example/{client.id}" }, returns: { plan: string } }
claims:
  tenant: { value: client.name + "!", kind: authoritative }
  plan: { value: plans.plan, kind: authoritative }
  groups: { value: user.groups, kind: descriptive, as: { okta: https://acme.example/groups }, when: subject_type == "human" }
  level: { value: user.attributes.level + 1, kind: descriptive, when: subject_type == "human" }
  channel: { value: 'request.params["channel"]', kind: descriptive }
  ip: { value: request.ip, kind: descriptive, tokens: [access, id] }
  since: { value: session.auth_time, kind: descriptive, when: subject_type == "human" }
scopes:
  admin: { grant: 'subject_type == "human" && "staff" in user.groups' }
deny:
  - { when: 'subject_type == "human" && "suspended" in user.groups', reason: suspended }
issuers:
  okta: { audience: "api://real", guard: [quarantine] }
`;
  const { spec, source, findings } = readSpec({ file: 'fuzz.yaml', text }, { okta: okta.settings });
  const created = spec && createPolicy(spec, source);
  if (created?.policy === undefined) throw new TypeError(JSON.stringify(created?.findings ?? findings));
  const { artifacts, findings: later } = await okta.compile(created.policy);
  const file = artifacts.find(({ path }) => path === 'policy.mjs');
  if (file === undefined) throw new TypeError(JSON.stringify(later));
  const module = await import(`data:text/javascript;base64,${Buffer.from(file.content).toString('base64')}`);
  return module.policy;
}

function sourceAnswer(random: Random): Answer {
  if (random.chance(0.9)) return { value: { plan: 'gold' }, ageSeconds: random.below(10) };
  return random.pick<Answer>([
    { failure: 'timeout' },
    { value: { plan: 1 }, ageSeconds: 0 },
    { value: null, ageSeconds: 0 },
  ]);
}

/** A request for the hook: as it should be, changed here and there, or torn apart. */
function bodyOf(requests: readonly [string, ...string[]], random: Random, id: number): Buffer {
  const text = random.pick(requests).replace('EVENT-ID', `event${random.chance(0.01) ? 0 : id}`);
  const kind = random.next();
  if (kind < 0.1) return Buffer.from(text);
  if (kind < 0.75) {
    const value = JSON.parse(text);
    mutateValue(value, random);
    return Buffer.from(JSON.stringify(value));
  }
  return mutateBytes(Buffer.from(text), random);
}

type Verdict = 'issued' | 'denied' | { readonly fault: string };

/** What Okta would make of an answer: never unmodified tokens, and none that lacks what it must have. */
function judge(text: string, body: Buffer): Verdict {
  if (text.startsWith('{"error":')) return isDenial(text) ? 'denied' : { fault: 'an invalid error object' };
  let incoming: Incoming;
  try {
    incoming = JSON.parse(body.toString());
  } catch {
    return { fault: 'a request that is not JSON was answered' };
  }
  const { access, identity } = incoming.data ?? {};
  const tokens = {
    access: access ? tokenOf(access) : undefined,
    id: identity ? tokenOf(identity) : undefined,
  };
  const applied = applyAnswer({ status: 200, body: text }, tokens);
  if (applied.kind !== 'patched')
    return { fault: `Okta drops it: ${applied.kind === 'unmodified' ? applied.reason : ''}` };
  const after = applied.tokens.access;
  if (after === undefined) return 'issued';
  const { claims, lifetimeSeconds } = after;
  if (typeof claims['tenant'] !== 'string' || claims['plan'] !== 'gold')
    return { fault: 'an authoritative claim is missing' };
  if (claims['aud'] !== 'api://real') return { fault: 'the audience is not the real one' };
  const came = [tokens.access?.claims['aud']].flat();
  if (came.length !== 1 || !audiences.has(came[0]))
    return { fault: 'a token for others is made one for the API' };
  if (lifetimeSeconds !== 600) return { fault: 'the lifetime is not the one of the policy' };
  if (Object.keys(claims).some((name) => name.startsWith('cs_'))) return { fault: 'a feeder stays' };
  return 'issued';
}

/** Those that tokens come with: under quarantine, and before its audience was set. */
const audiences: ReadonlySet<unknown> = new Set(['urn:claimsmith:unenriched', 'api://real']);

function isDenial(text: string): boolean {
  return /^\{"error":\{"errorSummary":"(enrichment_unavailable|scope_refused|suspended)"\}\}$/.test(text);
}

interface Incoming {
  readonly data?: { readonly access?: IncomingToken | null; readonly identity?: IncomingToken | null };
}

interface IncomingToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly token?: { readonly lifetime?: { readonly expiration?: number } };
}

function tokenOf({ claims, token }: IncomingToken): PatchableToken {
  return { claims, lifetimeSeconds: Number(token?.lifetime?.expiration) };
}

export function closingLine({
  seed,
  count,
  faults,
  issued,
  denied,
  unauthenticated,
  ms,
}: HookFuzzSummary): string {
  const parts = `${issued} issued, ${denied} denied, ${unauthenticated} of others`;
  return `okta hook: ${count} fuzzed requests (${parts}), ${faults.length} faults, ${(ms / 1000).toFixed(1)} s, seed ${seed}`;
}
