/**
 * Stands in for Okta's management API and token endpoints in tests. It is not Okta: it does what Okta's documentation and
 * public recordings of its API show, and refuses requests more strictly.
 *
 * Not modelled: ids of keys (`kid`), texts of system scopes and the 20 scopes of the account API, `logo` and `owners` of
 * groups, titles and formats of base attributes, and of applications all but federated claims.
 */
import { type StandIn, type StandInAnswer, type StandInRequest, startStandIn } from '../server.ts';
import { type ApiToken, createDoor, type Door, type ServiceApp } from './credentials.ts';
import { notFound, Refusal } from './errors.ts';
import { hookKeys, inlineHooks, ok } from './hooks.ts';
import { createOrg, type Org } from './org.ts';
import { apps, groups, userSchema } from './others.ts';
import { authorizationServers } from './servers.ts';
import type { Body } from './shapes.ts';
import { tokenOf } from './tokens.ts';

export interface OktaOptions {
  readonly port?: number;
  /** Default: anybody may call the API. */
  readonly apiTokens?: readonly ApiToken[];
  readonly serviceApps?: readonly ServiceApp[];
  /** Items on one page of a list. Default 200. */
  readonly pageSize?: number;
  /** Requests to the API in a minute, before it refuses more. Default 600. */
  readonly limitPerMinute?: number;
  /** Whether the org has API Access Management. Default true. */
  readonly hasServers?: boolean;
}

export interface OktaStandIn extends StandIn {
  /** What it keeps. Tests may look at it and change it. */
  readonly org: Org;
  readonly door: Door;
}

export async function startOkta(options: OktaOptions = {}): Promise<OktaStandIn> {
  const { port, apiTokens = [], serviceApps = [], limitPerMinute = 600 } = options;
  const org = createOrg();
  const door = createDoor(apiTokens, serviceApps);
  const limit = createLimit(limitPerMinute);
  const standIn = await startStandIn(async (request) => {
    const isApi = request.path.startsWith('/api/v1/');
    const { headers, refusal } = isApi ? limit() : noLimit;
    try {
      if (refusal !== undefined) throw refusal;
      const answer = isApi ? await management(org, door, request, options) : await tokens(org, door, request);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...error.answer, headers: { ...headers, ...error.answer.headers } };
    }
  }, port);
  org.url = standIn.url;
  return Object.assign(standIn, { org, door });
}

async function tokens(org: Org, door: Door, request: StandInRequest): Promise<StandInAnswer> {
  const { method, path } = request;
  if (path === '/.well-known/okta-organization' && method === 'GET') {
    return ok({ id: '00o0', cell: 'op0', pipeline: 'idx', _links: { organization: { href: org.url } } });
  }
  if (path === '/oauth2/v1/token' && method === 'POST') return door.token(request, org.url);
  const [, server] = /^\/oauth2\/([^/]+)\/v1\/token$/.exec(path) ?? [];
  if (server !== undefined && method === 'POST') return tokenOf(org, server, request);
  throw notFound(path, 'endpoint');
}

async function management(
  org: Org,
  door: Door,
  request: StandInRequest,
  options: OktaOptions,
): Promise<StandInAnswer> {
  const { pageSize = 200, hasServers = true } = options;
  door.check(request);
  const [, , , resource = '', ...segments] = request.path.split('/').map(decodeURIComponent);
  if (resource === 'authorizationServers' && !hasServers) {
    throw new Refusal(401, 'E0000015', 'You do not have permission to access the feature you are requesting');
  }
  const answer = await route(org, request, resource, segments);
  return 'status' in answer ? answer : page(answer, request, org.url, pageSize);
}

async function route(
  org: Org,
  request: StandInRequest,
  resource: string,
  segments: readonly string[],
): Promise<StandInAnswer | readonly Body[]> {
  switch (resource) {
    case 'inlineHooks':
      return inlineHooks(org, request, segments);
    case 'hook-keys':
      return hookKeys(org, request, segments);
    case 'authorizationServers':
      return authorizationServers(org, request, segments);
    case 'groups':
      return groups(org, request, segments);
    case 'apps':
      return apps(org, request, segments);
    case 'policies':
      return [];
    case 'meta':
      if (segments.join('/') === 'schemas/user/default') return userSchema(org, request);
      throw notFound(segments.join('/'), 'schema');
    default:
      throw notFound(request.path, 'endpoint');
  }
}

/** A list goes over pages: the header Link has the address of the next one. */
function page(
  all: readonly Body[],
  { path, query }: StandInRequest,
  url: string,
  pageSize: number,
): StandInAnswer {
  const size = Math.min(Number(query.get('limit') ?? pageSize) || pageSize, pageSize);
  const after = query.get('after');
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const items = all.slice(start, start + size);
  const address = (last?: string) => {
    const next = new URLSearchParams(query);
    if (last !== undefined) next.set('after', last);
    const text = next.toString();
    return `<${url}${path}${text === '' ? '' : `?${text}`}>`;
  };
  const links = [`${address()}; rel="self"`];
  if (start + size < all.length) links.push(`${address(String(items.at(-1)?.['id']))}; rel="next"`);
  return { status: 200, body: items, headers: { link: links.join(', ') } };
}

interface Limited {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal?: Refusal | undefined;
}

const noLimit: Limited = { headers: {} };

function createLimit(perMinute: number): () => Limited {
  let reset = 0;
  let left = perMinute;
  return () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    if (nowSeconds >= reset) [reset, left] = [nowSeconds + 60, perMinute];
    left--;
    const headers = {
      'x-rate-limit-limit': String(perMinute),
      'x-rate-limit-remaining': String(Math.max(left, 0)),
      'x-rate-limit-reset': String(reset),
    };
    if (left >= 0) return { headers };
    const text = 'API call exceeded rate limit due to too many requests.';
    return { headers, refusal: new Refusal(429, 'E0000047', text) };
  };
}
