import { setImmediate } from 'node:timers/promises';
import {
  type Compilation,
  type Issuance,
  IssuerError,
  isError,
  noTokens,
  type SourceRequest,
  type Surroundings,
  type VendorEvent,
} from '@claimsmith/core';
import { unavailable } from '@claimsmith/runtime';
import { strFromU8, unzipSync } from 'fflate';
import type { z } from 'zod';
import { builtInScopes } from '../limits.ts';
import type { Enrichment } from '../representation.ts';
import { type Emulation, emulate } from './emulator/emulate.ts';
import * as input from './emulator/input.ts';
import type { Exchange, WireRequest } from './emulator/java/http.ts';
import { recordingMissing } from './emulator/java/objects.ts';
import type { SessionEnd } from './emulator/java/sessions.ts';
import { MapperFailure } from './emulator/write-claim.ts';

/** A new realm's Access Token Lifespan, in seconds. */
const defaultLifespan = 300;
/** Requests that one issuance may make before it counts as endless. */
const requestLimit = 100;

/**
 * Runs the client scopes and the policy script of a compilation, as a Keycloak with scripts allowed does.
 *
 * A token that has expired when it is issued counts as denied. Without a script nothing denies: the claim is missing,
 * and a note says so.
 *
 * @throws RangeError when the compilation failed, or contains no client scopes
 * @throws ZodError if the event is not valid
 */
export async function simulate(
  compilation: Compilation,
  event: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  return simulateOn(deployedOf(compilation), event, surroundings);
}

/** Runs the client scopes on a server that lacks the script. */
export async function simulateWithoutScript(
  compilation: Compilation,
  event: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  return simulateOn({ ...deployedOf(compilation), codes: new Map() }, event, surroundings);
}

async function simulateOn(
  deployed: Deployed,
  { event }: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  const issuance = input.issuance.parse(event);
  if (deployed.noServiceAccounts && issuance.user.serviceAccountOf !== undefined) {
    const notes = ['The realm gives service accounts no tokens.'];
    return { ...denied('unauthorized_client', 'unauthorized_client', notes), ...silent };
  }
  const { emulation, ...run } = await withAnswers(
    assigned(deployed, issuance),
    kept(issuance, deployed),
    surroundings,
  );
  return { ...issued(emulation, issuance, run.log, surroundings.nowSeconds, deployed), ...run };
}

const silent = { requests: [], log: [], elapsedMs: 0 };

interface Deployed {
  readonly enrichment: Enrichment;
  /** Name of a realm that they are built for. */
  readonly realm: string | undefined;
  /** The lifetime of an access token in the realm. */
  readonly lifespanSeconds: number;
  /** The clients that have the client scopes; undefined: all. */
  readonly clients: readonly string[] | undefined;
  /** Whether the realm is to refuse their tokens: no script sees to it. */
  readonly noServiceAccounts: boolean;
  /** User attributes that the profile has; undefined without a profile. */
  readonly profile: ReadonlySet<string> | undefined;
  /** By the provider's id. */
  readonly codes: ReadonlyMap<string, string>;
}

function deployedOf({ artifacts, findings }: Compilation): Deployed {
  if (findings.some(isError)) throw new RangeError('A policy with errors has no client scopes to run');
  const fileOf = <Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | undefined => {
    const file = artifacts.find(({ path }) => path === name);
    return file && schema.parse(JSON.parse(file.content));
  };
  const enrichment = fileOf('client-scopes.json', input.enrichment);
  if (enrichment === undefined) throw new RangeError('The build has no client-scopes.json to run');
  const destination = fileOf('manifest.json', input.destination);
  const profile = fileOf('user-profile.json', input.userProfile);
  const lifespan = destination?.requires.accessTokenLifespan;
  const jars = artifacts.filter(({ path }) => path.endsWith('.jar'));
  return {
    enrichment,
    realm: destination?.realms[0],
    lifespanSeconds: lifespan ?? defaultLifespan,
    clients: destination?.clients,
    noServiceAccounts: jars.length === 0 && destination?.requires.noServiceAccounts === true,
    profile: profile && new Set(profile.attributes.map(({ name }) => name)),
    codes: new Map(jars.flatMap(({ content }) => scriptsOf(Buffer.from(content, 'base64')))),
  };
}

/** The build as a client has it. A script itself leaves other clients alone, also those that have its client scopes. */
function assigned(deployed: Deployed, { client: { clientId } }: input.KnownIssuance): Deployed {
  const { clients, enrichment, codes } = deployed;
  if (codes.size > 0 || clients === undefined || clientId === undefined || clients.includes(clientId))
    return deployed;
  const none = { defaultScopes: [], optionalScopes: [], clientScopesByClient: {} };
  return { ...deployed, enrichment: { ...enrichment, ...none } };
}

/** Keycloak drops the attributes of a user that are not in the profile. */
function kept(issuance: input.KnownIssuance, { profile }: Deployed): input.KnownIssuance {
  if (profile === undefined) return issuance;
  const { user } = issuance;
  const attributes = Object.entries(user.attributes).filter(([name]) => profile.has(name));
  return { ...issuance, user: { ...user, attributes: Object.fromEntries(attributes) } };
}

/** The scripts that Keycloak finds in a JAR, by the ids that it gives to their providers. */
function scriptsOf(jar: Uint8Array): readonly (readonly [string, string])[] {
  const files = unzipSync(jar);
  const descriptor = files['META-INF/keycloak-scripts.json'];
  if (descriptor === undefined) return [];
  const { mappers } = input.scriptDescriptor.parse(JSON.parse(strFromU8(descriptor)));
  return mappers.flatMap(({ fileName }) => {
    const code = files[fileName];
    return code === undefined ? [] : [[`script-${fileName}`, strFromU8(code)] as const];
  });
}

interface Run {
  readonly emulation: Emulation | MapperFailure;
  readonly requests: readonly SourceRequest[];
  readonly log: readonly string[];
  readonly elapsedMs: number;
}

/**
 * Scripts block while they ask a source, which JavaScript cannot do. A run that lacks an answer is discarded, the
 * answer is fetched, and the run is repeated. Nothing else differs between runs.
 */
async function withAnswers(
  { enrichment, realm, lifespanSeconds, codes }: Deployed,
  issuance: input.KnownIssuance,
  surroundings: Surroundings,
): Promise<Run> {
  const known: Exchange[] = [];
  for (;;) {
    let elapsedMs = 0;
    const requests: SourceRequest[] = [];
    let open: WireRequest | undefined;
    const log: string[] = [];
    const machine = {
      settings: listed(surroundings.secrets),
      now: () => surroundings.nowSeconds * 1000 + elapsedMs,
      log: (line: string) => void log.push(line),
      wire: {
        wait: (ms: number) => {
          elapsedMs += ms;
          // The caller waits for a hanging answer next.
          const last = requests.at(-1);
          if (last !== undefined && isHanging(known, requests))
            requests[requests.length - 1] = { ...last, waitedMs: ms };
        },
        exchange: (request: WireRequest): Exchange => {
          const exchange = open === undefined ? known[requests.length] : undefined;
          if (exchange !== undefined) {
            requests.push({ said: saidBy(request), waitedMs: undefined });
            return exchange;
          }
          open ??= request;
          throw new Error('Not known yet');
        },
      },
    };
    const { result, missing } = recordingMissing(() => {
      try {
        const kinds = hasIdToken(issuance) ? (['access', 'id', 'userinfo'] as const) : (['access'] as const);
        return emulate(enrichment, issuance, { scripts: { codes, machine, realm, lifespanSeconds }, kinds });
      } catch (error) {
        if (error instanceof MapperFailure) return error;
        throw error;
      }
    });
    if (open === undefined || result instanceof MapperFailure) {
      if (missing.length > 0)
        throw new IssuerError('simulator', `The simulator has no stand-in for ${missing.join(', ')}`);
      return { emulation: result, requests, log, elapsedMs };
    }
    if (known.length >= requestLimit) throw new IssuerError('simulator', 'The script asks without end');
    known.push(await exchangeOf(open, surroundings));
  }
}

/** Whether the last request has no answer, and no caller has waited for it yet. */
function isHanging(known: readonly Exchange[], requests: readonly SourceRequest[]): boolean {
  return known[requests.length - 1] === 'hangs' && requests.at(-1)?.waitedMs === undefined;
}

function saidBy({ method, url, headers, body }: WireRequest): SourceRequest['said'] {
  const named = [...headers].map(([name, value]) => [`header ${name.toLowerCase()}`, value] as const);
  return { method, url, ...Object.fromEntries(named), ...(body === undefined ? {} : { body }) };
}

/** Turns of the event loop in which a promise that depends on no timer surely settles. */
const idleTurns = 10;

async function exchangeOf(
  { method, url, headers, body }: WireRequest,
  { fetch }: Surroundings,
): Promise<Exchange> {
  const controller = new AbortController();
  const { signal } = controller;
  const init = {
    signal,
    method,
    headers: Object.fromEntries(headers),
    body: body ?? null,
    redirect: 'manual',
  };
  let settled: Exchange | undefined;
  const answering = fetch(url, init)
    .then(async (response): Promise<Exchange> => {
      const body = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: new Map(response.headers), body };
    })
    // After any error, the script sees a failed connection.
    .catch((): Exchange => 'fails')
    .then((exchange) => {
      settled = exchange;
    });
  for (let turn = 0; turn < idleTurns && settled === undefined; turn++) await setImmediate();
  if (settled !== undefined) return settled;
  controller.abort();
  await Promise.race([answering, setImmediate()]);
  return 'hangs';
}

function denied(error: string, description: string, notes: readonly string[]) {
  return { ...noTokens, denied: { error, description }, notes };
}

/** What the client sees. */
function issued(
  emulation: Emulation | MapperFailure,
  issuance: input.KnownIssuance,
  log: readonly string[],
  nowSeconds: number,
  { lifespanSeconds }: Pick<Deployed, 'lifespanSeconds'>,
): Omit<Issuance, 'requests' | 'log' | 'elapsedMs'> {
  if (emulation instanceof MapperFailure) {
    return denied('server_error', 'unknown_error', [`A mapper fails the request: ${emulation.message}.`]);
  }
  const isKnown = (scope: string) =>
    issuance.client.otherScopes?.includes(scope) ||
    builtInScopes.includes(scope) ||
    scope.startsWith('organization:');
  const unknown = [...emulation.foreignScopes.filter((scope) => !isKnown(scope)), ...emulation.refusedScopes];
  if (unknown.length > 0) {
    const notes = [`The client has no scope ${unknown.join(', ')}: Keycloak refuses the request.`];
    return denied('invalid_scope', 'invalid_scope', notes);
  }
  // Services learn from `act` who acts; it is not a claim of the policy.
  const { exp, scope, aud, act: _act, ...access } = emulation.access;
  if (typeof exp === 'number' && exp <= nowSeconds) {
    const notes = [...emulation.notes, deathNotes[emulation.session ?? 'kept']];
    return denied('access_denied', reasonIn(log), notes);
  }
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : undefined;
  return {
    denied: undefined,
    access,
    id: hasIdToken(issuance) ? ofOurs(emulation.id, issuance) : {},
    userinfo: hasIdToken(issuance) ? emulation.userinfo : {},
    scopes: scopes ?? [...emulation.foreignScopes, ...emulation.scopes],
    audiences: [aud].flat().filter((one) => typeof one === 'string'),
    lifetimeSeconds: typeof exp === 'number' ? exp - nowSeconds : lifespanSeconds,
    notes: emulation.notes,
  };
}

const deathNotes: Readonly<Record<NonNullable<SessionEnd> | 'kept', string>> = {
  over: 'The issued token has already expired, and its session has ended.',
  left: 'The issued token has already expired, and its client is removed from the session.',
  kept: 'The issued token has already expired; its session and refresh tokens stay valid.',
};

/** Only the server's log says why. */
function reasonIn(log: readonly string[]): string {
  for (const line of log) {
    const reason = /^\{"claimsmith":.*?,"decision":"denied","reason":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
    if (reason !== undefined) return JSON.parse(reason);
  }
  return unavailable;
}

function hasIdToken({ request: { scopes } }: input.KnownIssuance): boolean {
  return scopes.includes('openid');
}

/** An ID token's audience is its client, which is not of our making. */
function ofOurs(
  { aud, ...id }: Readonly<Record<string, unknown>>,
  { client }: input.KnownIssuance,
): Readonly<Record<string, unknown>> {
  return aud === (client.clientId ?? '') ? id : { aud, ...id };
}

/** The environment of a server that gives scripts all of these settings. */
function listed(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { CLAIMSMITH_SETTINGS: Object.keys(settings).join(), ...settings };
}
