import type { ServerResponse } from 'node:http';
import type { Needs } from '../answer.ts';
import type { Guard, RequestLike } from '../guard.ts';
import { LookupError } from '../lookups.ts';
import type { ApiTypes, Token } from '../types.ts';
import { type NeedsOf, needsFor } from './needs.ts';
import { sendRefusal } from './node.ts';
import { PassedTokens } from './tokens.ts';

/** A guard as Express takes it. */
export interface ExpressGuard<Api extends ApiTypes> {
  /** Middleware that lets only requests with a right token pass. A function gives the needs of each request. */
  require(
    needs?: Needs<Api['scopes']>,
  ): (request: RequestLike, response: ServerResponse, next: (error?: unknown) => void) => Promise<void>;
  require<R extends RequestLike>(
    needs: (request: R) => Needs<Api['scopes']>,
  ): (request: R, response: ServerResponse, next: (error?: unknown) => void) => Promise<void>;
  /**
   * The token of a request that has passed.
   *
   * @throws {TypeError} if the route is not protected
   */
  token(request: object): Token<Api>;
  /** Middleware for errors, after all routes: it answers where a value could not be looked up, and passes other errors on. */
  readonly onError: (
    error: unknown,
    request: object,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ) => void;
}

/** Protects routes of Express 4 and 5. Requests stay as they are: {@link ExpressGuard.token} has what was found. */
export function expressGuard<Api extends ApiTypes>(guard: Guard<Api>): ExpressGuard<Api> {
  const tokens = new PassedTokens<Api>();
  return {
    require:
      <R extends RequestLike>(needs: NeedsOf<R, Api['scopes']> = {}) =>
      async (request: R, response: ServerResponse, next: (error?: unknown) => void) => {
        try {
          const result = await guard.check(request, () => needsFor(needs, request));
          if (!result.ok) return sendRefusal(response, result);
          tokens.set(request, result.token);
        } catch (error) {
          // The answer could not be written.
          return next(error);
        }
        next();
      },
    token: (request) => tokens.get(request),
    // Express tells middleware for errors by its four parameters.
    onError: (error, _request, response, next) => {
      if (error instanceof LookupError && !response.headersSent) sendRefusal(response, error.refusal);
      else next(error);
    },
  };
}
