import { type Access, isMapping, TargetError } from '@claimsmith/core';
import type { Address, Entry } from './entry.ts';
import { refusedBy, targetError } from './errors.ts';

/** A token for the Management API. */
export interface Token {
  readonly text: string;
  /** What it may do; undefined: it does not say. */
  readonly scopes: readonly string[] | undefined;
}

/** Gives a token for the Management API. It asks for another one when the one at hand is about to expire. */
export function tokenSource(entry: Entry, address: Address, access: Access): () => Promise<Token> {
  let kept: Promise<{ token: Token; endsAt: number }> | undefined;
  return async () => {
    const current = await kept?.catch(() => undefined);
    if (current === undefined || Date.now() > current.endsAt) kept = askFor(entry, address, access);
    return (await kept)?.token ?? { text: '', scopes: [] };
  };
}

/** A token is not used in its last minute. */
const marginMs = 60_000;

async function askFor(
  entry: Entry,
  address: Address,
  access: Access,
): Promise<{ token: Token; endsAt: number }> {
  if ('token' in entry) {
    const text = (await access.secret(entry.token)).reveal().trim();
    return { token: { text, scopes: words(claimsOf(text)?.['scope']) }, endsAt: Number.POSITIVE_INFINITY };
  }
  const secret = await access.secret(entry.clientSecret);
  const body = await access.read(`a token of ${address.host}`, async (signal) => {
    const answer = await postToken(address, signal, {
      grant_type: 'client_credentials',
      client_id: entry.clientId,
      client_secret: secret.reveal(),
      audience: `https://${address.host}/api/v2/`,
    });
    if (answer.status === 200 && isMapping(answer.body)) return answer.body;
    throw tokenError(answer, address.host);
  });
  const text = body['access_token'];
  if (typeof text !== 'string') {
    throw new TargetError('unreachable', `Cannot read a token of ${address.host}: the answer has none`);
  }
  const seconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : 0;
  return {
    token: { text, scopes: words(body['scope']) ?? words(claimsOf(text)?.['scope']) },
    endsAt: Date.now() + seconds * 1000 - marginMs,
  };
}

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** @throws {TargetError} `unreachable` */
export async function postToken(
  { origin, host }: Address,
  signal: AbortSignal,
  fields: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const purpose = { kind: 'read', scope: '', host } as const;
  try {
    const response = await fetch(`${origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    return { status: response.status, body: jsonOf(text), headers: response.headers };
  } catch (error) {
    throw targetError(error, purpose);
  }
}

function tokenError({ status, body, headers }: TokenAnswer, host: string): TargetError {
  if (status === 401) {
    const message = 'the client id or its secret is wrong, or the application belongs to another tenant';
    return new TargetError('unauthorized', message);
  }
  if (status === 403) {
    const message =
      'the application is not authorized for the Management API; authorize it under APIs, Auth0 Management API, in the dashboard';
    return new TargetError('forbidden', message);
  }
  if (status === 404) {
    return new TargetError('not_found', `there is no tenant at ${host}; check the domain, and its region`);
  }
  return refusedBy(status, body, headers, { kind: 'read', scope: '', host });
}

/** What a token says, without a check of its signature; undefined if it is not a JWT. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const claims = jsonOf(Buffer.from(payload, 'base64url').toString('utf8'));
  return isMapping(claims) ? claims : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The words of a text; undefined if it is not text. */
export function words(text: unknown): readonly string[] | undefined {
  return typeof text === 'string' ? text.split(' ').filter((word) => word !== '') : undefined;
}
