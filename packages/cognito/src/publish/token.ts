import { isMapping, TargetError } from '@claimsmith/core';

/** What the token endpoint answers. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Asks for a token with client credentials.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function postToken(
  { url, host }: { readonly url: URL; readonly host: string },
  signal: AbortSignal,
  client: string,
  secret: string | undefined,
  scopes: readonly string[],
): Promise<TokenAnswer> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client,
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  });
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { host },
      body: form,
      signal,
      redirect: 'error',
    });
  } catch {
    throw new TargetError('unreachable', `${host} cannot be reached`);
  }
  const { status } = response;
  if (status === 429) throw new TargetError('limited', `${host} limits requests`);
  const body: unknown = await response.json().catch(() => undefined);
  if (status >= 500 || !isMapping(body)) {
    throw new TargetError('unreachable', `${host} is out of order (${status})`);
  }
  return { status, body };
}
