/*
 * The user schema, groups, and as much of applications as federated claims need. Not modelled: most fields of groups and
 * applications, other schemas than that of users.
 */
import type { StandInAnswer, StandInRequest } from '../server.ts';
import { notFound } from './errors.ts';
import { ok, unsupported } from './hooks.ts';
import { newId, nowText, type Org } from './org.ts';
import { type Body, checked, isBody, requests } from './shapes.ts';

type Answer = StandInAnswer | readonly Body[];

/** A POST merges attribute by attribute: null removes one, and a change of type is refused. */
export function userSchema(org: Org, { method, body }: StandInRequest): Answer {
  if (method === 'GET') return ok(shownSchema(org));
  if (method !== 'POST') throw unsupported();
  const { definitions } = checked(body, requests.userSchema) as {
    definitions: {
      custom?: { properties?: Record<string, Body | null> };
      base?: { properties?: Record<string, Body | null> };
    };
  };
  const { custom, base } = org.schema;
  for (const [name, attribute] of Object.entries(definitions.custom?.properties ?? {})) {
    if (attribute === null) Reflect.deleteProperty(custom, name);
    else custom[name] = attributeOf(attribute, custom[name]);
  }
  for (const [name, attribute] of Object.entries(definitions.base?.properties ?? {})) {
    const old = base[name];
    if (old === undefined || attribute === null) throw notFound(name, 'base attribute');
    Object.assign(
      old,
      isBody(attribute) ? { permissions: attribute['permissions'] ?? old['permissions'] } : {},
    );
  }
  org.schema.lastUpdated = nowText();
  return ok(shownSchema(org));
}

/** In the order in which Okta shows it. */
function attributeOf(request: Body, old: Body | undefined): Body {
  const {
    title,
    description,
    type,
    mutability,
    scope,
    items,
    permissions,
    master,
    required: _,
    ...rest
  } = request;
  return {
    title,
    ...(description === undefined ? {} : { description }),
    type: old?.['type'] ?? type,
    mutability: mutability ?? 'READ_WRITE',
    scope: scope ?? 'NONE',
    ...(items === undefined ? {} : { items }),
    ...rest,
    permissions: permissions ?? [{ principal: 'SELF', action: 'READ_ONLY' }],
    master: master ?? { type: 'PROFILE_MASTER' },
  };
}

function shownSchema({ url, schema }: Org): Body {
  const isEmpty = Object.keys(schema.custom).length === 0;
  return {
    id: `${url}/meta/schemas/user/default`,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: 'user',
    title: 'User',
    description: 'Okta user profile template with default permission settings',
    lastUpdated: schema.lastUpdated,
    created: '2022-10-07T23:16:57.000Z',
    definitions: {
      custom: {
        id: '#custom',
        type: 'object',
        properties: schema.custom,
        ...(isEmpty ? {} : { required: [] }),
      },
      base: {
        id: '#base',
        type: 'object',
        properties: schema.base,
        required: ['login', 'firstName', 'email'],
      },
    },
    type: 'object',
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
    _links: {
      self: { rel: 'self', href: `${url}/api/v1/meta/schemas/user/osc0`, method: 'GET' },
      type: { rel: 'type', href: `${url}/api/v1/meta/types/user/oty0`, method: 'GET' },
    },
  };
}

export function groups(org: Org, { method, query, body }: StandInRequest, [id]: readonly string[]): Answer {
  const shown = (group: Body): Body => ({
    ...group,
    _links: {
      logo: ['medium', 'large'].map((name) => ({
        name,
        href: `${org.url}/logo/${name}.png`,
        type: 'image/png',
      })),
      users: { href: `${org.url}/api/v1/groups/${group['id']}/users` },
      apps: { href: `${org.url}/api/v1/groups/${group['id']}/apps` },
    },
  });
  if (id !== undefined) {
    const group = org.groups.get(id);
    if (group === undefined) throw notFound(id, 'UserGroup');
    if (method === 'GET') return ok(shown(group));
    if (method !== 'DELETE') throw unsupported();
    org.groups.delete(id);
    return { status: 204 };
  }
  if (method === 'POST') {
    const profile = isBody(body) && isBody(body['profile']) ? body['profile'] : {};
    const group = {
      id: newId('00g'),
      created: nowText(),
      lastUpdated: nowText(),
      lastMembershipUpdated: nowText(),
      objectClass: ['okta:user_group'],
      type: 'OKTA_GROUP',
      profile,
    };
    org.groups.set(group.id, group);
    return ok(shown(group));
  }
  if (method !== 'GET') throw unsupported();
  const start = (query.get('q') ?? '').toLowerCase();
  const nameOf = ({ profile }: Body) => String((profile as Body)['name']).toLowerCase();
  return [...org.groups.values()].filter((group) => nameOf(group).startsWith(start)).map(shown);
}

/** Applications come back as they were sent, with an id, a status and a name. */
export function apps(org: Org, { method, body }: StandInRequest, segments: readonly string[]): Answer {
  const [id, part, ...rest] = segments;
  if (id === undefined) {
    if (method === 'GET') return [...org.apps.values()].map(({ app }) => app);
    if (method !== 'POST') throw unsupported();
    const request = isBody(body) ? body : {};
    const time = nowText();
    const app = {
      id: newId('0oa'),
      name: 'oidc_client',
      ...request,
      status: 'ACTIVE',
      created: time,
      lastUpdated: time,
      features: [],
    };
    org.apps.set(app.id, { app, federatedClaims: new Map() });
    return ok(app);
  }
  const found = org.apps.get(id);
  if (found === undefined) throw notFound(id, 'AppInstance');
  const { app, federatedClaims } = found;
  if (part === 'lifecycle' && method === 'POST') {
    app['status'] = rest[0] === 'activate' ? 'ACTIVE' : 'INACTIVE';
    return ok({});
  }
  if (part === 'policies' && method === 'PUT') return { status: 204 };
  if (part === 'credentials') return [{ kty: 'RSA', use: 'sig' }];
  if (part === 'sso') return { status: 200 };
  if (part === 'federated-claims') return federated(federatedClaims, method, body, rest[0]);
  if (method === 'GET') return ok(app);
  if (method === 'PUT')
    return ok(Object.assign(app, isBody(body) ? body : {}, { id, lastUpdated: nowText() }));
  if (method !== 'DELETE') throw unsupported();
  org.apps.delete(id);
  return { status: 204 };
}

function federated(all: Map<string, Body>, method: string, body: unknown, id: string | undefined): Answer {
  if (id === undefined) {
    if (method === 'GET') return [...all.values()];
    if (method !== 'POST') throw unsupported();
    const { name, expression } = checked(body, {
      ...requests.federatedClaim,
      required: ['name', 'expression'],
    });
    const claim = { id: newId('ofc'), name, expression, created: nowText(), lastUpdated: nowText() };
    all.set(claim.id, claim);
    return ok(claim, 201);
  }
  const claim = all.get(id);
  if (claim === undefined) throw notFound(id, 'FederatedClaim');
  if (method === 'GET') return ok(claim);
  if (method === 'PUT') {
    const { name = claim['name'], expression = claim['expression'] } = checked(body, requests.federatedClaim);
    return ok(Object.assign(claim, { name, expression, lastUpdated: nowText() }));
  }
  if (method !== 'DELETE') throw unsupported();
  all.delete(id);
  return { status: 204 };
}
