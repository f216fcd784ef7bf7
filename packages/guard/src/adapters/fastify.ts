import type { Needs } from '../answer.ts';
import type { Guard, RequestLike } from '../guard.ts';
import type { ApiTypes, Token } from '../types.ts';
import { type NeedsOf, needsFor } from './needs.ts';
import { PassedTokens } from './tokens.ts';

/** The part of a reply of Fastify that is used. */
export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  headers(values: Readonly<Record<string, string>>): FastifyReplyLike;
  send(body?: unknown): unknown;
}

/** The part of a request of Fastify that is used. */
export interface FastifyRequestLike extends RequestLike {
  readonly raw?: RequestLike;
}

/** A guard as Fastify takes it. */
export interface FastifyGuard<Api extends ApiTypes> {
  /** A hook, for `onRequest` or `preHandler` of a route or of an instance. A function gives the needs of each request. */
  require(
    needs?: Needs<Api['scopes']>,
  ): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
  require<R extends FastifyRequestLike>(
    needs: (request: R) => Needs<Api['scopes']>,
  ): (request: R, reply: FastifyReplyLike) => Promise<unknown>;
  /**
   * The token of a request that has passed.
   *
   * @throws {TypeError} if the route is not protected
   */
  token(request: object): Token<Api>;
}

/** Protects routes of Fastify 5. Requests stay as they are: {@link FastifyGuard.token} has what was found. */
export function fastifyGuard<Api extends ApiTypes>(guard: Guard<Api>): FastifyGuard<Api> {
  const tokens = new PassedTokens<Api>();
  return {
    require:
      <R extends FastifyRequestLike>(needs: NeedsOf<R, Api['scopes']> = {}) =>
      async (request: R, reply: FastifyReplyLike) => {
        const { headersDistinct } = request.raw ?? {};
        const { headers } = request;
        const read = headersDistinct === undefined ? { headers } : { headers, headersDistinct };
        const result = await guard.check(read, () => needsFor(needs, request));
        if (result.ok) return tokens.set(request, result.token);
        const { status, challenge, error } = result;
        reply.code(status).headers({ 'www-authenticate': challenge, 'cache-control': 'no-store' });
        // A hook that has answered returns the reply, and Fastify goes no further.
        reply.send(error === undefined ? '' : { error });
        return reply;
      },
    token: (request) => tokens.get(request),
  };
}
