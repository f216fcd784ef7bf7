/**
 * A stand-in for an Auth0 tenant in tests: the Management API for Actions, their versions, bindings and modules, token
 * exchange profiles, event streams and APIs, and the token endpoint. It is not Auth0. It keeps what is written, and behaves
 * as recorded traffic of tenants and Auth0's documentation say.
 *
 * Not modelled, so that answers differ from a tenant's:
 * - times; Actions and bindings that a tenant had before its traffic was recorded
 * - how many reads find a build on its way: here one if the Action has dependencies, and none if not
 * - the triggers of other years than 2026, and the order of a trigger's versions in the list
 * - what a test run of an Action returns, and executions
 * - the `updated_at` of an Action within versions and bindings, which is that of the Action here
 * - secrets of bindings; Actions of the marketplace; signatures of tokens; checks of applications and grants
 * - 401 for a request without a token: recordings have none, so such a request may do everything
 */

import { actionRoutes } from './auth0/actions.ts';
import { bindingRoutes } from './auth0/bindings.ts';
import { moduleRoutes } from './auth0/modules.ts';
import { otherRoutes } from './auth0/others.ts';
import { Refusal } from './auth0/refusal.ts';
import { matchOf } from './auth0/route.ts';
import { createTenant, type Options, type Tenant } from './auth0/tenant.ts';
import { answerToken } from './auth0/tokens.ts';
import { type StandIn, type StandInAnswer, type StandInRequest, startStandIn } from './server.ts';

export type { Options } from './auth0/tenant.ts';

export interface Auth0StandIn extends StandIn {
  /** What the tenant holds. Tests may look at it and change it. */
  readonly tenant: Tenant;
}

export async function startAuth0(options: Options & { readonly port?: number } = {}): Promise<Auth0StandIn> {
  const tenant = createTenant(options);
  const limit = limiter(options.requestsPerSecond);
  const standIn = await startStandIn((request) => answer(tenant, limit, request), options.port);
  return Object.assign(standIn, { tenant });
}

const routes = [...actionRoutes, ...bindingRoutes, ...moduleRoutes, ...otherRoutes];
const base = '/api/v2';

async function answer(tenant: Tenant, limit: Limiter, request: StandInRequest): Promise<StandInAnswer> {
  if (request.method === 'POST' && request.path === '/oauth/token') return answerToken(tenant, request);
  const rate = limit();
  const headers = {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(rate.resetSeconds),
  };
  try {
    if (rate.remaining < 0) {
      throw new Refusal(429, 'Global limit has been reached', 'too_many_requests');
    }
    return { ...managed(tenant, request), headers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: error.body, headers };
  }
}

function managed(tenant: Tenant, request: StandInRequest): StandInAnswer {
  const scopes = scopesOf(tenant, request.headers.authorization);
  const path = request.path.startsWith(base) ? request.path.slice(base.length) : '';
  for (const route of routes) {
    const segments = route.method === request.method ? matchOf(route, path) : undefined;
    if (segments === undefined) continue;
    if (scopes !== undefined && !scopes.includes(route.scope)) {
      throw new Refusal(403, `Insufficient scope, expected any of: ${route.scope}`, 'insufficient_scope');
    }
    const deploying = deployments(tenant);
    try {
      return route.answer({ ...request, tenant, segments });
    } finally {
      if (request.method !== 'GET') for (const version of deploying) version.pendingRequests--;
    }
  }
  throw new Refusal(404, 'Not Found');
}

/** Deployments that are on their way. */
function deployments({ actions }: Tenant) {
  return [...actions.values()].flatMap(({ versions }) =>
    versions.filter(({ pendingRequests }) => pendingRequests > 0),
  );
}

/** Undefined: everything, for a request without a token. */
function scopesOf({ tokens }: Tenant, authorization: string | undefined): readonly string[] | undefined {
  if (authorization === undefined) return undefined;
  const scopes = tokens.get(authorization.replace(/^Bearer /, ''));
  if (scopes === undefined) throw new Refusal(401, 'Invalid token', 'invalid_token');
  return scopes;
}

type Limiter = () => { readonly limit: number; readonly remaining: number; readonly resetSeconds: number };

/** Counts the requests of each second. */
function limiter(limit = 1_000_000): Limiter {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      count = 0;
    }
    count++;
    return { limit, remaining: limit - count, resetSeconds: second + 1 };
  };
}
