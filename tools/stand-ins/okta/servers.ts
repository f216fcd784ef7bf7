/* Authorization servers with their claims, scopes, policies and rules. */
import { randomBytes } from 'node:crypto';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import { invalid, notFound, Refusal } from './errors.ts';
import { ok, unsupported } from './hooks.ts';
import { type AuthorizationServer, newId, newServer, nowText, type Org, signingOf } from './org.ts';
import { type Body, checked, type Fields, isBody, requests } from './shapes.ts';

type Answer = StandInAnswer | readonly Body[];

/** `segments` of the path after `authorizationServers`. */
export function authorizationServers(org: Org, request: StandInRequest, segments: readonly string[]): Answer {
  const { method, body, query } = request;
  const [name, part, ...rest] = segments;
  if (name === undefined) {
    if (method === 'POST') return createServer(org, body);
    if (method !== 'GET') throw unsupported();
    const sought = query.get('q')?.toLowerCase() ?? '';
    return [...org.servers.values()]
      .filter(({ shown: one }) => `${one['name']} ${one['audiences']}`.toLowerCase().includes(sought))
      .map((one) => shownServer(org, one));
  }
  const server = serverOf(org, name);
  if (server === undefined) throw notFound(name, 'AuthorizationServer');
  const at = `${org.url}/api/v1/authorizationServers/${pathOf(server)}`;
  switch (part) {
    case undefined:
      return oneServer(org, server, request);
    case 'claims':
      return collection(claims(server), `${at}/claims`, request, rest);
    case 'scopes':
      return collection(scopes(server), `${at}/scopes`, request, rest);
    case 'policies':
      return policies(server, at, request, rest);
    case 'lifecycle':
      return lifecycle(server.shown, request, rest[0]);
    case 'credentials':
      return credentials(server, at, request, rest);
    case 'clients':
      return [];
    default:
      throw notFound(part, 'AuthorizationServer');
  }
}

export function serverOf(org: Org, name: string): AuthorizationServer | undefined {
  return (
    org.servers.get(name) ??
    [...org.servers.values()].find(({ shown }) => shown['default'] === true && name === 'default')
  );
}

/** The default server shows itself by its name. */
function pathOf({ shown }: AuthorizationServer): string {
  return shown['default'] === true ? 'default' : String(shown['id']);
}

function createServer(org: Org, body: unknown): StandInAnswer {
  const request = checked(body, requests.server);
  const server = newServer(request);
  org.servers.set(String(server.shown['id']), server);
  return ok(shownServer(org, server), 201);
}

function oneServer(org: Org, server: AuthorizationServer, { method, body }: StandInRequest): Answer {
  if (method === 'GET') return ok(shownServer(org, server));
  if (method === 'PUT') {
    const {
      name,
      description,
      audiences,
      issuerMode,
      credentials: wanted,
    } = checked(body, requests.server, server.shown);
    const { signing } = server.shown['credentials'] as {
      signing: { kid: string; lastRotated: string; rotationMode: string };
    };
    const asked = isBody(wanted) && isBody(wanted['signing']) ? wanted['signing']['rotationMode'] : undefined;
    Object.assign(server.shown, {
      name,
      audiences,
      description: description ?? null,
      credentials: { signing: signingOf(asked ?? signing.rotationMode, signing.kid, signing.lastRotated) },
      issuerMode: issuerMode ?? server.shown['issuerMode'],
      lastUpdated: nowText(),
    });
    return ok(shownServer(org, server));
  }
  if (method !== 'DELETE') throw unsupported();
  if (server.shown['status'] !== 'INACTIVE')
    throw invalid('status', 'An authorization server must be INACTIVE to be deleted.');
  org.servers.delete(String(server.shown['id']));
  return { status: 204 };
}

function shownServer({ url }: Org, server: AuthorizationServer): Body {
  const path = pathOf(server);
  const at = `${url}/api/v1/authorizationServers/${path}`;
  const issuer = `${url}/oauth2/${path}`;
  const verb = server.shown['status'] === 'ACTIVE' ? 'deactivate' : 'activate';
  const { id, name, description, audiences, ...rest } = server.shown;
  return {
    id,
    name,
    description,
    audiences,
    issuer,
    ...rest,
    _links: {
      rotateKey: link(`${at}/credentials/lifecycle/keyRotate`, 'POST'),
      metadata: ['oauth-authorization-server', 'openid-configuration'].map((one) => ({
        name: one,
        ...link(`${issuer}/.well-known/${one}`, 'GET'),
      })),
      keys: link(`${at}/credentials/keys`, 'GET'),
      claims: link(`${at}/claims`, 'GET', 'POST'),
      policies: link(`${at}/policies`, 'GET', 'POST'),
      self: link(at, 'GET', 'DELETE', 'PUT'),
      scopes: link(`${at}/scopes`, 'GET', 'POST'),
      [verb]: link(`${at}/lifecycle/${verb}`, 'POST'),
    },
  };
}

export function link(href: string, ...allow: readonly string[]): Body {
  return { href, hints: { allow } };
}

/** A server and its policies and rules change their status by these calls; the answer is empty. */
function lifecycle(shown: Body, { method }: StandInRequest, verb: string | undefined): Answer {
  if (method !== 'POST') throw unsupported();
  if (verb !== 'activate' && verb !== 'deactivate') throw notFound(String(verb), 'lifecycle');
  shown['status'] = verb === 'activate' ? 'ACTIVE' : 'INACTIVE';
  return { status: 204 };
}

function credentials(
  server: AuthorizationServer,
  at: string,
  { method }: StandInRequest,
  rest: readonly string[],
): Answer {
  const { signing } = server.shown['credentials'] as { signing: { kid: string; lastRotated: string } };
  if (rest[0] === 'lifecycle' && method === 'POST') {
    signing.kid = randomBytes(32).toString('base64url');
    signing.lastRotated = nowText();
  }
  const key = {
    status: 'ACTIVE',
    alg: 'RS256',
    kid: signing.kid,
    use: 'sig',
    _links: { self: link(`${at}/credentials/keys/${signing.kid}`, 'GET') },
  };
  return rest[1] === undefined || rest[0] === 'lifecycle' ? [key] : ok(key);
}

/** What a kind of object accepts and shows. */
interface Kind {
  readonly name: string;
  readonly all: Map<string, Body>;
  readonly prefix: string;
  readonly fields: Fields;
  /** The object as it is kept, from a request. */
  make(request: Body, old: Body | undefined): Body;
  readonly isInUse?: (one: Body) => string | undefined;
}

function claims({ claims: all }: AuthorizationServer): Kind {
  return {
    name: 'OAuth2Claim',
    all,
    prefix: 'ocl',
    fields: requests.claim,
    make(request, old) {
      const {
        name,
        status,
        claimType,
        valueType,
        value,
        conditions,
        alwaysIncludeInToken,
        group_filter_type,
      } = request;
      const same = (one: Body) =>
        one['name'] === name && one['claimType'] === claimType && one['id'] !== old?.['id'];
      if ([...all.values()].some(same)) throw invalid('name', `name: A claim named ${name} exists already.`);
      if (old?.['system'] === true && old['name'] !== name)
        throw invalid('name', 'name: A system claim keeps its name.');
      if (old === undefined && valueType === 'SYSTEM')
        throw invalid('valueType', 'valueType: SYSTEM is for system claims.');
      if (valueType === 'EXPRESSION' && value === undefined)
        throw invalid('value', 'value: An expression is missing.');
      if (valueType === 'GROUPS' && group_filter_type === undefined)
        throw invalid('group_filter_type', 'group_filter_type: is missing.');
      const scopes = isBody(conditions) ? (conditions['scopes'] ?? []) : [];
      // An expression is not checked: a faulty one fails token requests.
      return {
        name,
        status: status ?? 'ACTIVE',
        claimType,
        valueType,
        ...(value === undefined ? {} : { value }),
        conditions: { scopes },
        system: old?.['system'] ?? false,
        alwaysIncludeInToken: claimType === 'RESOURCE' ? true : (alwaysIncludeInToken ?? false),
        apiResourceId: null,
        ...(group_filter_type === undefined ? {} : { group_filter_type }),
      };
    },
    isInUse: (one) => (one['system'] === true ? 'A system claim cannot be deleted.' : undefined),
  };
}

function scopes({ scopes: all }: AuthorizationServer): Kind {
  return {
    name: 'OAuth2Scope',
    all,
    prefix: 'scp',
    fields: requests.scope,
    make(request, old) {
      const { name, displayName, description } = request;
      const same = (one: Body) => one['name'] === name && one['id'] !== old?.['id'];
      if ([...all.values()].some(same)) throw invalid('name', `name: A scope named ${name} exists already.`);
      if (old !== undefined && old['name'] !== name) throw invalid('name', 'name: A scope keeps its name.');
      return {
        name,
        ...(displayName === undefined ? {} : { displayName }),
        ...(description === undefined ? {} : { description }),
        system: old?.['system'] ?? false,
        metadataPublish: request['metadataPublish'] ?? 'NO_CLIENTS',
        consent: request['consent'] ?? 'IMPLICIT',
        optional: request['optional'] ?? false,
        apiResourceId: null,
        default: request['default'] ?? false,
      };
    },
    isInUse: (one) => (one['system'] === true ? 'A system scope cannot be deleted.' : undefined),
  };
}

function collection(
  kind: Kind,
  at: string,
  { method, body, query }: StandInRequest,
  [id, more]: readonly string[],
): Answer {
  const { all, fields, prefix, name: kindName } = kind;
  const shown = (one: Body): Body => ({
    ...one,
    _links: { self: link(`${at}/${one['id']}`, 'GET', 'PUT', 'DELETE') },
  });
  if (more !== undefined) throw notFound(more, kindName);
  if (id === undefined) {
    if (method === 'GET') {
      const sought = query.get('q')?.toLowerCase() ?? '';
      return [...all.values()].filter(({ name }) => String(name).toLowerCase().includes(sought)).map(shown);
    }
    if (method !== 'POST') throw unsupported();
    const made = { id: newId(prefix), ...kind.make(checked(body, fields), undefined) };
    all.set(made.id, made);
    return ok(shown(made), 201);
  }
  const old = all.get(id);
  if (old === undefined) throw notFound(id, kindName);
  if (method === 'GET') return ok(shown(old));
  if (method === 'PUT') {
    const made = { id, ...kind.make(checked(body, fields, old), old) };
    all.set(id, made);
    return ok(shown(made));
  }
  if (method !== 'DELETE') throw unsupported();
  const why = kind.isInUse?.(old);
  if (why !== undefined) throw new Refusal(403, 'E0000006', why);
  all.delete(id);
  return { status: 204 };
}

function policies(
  server: AuthorizationServer,
  serverAt: string,
  request: StandInRequest,
  segments: readonly string[],
): Answer {
  const { method, body } = request;
  const [id, part, ...rest] = segments;
  const at = `${serverAt}/policies`;
  const all = server.policies;
  if (id === undefined) {
    if (method === 'GET')
      return byPriority([...all.values()].map(({ shown }) => shown)).map((one) => shownPolicy(one, at));
    if (method !== 'POST') throw unsupported();
    const shown = made('00p', checked(body, requests.policy), all.size + 1);
    all.set(String(shown['id']), { shown, rules: new Map() });
    return ok(shownPolicy(shown, at), 201);
  }
  const policy = all.get(id);
  if (policy === undefined) throw notFound(id, 'Policy');
  if (part === 'rules') return rules(policy.rules, `${at}/${id}/rules`, request, rest);
  if (part === 'lifecycle') return lifecycle(policy.shown, request, rest[0]);
  if (method === 'GET') return ok(shownPolicy(policy.shown, at));
  if (method === 'PUT') {
    const { name, description, priority, conditions } = checked(body, requests.policy, policy.shown);
    Object.assign(policy.shown, {
      name,
      description: description ?? '',
      priority: priority ?? policy.shown['priority'],
      conditions,
      lastUpdated: nowText(),
    });
    return ok(shownPolicy(policy.shown, at));
  }
  if (method !== 'DELETE') throw unsupported();
  all.delete(id);
  return { status: 204 };
}

function shownPolicy(policy: Body, at: string): Body {
  const self = `${at}/${policy['id']}`;
  const verb = policy['status'] === 'ACTIVE' ? 'deactivate' : 'activate';
  const links = {
    self: link(self, 'GET', 'PUT', 'DELETE'),
    rules: link(`${self}/rules`, 'GET'),
    [verb]: link(`${self}/lifecycle/${verb}`, 'POST'),
  };
  return { ...policy, _links: links };
}

function rules(
  all: Map<string, Body>,
  at: string,
  request: StandInRequest,
  [id, part, verb]: readonly string[],
): Answer {
  const { method, body } = request;
  if (id === undefined) {
    if (method === 'GET') return byPriority([...all.values()]).map((one) => shownRule(one, at));
    if (method !== 'POST') throw unsupported();
    const { conditions, actions, ...rest } = made('0pr', checked(body, requests.rule), all.size + 1);
    const rule = { ...rest, conditions: conditionsOf(conditions), actions };
    all.set(String(rest['id']), rule);
    return ok(shownRule(rule, at), 201);
  }
  const old = all.get(id);
  if (old === undefined) throw notFound(id, 'PolicyRule');
  if (part === 'lifecycle') return lifecycle(old, request, verb);
  if (method === 'GET') return ok(shownRule(old, at));
  if (method === 'PUT') {
    const {
      _links,
      created: _c,
      lastUpdated: _l,
      id: _i,
      status: _s,
      system: _y,
      ...next
    } = checked(body, requests.rule, old);
    // The whole rule is replaced: what the request leaves out is gone, the inline hook too.
    const rule: Body = {
      id,
      created: old['created'],
      system: old['system'],
      status: old['status'],
      priority: old['priority'],
      lastUpdated: nowText(),
      ...next,
      conditions: conditionsOf(next['conditions']),
      actions: withoutNullHook(next['actions']),
    };
    all.set(id, rule);
    return ok(shownRule(rule, at));
  }
  if (method !== 'DELETE') throw unsupported();
  all.delete(id);
  return { status: 204 };
}

function withoutNullHook(actions: unknown): unknown {
  if (!isBody(actions) || !isBody(actions['token'])) return actions;
  const { inlineHook, ...token } = actions['token'];
  return { ...actions, token: inlineHook === null || inlineHook === undefined ? token : actions['token'] };
}

/** Lists that a request leaves out come back empty, and what the request has beyond them stays. */
function conditionsOf(conditions: unknown): Body {
  const { people, scopes, grantTypes, ...rest } = isBody(conditions) ? conditions : {};
  const grants =
    isBody(grantTypes) && Array.isArray(grantTypes['include']) ? grantTypes['include'] : undefined;
  const who = isBody(people) ? people : undefined;
  const users = isBody(who?.['users']) ? who['users'] : {};
  return {
    ...(who === undefined ? {} : { people: { ...who, users: { exclude: [], ...users } } }),
    ...rest,
    // The list comes back sorted.
    ...(grants === undefined
      ? {}
      : { grantTypes: { ...(isBody(grantTypes) ? grantTypes : {}), include: grants.toSorted() } }),
    scopes: { include: [], ...(isBody(scopes) ? scopes : {}) },
  };
}

function shownRule(rule: Body, at: string): Body {
  const self = `${at}/${rule['id']}`;
  const verb = rule['status'] === 'ACTIVE' ? 'deactivate' : 'activate';
  return {
    ...rule,
    _links: {
      self: link(self, 'GET', 'PUT', 'DELETE'),
      [verb]: link(`${self}/lifecycle/${verb}`, 'POST'),
    },
  };
}

function made(prefix: string, request: Body, priority: number): Body {
  const time = nowText();
  const { name, type, description, ...rest } = request;
  return {
    id: newId(prefix),
    status: 'ACTIVE',
    name,
    ...(description === undefined ? {} : { description }),
    priority,
    system: false,
    created: time,
    lastUpdated: time,
    ...rest,
    type,
  };
}

export function byPriority(all: readonly Body[]): readonly Body[] {
  return all.toSorted((a, b) => Number(a['priority']) - Number(b['priority']));
}
