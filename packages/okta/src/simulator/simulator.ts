import {
  type Compilation,
  type Issuance,
  IssuerError,
  isError,
  noTokens,
  type Surroundings,
  type VendorEvent,
} from '@claimsmith/core';
import { z } from 'zod';
import type { HookPolicy } from '../platform/index.ts';
import { type Deployment, deploymentOf } from './deployment.ts';
import { evaluateNative } from './evaluate-native.ts';
import { type Called, callHook } from './hook.ts';
import { knownIssuance } from './known-issuance.ts';
import {
  type Applied,
  applyAnswer,
  type HookAnswer,
  type PatchableToken,
  type PatchableTokens,
} from './patch.ts';
import { type HookRequest, requestFrom } from './request-from.ts';

/** How the hook answers in a simulation. */
export type SimulatedHook =
  /** Our server with the built policy, over HTTP. */
  | { readonly kind: 'served' }
  /** The hook does not run: the server is down, or the rule has no hook. */
  | { readonly kind: 'down' }
  /** An answer of anybody's. */
  | { readonly kind: 'answers'; readonly answer: HookAnswer };

/** Runs the built artifacts as Okta would; see {@link simulateWith}. */
export function simulate(
  compilation: Compilation,
  event: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  return simulateWith({ kind: 'served' }, compilation, event, surroundings);
}

/**
 * Issues tokens as Okta would: it makes the native claims, calls the hook, and applies its answer completely or not at
 * all. If the hook fails, the tokens are still issued with all native claims.
 *
 * Events are issuances (`login`, `client-credentials`) or a recorded request to a hook (`token-hook`), which already
 * contains its native claims.
 *
 * @throws {IssuerError} `event` for one that Okta would not send; RangeError when the compilation failed
 */
export async function simulateWith(
  hook: SimulatedHook,
  compilation: Compilation,
  { trigger, event }: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  if (compilation.findings.some(isError)) throw new RangeError('A policy with errors has nothing to run');
  const deployment = deploymentOf(compilation);
  const { hook: policy, native, manifest } = deployment;
  const prepared = prepare(trigger, event, deployment, surroundings.nowSeconds);
  if ('denied' in prepared) return { ...nothing, ...prepared, elapsedMs: 0 };
  const names = {
    access: native.filter(({ claimType }) => claimType === 'RESOURCE').map(({ name }) => name),
    id: native.filter(({ claimType }) => claimType === 'IDENTITY').map(({ name }) => name),
  };
  // If the rules have another hook, ours is not called.
  const isCarried = manifest.rules.inlineHook === manifest.hook?.registration.name;
  const called =
    policy && (await callOf(isCarried ? hook : { kind: 'down' }, policy, prepared.request, surroundings));
  const tokens = tokensOf(prepared.request);
  const applied = called && verdictOf(called, tokens);
  const asked = { requests: called?.requests ?? [], elapsedMs: called?.elapsedMs ?? 0 };
  if (applied?.kind === 'denied')
    return {
      ...nothing,
      denied: { error: 'server_error', description: applied.description },
      ...asked,
    };
  return {
    ...issued(applied, tokens, names, policy),
    denied: undefined,
    scopes: Object.keys(prepared.request.data.access?.scopes ?? {}),
    log: logOf(applied),
    ...asked,
  };
}

const nothing = { ...noTokens, denied: undefined, notes: [], requests: [], log: [] } as const;

/** The lifetime of tokens under a new rule of an access policy. */
const defaultLifetimeMinutes = 60;

type Prepared =
  | { readonly request: HookRequest }
  | { readonly denied: NonNullable<Issuance['denied']>; readonly notes: readonly string[] };

/** Lenient: recorded requests hold more than anybody documents. */
const recordedToken = z.looseObject({
  claims: z.record(z.string(), z.unknown()),
  token: z.looseObject({ lifetime: z.looseObject({ expiration: z.number() }) }),
});
const recordedRequest = z.looseObject({
  eventId: z.string(),
  eventTime: z.string(),
  eventType: z.literal('com.okta.oauth2.tokens.transform'),
  eventTypeVersion: z.literal('1.0'),
  cloudEventVersion: z.literal('0.1'),
  contentType: z.literal('application/json'),
  source: z.string(),
  data: z.looseObject({
    context: z.record(z.string(), z.unknown()),
    identity: recordedToken.exactOptional(),
    access: recordedToken.extend({ scopes: z.record(z.string(), z.unknown()) }).exactOptional(),
  }),
});

function prepare(
  trigger: string,
  event: VendorEvent['event'],
  { native, manifest }: Deployment,
  nowSeconds: number,
): Prepared {
  if (trigger === 'token-hook') return { request: parsed(recordedRequest, event) };
  if (trigger !== 'login' && trigger !== 'client-credentials')
    throw new IssuerError('event', `Okta has no event ${trigger} that issues tokens`);
  const known = parsed(knownIssuance, event);
  const { authorizationServer } = known;
  const { audience } = manifest.authorizationServer;
  const lifetimeSeconds = 60 * (manifest.rules.accessTokenLifetimeMinutes ?? defaultLifetimeMinutes);
  const issuance =
    audience === undefined ? known : { ...known, authorizationServer: { ...authorizationServer, audience } };
  const claims = evaluateNative(native, issuance);
  if (!('failure' in claims)) return { request: requestFrom(issuance, claims, nowSeconds, lifetimeSeconds) };
  const { claim, why } = claims.failure;
  const note = `Okta fails the request, because it cannot evaluate the native claim ${claim}: ${why}.`;
  return {
    denied: { error: 'server_error', description: `The claim ${claim} could not be evaluated` },
    notes: [note],
  };
}

function parsed<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(event);
  if (success) return data;
  const places = error.issues.map(({ path }) => path.join('.') || 'the whole of it');
  throw new IssuerError('event', `The event is not as Okta sends it: ${[...new Set(places)].join(', ')}`);
}

async function callOf(
  hook: SimulatedHook,
  policy: HookPolicy,
  request: HookRequest,
  surroundings: Surroundings,
): Promise<Called> {
  if (hook.kind === 'served') return callHook(policy, request, surroundings);
  if (hook.kind === 'down') return { failure: 'nobody answers', requests: [], elapsedMs: 0 };
  return { answer: hook.answer, requests: [], elapsedMs: 0 };
}

function verdictOf(called: Called, tokens: PatchableTokens): Applied {
  return 'failure' in called
    ? { kind: 'unmodified', reason: called.failure }
    : applyAnswer(called.answer, tokens);
}

function tokensOf({ data }: HookRequest): PatchableTokens {
  const token = (part: HookRequest['data']['identity']): PatchableToken | undefined =>
    part && { claims: part.claims, lifetimeSeconds: part.token.lifetime.expiration };
  return { access: token(data.access), id: token(data.identity) };
}

interface Names {
  readonly access: readonly string[];
  readonly id: readonly string[];
}

/** The claims of the signed tokens with the policy's names, and those that native claims or the hook made. */
function issued(
  applied: Applied | undefined,
  before: PatchableTokens,
  native: Names,
  policy: HookPolicy | undefined,
): Pick<Issuance, 'access' | 'id' | 'audiences' | 'lifetimeSeconds' | 'notes'> {
  const patched = applied?.kind === 'patched' ? applied : undefined;
  const after = patched?.tokens ?? before;
  const real = policy?.guard.quarantine?.to;
  const audiences = listOf(after.access?.claims['aud']);
  const isQuarantined = real !== undefined && !audiences.includes(real);
  const names = {
    access: [...native.access, ...(policy?.claims.access ?? []), ...(patched?.touched.access ?? [])].filter(
      (name) => name !== 'aud',
    ),
    id: [...native.id, ...(policy?.claims.id ?? []), ...(patched?.touched.id ?? [])],
  };
  const notes =
    applied?.kind === 'unmodified' ? failOpenNotes(applied.reason, after, isQuarantined, policy) : [];
  return {
    access: pick(after.access, names.access),
    id: pick(after.id, names.id),
    audiences,
    lifetimeSeconds: after.access?.lifetimeSeconds,
    notes,
  };
}

function failOpenNotes(
  reason: string,
  { access, id }: PatchableTokens,
  isQuarantined: boolean,
  policy: HookPolicy | undefined,
): readonly string[] {
  const notes = [`Okta issues the tokens without the hook: ${reason}.`];
  const feeders = policy?.feeders;
  const carried = feeders === undefined ? [] : [feeders.proof, ...feeders.items.map(({ claim }) => claim)];
  const left = carried.filter((claim) =>
    [access, id].some((token) => token && Object.hasOwn(token.claims, claim)),
  );
  if (left.length > 0) notes.push(`Feeders stay in the tokens: ${left.join(', ')}.`);
  if (isQuarantined)
    notes.push('Services refuse the access token, because its audience is the one of quarantine.');
  if (access) notes.push(`The access token lives for ${access.lifetimeSeconds} seconds.`);
  if (id) notes.push('The guard does not protect the ID token, so a login with it succeeds.');
  return notes;
}

/** An `aud` is one text, or several. */
function listOf(audience: unknown): readonly string[] {
  return [audience].flat().filter((one) => typeof one === 'string');
}

function pick(token: PatchableToken | undefined, names: readonly string[]): Record<string, unknown> {
  if (token === undefined) return {};
  return Object.fromEntries(
    [...new Set(names)]
      .filter((name) => Object.hasOwn(token.claims, name))
      .map((name) => [name, token.claims[name]]),
  );
}

/** The entry in Okta's System Log. */
function logOf(applied: Applied | undefined): readonly string[] {
  return applied?.kind === 'unmodified' ? [`inline_hook.executed FAILURE: ${applied.reason}`] : [];
}
