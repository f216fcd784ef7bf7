import type { Needs } from '../answer.ts';
import type { Guard } from '../guard.ts';
import type { ApiTypes, Token } from '../types.ts';

/** The part of an event of an HTTP API (payload 2.0) that is used. */
export interface HttpApiEvent {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What an authorizer of an HTTP API answers (simple responses). */
export interface HttpApiAnswer {
  readonly isAuthorized: boolean;
  readonly context: Readonly<Record<string, string>>;
}

/**
 * A Lambda authorizer for HTTP APIs of API Gateway, with simple responses and payload 2.0. Switch its cache off, or keep it
 * short: while it answers from there, nothing asks the denylist.
 *
 * The context has `token`: the accepted token as JSON. API Gateway answers 403 to every refusal.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function lambdaAuthorizer<Api extends ApiTypes>(
  guard: Guard<Api>,
  needs: Needs<Api['scopes']> = {},
): (event: HttpApiEvent) => Promise<HttpApiAnswer> {
  return async (event) => {
    const result = await guard.check({ headers: lowerCased(event.headers ?? {}) }, needs);
    return { isAuthorized: result.ok, context: result.ok ? contextOf(result.token) : {} };
  };
}

/** The part of an event of a REST API that is used: of type TOKEN, or of type REQUEST. */
export interface RestApiEvent {
  readonly methodArn: string;
  readonly authorizationToken?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
}

/** What an authorizer of a REST API answers. */
export interface RestApiAnswer {
  principalId: string;
  policyDocument: {
    Version: string;
    Statement: { Action: string; Effect: 'Allow' | 'Deny'; Resource: string }[];
  };
  context: Record<string, string>;
}

/**
 * A Lambda authorizer for REST APIs of API Gateway. It allows exactly the method that was asked for; so its cache must be
 * off, or API Gateway would answer other methods from it.
 *
 * API Gateway answers 401 if the authorizer throws `Unauthorized`, which is how it refuses a token, and 403 if a scope is
 * missing.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function lambdaPolicyAuthorizer<Api extends ApiTypes>(
  guard: Guard<Api>,
  needs: Needs<Api['scopes']> = {},
): (event: RestApiEvent) => Promise<RestApiAnswer> {
  return async ({ methodArn, authorizationToken, headers }) => {
    const given = authorizationToken === undefined ? (headers ?? {}) : { authorization: authorizationToken };
    const result = await guard.check({ headers: lowerCased(given) }, needs);
    if (!result.ok && result.status !== 403) throw new Error('Unauthorized');
    const Effect = result.ok ? 'Allow' : 'Deny';
    return {
      principalId: result.ok ? result.token.subject : 'refused',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
      },
      context: result.ok ? contextOf(result.token) : {},
    };
  };
}

function contextOf<Api extends ApiTypes>(token: Token<Api>): Record<string, string> {
  return { token: JSON.stringify(token) };
}

/** API Gateway keeps the case that the client has written. Two headers of one name cannot be read. */
function lowerCased(headers: Readonly<Record<string, string | undefined>>) {
  const entries = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'authorization');
  return entries.length === 0 ? {} : { authorization: entries.map(([, value]) => value ?? '') };
}
