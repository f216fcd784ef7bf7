/** Real grants at a realm's token endpoint. */
import { type Access, isMapping, TargetError, textOf } from '@claimsmith/core';
import { failureOf } from './failure.ts';
import type { SignedPayloads } from './issued.ts';

/** A request for tokens. */
export interface Grant {
  /** The server's address without a slash at its end. */
  readonly url: string;
  readonly realm: string;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  /** Undefined: for the client itself. */
  readonly user: { readonly username: string; readonly password: string } | undefined;
  readonly scopes: readonly string[];
}

/**
 * Asks for tokens as a client does, and ends the session that this began.
 *
 * @throws {TargetError}
 */
export async function granted(grant: Grant, access: Access): Promise<SignedPayloads> {
  const who = grant.user === undefined ? grant.clientId : `${grant.user.username} at ${grant.clientId}`;
  const { clientId: client_id, clientSecret } = grant;
  const client = { client_id, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
  const answer = await access.read(`a token of ${who}`, (signal) =>
    post(grant, 'token', { ...client, ...parametersOf(grant) }, signal),
  );
  const refreshToken = textOf(answer['refresh_token']);
  if (refreshToken !== undefined) {
    await access.write(`end the session of ${who}`, (signal) =>
      post(grant, 'logout', { ...client, refresh_token: refreshToken }, signal),
    );
  }
  return { access: payloadOf(answer['access_token']), id: payloadOf(answer['id_token']) };
}

function parametersOf({ user, scopes }: Grant): Readonly<Record<string, string>> {
  const scope = ['openid', ...scopes].join(' ');
  return user === undefined
    ? { grant_type: 'client_credentials', scope }
    : { grant_type: 'password', scope, ...user };
}

async function post(
  { url, realm }: Grant,
  endpoint: 'token' | 'logout',
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const address = `${url}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/${endpoint}`;
  const response = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    redirect: 'error',
    signal,
  }).catch((cause: unknown) => {
    throw failureOf(cause, undefined, undefined, { realm });
  });
  const text = await response.text();
  if (response.ok) return text === '' ? {} : jsonOf(text);
  if (response.status === 400 || response.status === 401) {
    throw new TargetError(
      'unauthorized',
      'the server refuses it. Check the password and the secret, and whether the client may do that (Direct access grants, Service account roles).',
    );
  }
  throw failureOf(undefined, response.status, response.headers.get('retry-after') ?? undefined, { realm });
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch {
    // Not JSON.
  }
  throw new TargetError('refused', 'the server answers without JSON');
}

/** The payload of a token, unverified: it came from the server over a safe connection. */
function payloadOf(token: unknown): unknown {
  if (typeof token !== 'string') return undefined;
  return jsonOf(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
