import { createHmac } from 'node:crypto';
import {
  isMapping,
  noTokens,
  own,
  type PlaceAnswer,
  type PlaceQuestion,
  type Policy,
  TargetError,
} from '@claimsmith/core';
import { claimNames } from '../names.ts';
import { regionOf } from './entry.ts';
import { existingPool } from './pool.ts';
import type { Site } from './state.ts';
import { postToken } from './token.ts';

/** A login without a browser has this scope, and an ID token. It cannot ask for others. */
const givenScopes: readonly string[] = ['openid', 'aws.cognito.signin.user.admin'];

/**
 * Asks the user pool for the tokens of a scenario: by the password of a test user, or by client credentials. Empty if the
 * environment does not know the app client or the user, or if a login without a browser cannot ask for the scopes.
 *
 * @throws {TargetError}
 */
export async function askPool(site: Site, question: PlaceQuestion): Promise<readonly PlaceAnswer[]> {
  const { entry, access } = site;
  const application = own(entry.verify?.clients ?? {}, question.client);
  if (application === undefined) return [];
  const secret = application.secret && (await access.secret(application.secret)).reveal();
  if (question.user === undefined) return await machineToken(site, question, secret);
  const person = own(entry.verify?.users ?? {}, question.user);
  if (person === undefined || question.scopes.some((scope) => !givenScopes.includes(scope))) return [];
  const password = (await access.secret(person.password)).reveal();
  return await login(site, question, { user: question.user, password, secret });
}

interface Login {
  readonly user: string;
  readonly password: string;
  readonly secret: string | undefined;
}

async function login(
  { client, policy }: Site,
  question: PlaceQuestion,
  { user, password, secret }: Login,
): Promise<readonly PlaceAnswer[]> {
  const who = `${user} at ${question.client}`;
  const hash =
    secret &&
    createHmac('sha256', secret)
      .update(user + question.client)
      .digest('base64');
  const answer = await client.logIn(question.client, {
    USERNAME: user,
    PASSWORD: password,
    ...(hash === undefined ? {} : { SECRET_HASH: hash }),
  });
  const how = `a login of ${who}`;
  if ('challenge' in answer) {
    const message = `The login of ${who} needs a further step, ${answer.challenge}. Use a test user who needs none.`;
    throw new TargetError('refused', message);
  }
  if ('error' in answer) {
    const description = ownText(answer.text);
    if (answer.error !== 'UserLambdaValidationException' || description === undefined) {
      throw loginRefused(answer.error, who);
    }
    return [{ issuance: denied(answer.error, description), collisions: [], how }];
  }
  const id = question.scopes.includes('openid') ? answer.idToken : undefined;
  const tokens = { access: answer.accessToken, id, lifetimeSeconds: answer.expiresIn };
  return [{ issuance: issuanceOf(policy, question, tokens), collisions: [], how }];
}

function loginRefused(error: string, who: string): TargetError {
  if (error === 'InvalidParameterException') {
    const message = `The app client does not allow the login of ${who}. Let it have the flow ALLOW_ADMIN_USER_PASSWORD_AUTH.`;
    return new TargetError('forbidden', message);
  }
  if (error === 'NotAuthorizedException' || error === 'UserNotFoundException') {
    const message = `The user pool refuses the login of ${who}. Compare the user, the password and the secret of the app client.`;
    return new TargetError('unauthorized', message);
  }
  return new TargetError(
    'refused',
    `The login of ${who} fails with ${error}; the log of the function says why.`,
  );
}

async function machineToken(
  site: Site,
  question: PlaceQuestion,
  secret: string | undefined,
): Promise<readonly PlaceAnswer[]> {
  const { access, policy } = site;
  const address = await tokenAddress(site);
  const answer = await access.read(`a token for ${question.client}`, (signal) =>
    postToken(address, signal, question.client, secret, question.scopes),
  );
  const how = `client credentials of ${question.client}`;
  const { body } = answer;
  const description = typeof body['error_description'] === 'string' ? body['error_description'] : '';
  if (answer.status === 200) {
    const { access_token: token, expires_in: seconds } = body;
    if (typeof token !== 'string') throw new TargetError('unreachable', 'The answer has no token.');
    const lifetimeSeconds = typeof seconds === 'number' ? seconds : undefined;
    const tokens = { access: token, id: undefined, lifetimeSeconds };
    return [{ issuance: issuanceOf(policy, question, tokens), collisions: [], how }];
  }
  const reason = ownText(description);
  if (reason !== undefined) {
    return [{ issuance: denied('UserLambdaValidationException', reason), collisions: [], how }];
  }
  throw new TargetError(
    'refused',
    `The user pool refuses a token for ${question.client} (${answer.status}). Does the app client have client credentials, and these scopes?`,
  );
}

/** Where the user pool gives tokens to machines. */
async function tokenAddress({ client, entry }: Site): Promise<{ readonly url: URL; readonly host: string }> {
  const { Domain, CustomDomain } = await existingPool(client);
  if (typeof Domain !== 'string' && typeof CustomDomain !== 'string') {
    throw new TargetError('refused', 'The user pool has no domain, so it gives no tokens to machines.');
  }
  const host =
    typeof CustomDomain === 'string' ? CustomDomain : `${Domain}.auth.${regionOf(entry)}.amazoncognito.com`;
  // An emulator has one address for all domains.
  return { url: new URL('/oauth2/token', entry.endpoint ?? `https://${host}`), host };
}

/** The text that the function has thrown, in the text of Cognito around it; undefined: it is not of the trigger. */
function ownText(text: string): string | undefined {
  return /PreTokenGeneration failed with error (.*?)\.?$/s.exec(text)?.[1];
}

const apart = { notes: [], requests: [], log: [], elapsedMs: 0 };

function denied(error: string, description: string): PlaceAnswer['issuance'] {
  return { ...noTokens, denied: { error, description }, ...apart };
}

interface Tokens {
  readonly access: string;
  readonly id: string | undefined;
  readonly lifetimeSeconds: number | undefined;
}

/** The part of the tokens that the policy writes. Signatures are not checked: the user pool itself has answered. */
function issuanceOf(policy: Policy, question: PlaceQuestion, tokens: Tokens): PlaceAnswer['issuance'] {
  const access = claimsOf(tokens.access);
  const names = [...Object.values(claimNames(policy)), policy.marker?.claim ?? ''];
  const scope = access['scope'];
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
  const isOurs = (one: string) =>
    question.scopes.includes(one) || policy.scopes.some(({ name }) => name === one);
  return {
    denied: undefined,
    access: pick(access, names),
    id: pick(tokens.id === undefined ? {} : claimsOf(tokens.id), names),
    scopes: scopes.filter(isOurs),
    audiences: [],
    lifetimeSeconds: tokens.lifetimeSeconds,
    ...apart,
  };
}

/** @throws {TargetError} if it is not a JWT */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (isMapping(claims)) return claims;
  } catch {
    // As below.
  }
  throw new TargetError('unreachable', 'The user pool answers with a token that cannot be read.');
}

function pick(claims: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}
