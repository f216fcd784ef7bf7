import type { Needs, Refusal } from '../answer.ts';
import type { Guard } from '../guard.ts';
import { LookupError } from '../lookups.ts';
import type { ApiTypes, Token } from '../types.ts';
import { type NeedsOf, needsFor } from './needs.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** The part of an event of an HTTP API (payload 2.0) that is used. */
export interface HttpApiEvent {
  readonly headers?: Headers | null;
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
    const result = await guard.check({ headers: { authorization: valuesIn(event.headers) } }, needs);
    return { isAuthorized: result.ok, context: result.ok ? contextOf(result.token) : {} };
  };
}

/**
 * The part of an event of a REST API that is used: of type TOKEN, or of type REQUEST. HTTP APIs with payload 1.0, and
 * WebSocket APIs, send the same.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export interface RestApiEvent {
  readonly type: string;
  readonly methodArn: string;
  /** Of type TOKEN, the value of the header. Of type REQUEST, HTTP APIs put all identity sources into it. */
  readonly authorizationToken?: string | undefined;
  readonly headers?: Headers | null;
  /** The values of each header; `headers` has the last one only. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
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
 * missing. An HTTP API with payload 1.0 answers 500 instead of 401.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function lambdaPolicyAuthorizer<Api extends ApiTypes>(
  guard: Guard<Api>,
  needs: Needs<Api['scopes']> = {},
): (event: RestApiEvent) => Promise<RestApiAnswer> {
  return async ({ type, methodArn, authorizationToken, headers, multiValueHeaders }) => {
    const authorization = type === 'TOKEN' ? authorizationToken : valuesIn(multiValueHeaders ?? headers);
    const result = await guard.check({ headers: { authorization } }, needs);
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

/** What a Lambda function answers to API Gateway, to a load balancer, or at its own address. */
export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Protects a Lambda function that API Gateway, a load balancer or its own address calls with a request. If the handler
 * rejects because a value could not be looked up, that is answered. An authorizer hands on only what the token says.
 *
 * @param needs what requests need besides a right token; a function gives it for each event
 */
export function protectLambda<
  Api extends ApiTypes,
  Event extends Pick<RestApiEvent, 'headers' | 'multiValueHeaders'>,
  Rest extends readonly unknown[],
  Answer,
>(
  guard: Guard<Api>,
  needs: NeedsOf<Event, Api['scopes']>,
  handler: (event: Event, token: Token<Api>, ...rest: Rest) => Answer | Promise<Answer>,
): (event: Event, ...rest: Rest) => Promise<Answer | LambdaAnswer> {
  return async (event, ...rest) => {
    const authorization = valuesIn(event.multiValueHeaders ?? event.headers);
    const result = await guard.check({ headers: { authorization } }, () => needsFor(needs, event));
    if (!result.ok) return answerOf(result);
    try {
      return await handler(event, result.token, ...rest);
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      return answerOf(error.refusal);
    }
  };
}

function answerOf({ status, challenge, error }: Refusal): LambdaAnswer {
  return {
    statusCode: status,
    headers: {
      'www-authenticate': challenge,
      'cache-control': 'no-store',
      'content-type': 'application/json',
    },
    body: error === undefined ? '' : JSON.stringify({ error }),
  };
}

function contextOf<Api extends ApiTypes>(token: Token<Api>): Record<string, string> {
  return { token: JSON.stringify(token) };
}

/**
 * The values of the header; undefined if there is none. API Gateway keeps the case that the client has written. Two values
 * are refused, because a service behind it might read the other one.
 */
function valuesIn(
  headers: Readonly<Record<string, string | readonly string[] | undefined>> | null = {},
): readonly string[] | undefined {
  const values = Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? []);
  return values.length === 0 ? undefined : values;
}
