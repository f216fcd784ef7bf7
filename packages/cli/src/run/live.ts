import { noTokens, type Policy } from '@claimsmith/core';
import {
  type AdminLogin,
  type Collision,
  collisionsOf,
  LiveError,
  type LiveTokens,
  previewLive,
} from '@claimsmith/keycloak';
import { CliError } from '../error.ts';
import { differences, type Mismatch, withSpecNames } from './compare.ts';
import type { Preview, Stage, Trial } from './issue.ts';
import { runPolicy } from './policy-run.ts';

/** Whom a running Keycloak is asked about. */
export interface LiveUser {
  readonly url: string;
  readonly user: string;
  readonly client: string;
  readonly scopes: readonly string[];
}

/**
 * What a running Keycloak would sign for a user, as a preview; compared with a trial of that user, if there is one. Of
 * the token only what the policy writes is shown.
 *
 * @throws {CliError} `io` where the server says nothing, `usage` without a login for it
 */
export async function askLive(
  stage: Stage,
  { url, user, client, scopes }: LiveUser,
  trial: Trial | undefined,
): Promise<Preview> {
  const { policy, names, program } = stage;
  const { issuers } = policy.spec;
  const settings = issuers?.['keycloak'];
  const realm =
    isMapping(settings) && typeof settings['realm'] === 'string' ? settings['realm'] : policy.name;
  const tokens = await ask({ url, realm, login: loginOf(process.env), client, username: user, scopes });
  const own = [...Object.values(names), policy.marker?.claim ?? ''];
  const signed = {
    ...noTokens,
    access: pick(tokens.access, own),
    id: pick(tokens.id, own),
    scopes: scopesOf(tokens).filter((name) => isAsked(name, policy, scopes)),
  };
  const issuance = {
    ...(tokens.isDead ? noTokens : signed),
    denied: tokens.isDead ? { error: 'access_denied', description: 'dead on arrival' } : undefined,
    notes: [],
    requests: [],
    log: [],
    elapsedMs: 0,
  };
  const run = trial && runPolicy(program, policy, trial, trial.context);
  const actual = withSpecNames(issuance, names, policy.claims);
  // It gives no reason for a denial. What was asked is the caller's to say, and other mappers give audiences too.
  const { scopes: granted, audiences, lifetimeSeconds } = actual;
  const wanted = run && { ...run.verdict, scopes: granted, audiences, lifetimeSeconds };
  const isDenied = wanted?.denied !== undefined && tokens.isDead;
  return {
    trial: trial?.name ?? `${user} at ${client}`,
    issuer: 'live',
    trigger: url,
    issuance,
    verdict: run?.verdict,
    names,
    outcomes: run?.outcomes ?? [],
    accessTokenBytes: undefined,
    unanswered: [],
    expected: trial !== undefined,
    unmet: [],
    foreseen: false,
    divergences: [
      ...(wanted === undefined || isDenied ? [] : differences(wanted, actual)),
      ...collisionsOf(policy, tokens.mappers).map(mismatchOf),
    ],
    declared: [],
  };
}

/** The policy's mappers are to write alone. */
function mismatchOf({ claim, writers }: Collision): Mismatch {
  const ours = "the policy's mapper";
  return { at: `who writes ${claim}`, expected: [ours], actual: [ours, ...writers] };
}

async function ask(question: Parameters<typeof previewLive>[0]): Promise<LiveTokens> {
  try {
    return await previewLive(question);
  } catch (error) {
    if (error instanceof LiveError)
      throw new CliError('io', liveReason(error, question.url), { cause: error });
    throw error;
  }
}

/** A server that says nothing may be another one than was meant. An address may hold a password: that is not shown. */
function liveReason({ code, message }: LiveError, url: string): string {
  if (code !== 'unreachable') return message;
  const { origin = '', pathname = '' } = URL.parse(url) ?? {};
  return `${origin}${pathname.replace(/\/+$/, '')}: ${message}`;
}

function loginOf(environment: NodeJS.ProcessEnv): AdminLogin {
  const {
    KEYCLOAK_ADMIN_USERNAME: username,
    KEYCLOAK_ADMIN_PASSWORD: password,
    KEYCLOAK_CLIENT_ID: clientId,
    KEYCLOAK_CLIENT_SECRET: clientSecret,
  } = environment;
  if (username && password) return { username, password };
  if (clientId && clientSecret) return { clientId, clientSecret };
  throw new CliError(
    'usage',
    '--live needs KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD, or KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET, in the environment',
  );
}

/** What a server adds by itself is none of the policy's. */
function isAsked(scope: string, { scopes }: Policy, asked: readonly string[]): boolean {
  return asked.includes(scope) || scopes.some(({ name }) => name === scope);
}

function scopesOf({ access }: LiveTokens): readonly string[] {
  const { scope } = access;
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
}

function pick(claims: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
