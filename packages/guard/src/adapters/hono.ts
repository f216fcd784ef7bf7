import type { Needs } from '../answer.ts';
import type { Guard } from '../guard.ts';
import { LookupError } from '../lookups.ts';
import type { ApiTypes, Token } from '../types.ts';
import { refusalResponse } from './fetch.ts';
import { type NeedsOf, needsFor } from './needs.ts';
import { PassedTokens } from './tokens.ts';

/** The part of a context of Hono that is used. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
  /** What a handler has thrown. */
  readonly error: Error | undefined;
  res: Response;
}

/** A guard as Hono takes it. */
export interface HonoGuard<Api extends ApiTypes> {
  /**
   * Middleware that lets only requests with a right token pass. A function gives the needs of each request. If the route
   * fails because a value could not be looked up, that is answered.
   */
  require(
    needs?: Needs<Api['scopes']>,
  ): (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined>;
  require<R extends HonoContextLike>(
    needs: (request: R) => Needs<Api['scopes']>,
  ): (context: R, next: () => Promise<void>) => Promise<Response | undefined>;
  /**
   * The token of a request that has passed.
   *
   * @throws {TypeError} if the route is not protected
   */
  token(context: HonoContextLike): Token<Api>;
}

/** Protects routes of Hono 4. */
export function honoGuard<Api extends ApiTypes>(guard: Guard<Api>): HonoGuard<Api> {
  const tokens = new PassedTokens<Api>();
  return {
    require:
      <R extends HonoContextLike>(needs: NeedsOf<R, Api['scopes']> = {}) =>
      async (context: R, next: () => Promise<void>) => {
        const result = await guard.check(context.req.raw, () => needsFor(needs, context));
        if (!result.ok) return refusalResponse(result);
        tokens.set(context, result.token);
        await next();
        if (context.error instanceof LookupError) context.res = refusalResponse(context.error.refusal);
        return undefined;
      },
    token: (context) => tokens.get(context),
  };
}
