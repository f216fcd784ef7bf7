import {
  type Access,
  isMapping,
  noTokens,
  own,
  type PlaceAnswer,
  type PlaceQuestion,
  type Policy,
  TargetError,
} from '@claimsmith/core';
import { scopeRefused, unavailable } from '@claimsmith/runtime';
import { claimNames } from '../names.ts';
import { tooLarge } from '../platform/outcome.ts';
import type { Address, Entry } from './entry.ts';
import { refusedBy } from './errors.ts';
import { claimsOf, postToken, type TokenAnswer, words } from './token.ts';

/** What asking needs. */
export interface Asking {
  readonly policy: Policy;
  readonly entry: Entry;
  readonly address: Address;
  readonly access: Access;
}

/**
 * Asks the tenant for the tokens of a scenario: by client credentials, or by the password of a test user. Empty if the
 * environment does not know the application or the user.
 *
 * @throws {TargetError}
 */
export async function askTenant(asking: Asking, question: PlaceQuestion): Promise<readonly PlaceAnswer[]> {
  const { policy, address, access } = asking;
  const fields = await fieldsOf(asking, question);
  if (fields === undefined) return [];
  const { client, user } = question;
  const who = user === undefined ? client : `${user} at ${client}`;
  const answer = await access.read(`a token for ${who}`, async (signal) => {
    const answered = await postToken(address, signal, fields);
    const { status, body, headers } = answered;
    if (status === 429 || status >= 500 || (status === 200 && !isMapping(body))) {
      throw refusedBy(status, body, headers, { kind: 'read', scope: '', host: address.host });
    }
    return answered;
  });
  const how = user === undefined ? `client credentials of ${client}` : `a login of ${who}`;
  return [{ issuance: issuanceOf(policy, question, answer), collisions: [], how }];
}

async function fieldsOf(
  { entry, access }: Asking,
  { client, user, scopes, audience }: PlaceQuestion,
): Promise<Readonly<Record<string, string>> | undefined> {
  const application = own(entry.verify?.clients ?? {}, client);
  if (application === undefined) return undefined;
  const api = audience ?? entry.api;
  const secret = application.secret && (await access.secret(application.secret));
  const common = {
    client_id: client,
    ...(secret === undefined ? {} : { client_secret: secret.reveal() }),
    ...(api === undefined ? {} : { audience: api }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
  if (user === undefined) return { ...common, grant_type: 'client_credentials' };
  const person = own(entry.verify?.users ?? {}, user);
  if (person === undefined) return undefined;
  const { connection } = person;
  const password = (await access.secret(person.password)).reveal();
  const login = { ...common, username: user, password };
  if (connection === undefined) return { ...login, grant_type: 'password' };
  return { ...login, grant_type: 'http://auth0.com/oauth/grant-type/password-realm', realm: connection };
}

/** The part of the tokens that the policy writes. Signatures are not checked: the tenant itself has answered. */
function issuanceOf(policy: Policy, question: PlaceQuestion, answer: TokenAnswer): PlaceAnswer['issuance'] {
  const apart = { notes: [], requests: [], log: [], elapsedMs: 0 };
  const body = isMapping(answer.body) ? answer.body : {};
  if (answer.status !== 200)
    return { ...noTokens, denied: denialOf(policy, question, answer.status, body), ...apart };
  const access = claimsOf(textIn(body, 'access_token')) ?? {};
  const id = claimsOf(textIn(body, 'id_token')) ?? {};
  const names = [...Object.values(claimNames(policy)), policy.marker?.claim ?? ''];
  const scopes = words(body['scope']) ?? words(access['scope']) ?? [];
  const isOurs = (scope: string) =>
    question.scopes.includes(scope) || policy.scopes.some(({ name }) => name === scope);
  return {
    denied: undefined,
    access: pick(access, names),
    id: pick(id, names),
    scopes: scopes.filter(isOurs),
    audiences: audiencesIn(access['aud']),
    lifetimeSeconds: typeof body['expires_in'] === 'number' ? body['expires_in'] : undefined,
    ...apart,
  };
}

/**
 * A denial by the policy.
 *
 * @throws {TargetError} if the tenant refuses for a reason of its own
 */
function denialOf(
  policy: Policy,
  { client, user }: PlaceQuestion,
  status: number,
  body: Readonly<Record<string, unknown>>,
): { readonly error: string; readonly description: string } {
  const description = textIn(body, 'error_description');
  const error = textIn(body, 'error');
  const reasons = [unavailable, scopeRefused, tooLarge, ...policy.deny.map(({ reason }) => reason)];
  if (reasons.includes(description)) return { error, description };
  if (error === 'unauthorized_client') {
    const message = `The application ${client} may not ask for tokens in this way. Allow the grant in its advanced settings.`;
    throw new TargetError('forbidden', message);
  }
  if (error === 'mfa_required') {
    const message = `The login of ${user ?? client} needs a second factor. Use a test user without one.`;
    throw new TargetError('refused', message);
  }
  if (error === 'invalid_grant') {
    throw new TargetError('unauthorized', `The tenant refuses the login of ${user ?? client}.`);
  }
  if (status === 401) throw new TargetError('unauthorized', `The tenant refuses the secret of ${client}.`);
  const message = `The tenant refuses a token for ${client} (${status}). Is the application authorized for the API?`;
  throw new TargetError('refused', message);
}

function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

function audiencesIn(aud: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  // With `openid`, Auth0 adds its own endpoint.
  return all.filter((each) => typeof each === 'string').filter((each) => !each.endsWith('/userinfo'));
}

function pick(claims: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}
