import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Refusal } from '../answer.ts';
import type { Guard } from '../guard.ts';
import { LookupError } from '../lookups.ts';
import type { ApiTypes, Token } from '../types.ts';
import { type NeedsOf, needsFor } from './needs.ts';

/** Answers a request that a guard refuses. */
export function sendRefusal(response: ServerResponse, { status, challenge, error }: Refusal): void {
  const body = error === undefined ? '' : JSON.stringify({ error });
  response.writeHead(status, {
    'www-authenticate': challenge,
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/**
 * Protects a listener of `node:http`. If the listener rejects because a value could not be looked up, that is answered.
 *
 * @param needs what requests need besides a right token; a function gives it for each request
 */
export function protect<Api extends ApiTypes>(
  guard: Guard<Api>,
  needs: NeedsOf<IncomingMessage, Api['scopes']>,
  listener: (request: IncomingMessage, response: ServerResponse, token: Token<Api>) => unknown,
): RequestListener {
  return async (request, response) => {
    const result = await guard.check(request, () => needsFor(needs, request));
    if (!result.ok) return sendRefusal(response, result);
    try {
      await listener(request, response, result.token);
    } catch (error) {
      if (!(error instanceof LookupError) || response.headersSent) throw error;
      sendRefusal(response, error.refusal);
    }
  };
}
