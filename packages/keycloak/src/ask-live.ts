import {
  IssuerError,
  type Live,
  type LiveAnswer,
  type LiveQuestion as LiveRequest,
  noTokens,
  type Policy,
} from '@claimsmith/core';
import { collisionsOf } from './collisions.ts';
import { type AdminLogin, LiveError, type LiveQuestion, type LiveTokens, previewLive } from './live.ts';
import { claimNames } from './names.ts';
import { settingsOf } from './settings.ts';

/** Asks a running Keycloak by its Admin REST API. */
export const live = { ask } satisfies Live;

async function ask(policy: Policy, request: LiveRequest): Promise<LiveAnswer> {
  const { url, client, user: username, scopes, environment } = request;
  const realm = realmOf(policy, request.realm);
  const tokens = await tokensOf({ url, realm, login: loginOf(environment), client, username, scopes });
  const own = [...Object.values(claimNames(policy)), policy.marker?.claim ?? ''];
  const signed = {
    ...noTokens,
    access: pick(tokens.access, own),
    id: pick(tokens.id, own),
    scopes: scopesOf(tokens).filter((name) => isAsked(name, policy, scopes)),
  };
  return {
    issuance: {
      ...(tokens.isDead ? noTokens : signed),
      denied: tokens.isDead ? { error: 'access_denied', description: 'dead on arrival' } : undefined,
      notes: [],
      requests: [],
      log: [],
      elapsedMs: 0,
    },
    collisions: collisionsOf(policy, tokens.mappers),
  };
}

/** A policy without a script may have been published to a realm that the spec does not name. */
function realmOf(policy: Policy, asked: string | undefined): string {
  const { realms } = settingsOf(policy);
  if (asked === undefined && realms.length > 1) {
    const some = realms.length > 5 ? [...realms.slice(0, 5), '…'] : realms;
    throw new IssuerError(
      'settings',
      `the spec names several realms: choose one with --realm <name> (${some.join(', ')})`,
    );
  }
  return asked ?? realms[0];
}

async function tokensOf(question: LiveQuestion): Promise<LiveTokens> {
  try {
    return await previewLive(question);
  } catch (error) {
    if (error instanceof LiveError)
      throw new IssuerError('io', reasonOf(error, question.url), { cause: error });
    throw error;
  }
}

/** The name of the server that does not answer, without a password from its address. */
function reasonOf({ code, message }: LiveError, url: string): string {
  if (code !== 'unreachable') return message;
  const { origin = '', pathname = '' } = URL.parse(url) ?? {};
  return `${origin}${pathname.replace(/\/+$/, '')}: ${message}`;
}

function loginOf(environment: LiveRequest['environment']): AdminLogin {
  const {
    KEYCLOAK_ADMIN_USERNAME: username,
    KEYCLOAK_ADMIN_PASSWORD: password,
    KEYCLOAK_CLIENT_ID: clientId,
    KEYCLOAK_CLIENT_SECRET: clientSecret,
  } = environment;
  if (username && password) return { username, password };
  if (clientId && clientSecret) return { clientId, clientSecret };
  throw new IssuerError(
    'settings',
    '--live needs KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD, or KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET, in the environment',
  );
}

/** Claims that a server adds by itself; they do not belong to the policy. */
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
