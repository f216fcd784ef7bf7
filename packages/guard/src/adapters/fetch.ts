import type { Refusal } from '../answer.ts';
import type { Guard } from '../guard.ts';
import { LookupError } from '../lookups.ts';
import type { ApiTypes, Token } from '../types.ts';
import { type NeedsOf, needsFor } from './needs.ts';

/** The answer to a request that a guard refuses. */
export function refusalResponse({ status, challenge, error }: Refusal): Response {
  const headers = {
    'www-authenticate': challenge,
    'cache-control': 'no-store',
    'content-type': 'application/json',
  };
  return new Response(error === undefined ? '' : JSON.stringify({ error }), { status, headers });
}

/**
 * Protects a handler that takes a Fetch `Request` and gives a `Response`. Further arguments are passed on. If the handler
 * rejects because a value could not be looked up, that is answered.
 *
 * @param needs what requests need besides a right token; a function gives it for each request
 */
export function protectFetch<Api extends ApiTypes, Rest extends readonly unknown[]>(
  guard: Guard<Api>,
  needs: NeedsOf<Request, Api['scopes']>,
  handler: (request: Request, token: Token<Api>, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const result = await guard.check(request, () => needsFor(needs, request));
    if (!result.ok) return refusalResponse(result);
    try {
      return await handler(request, result.token, ...rest);
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      return refusalResponse(error.refusal);
    }
  };
}
