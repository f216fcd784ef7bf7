import {
  IssuerError,
  type Live,
  type LiveAnswer,
  type LiveQuestion as LiveRequest,
  type Policy,
} from '@claimsmith/core';
import { collisionsOf } from './collisions.ts';
import { type AdminLogin, LiveError, type LiveQuestion, type LiveTokens, previewLive } from './live.ts';
import { issuanceOf } from './publish/issued.ts';
import { settingsOf } from './settings.ts';

/** Asks a running Keycloak by its Admin REST API. */
export const live = { ask } satisfies Live;

async function ask(policy: Policy, request: LiveRequest): Promise<LiveAnswer> {
  const { url, client, user: username, scopes, environment } = request;
  const realm = realmOf(policy, request.realm);
  const tokens = await tokensOf({ url, realm, login: loginOf(environment), client, username, scopes });
  return {
    issuance: issuanceOf(policy, tokens, scopes),
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
