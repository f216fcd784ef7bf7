import { randomBytes, randomUUID } from 'node:crypto';
import type { Body } from './shapes.ts';

/** What the stand-in keeps. Objects are kept as the API shows them, without links and secrets. */
export interface Org {
  /** Where the API is, without a slash at its end. */
  url: string;
  readonly hooks: Map<string, Hook>;
  readonly hookKeys: Map<string, Body>;
  readonly servers: Map<string, AuthorizationServer>;
  readonly groups: Map<string, Body>;
  readonly users: User[];
  /** Clients that may ask for tokens. */
  readonly clients: Client[];
  readonly apps: Map<string, { readonly app: Body; readonly federatedClaims: Map<string, Body> }>;
  readonly schema: {
    lastUpdated: string;
    readonly custom: Record<string, Body>;
    readonly base: Record<string, Body>;
  };
  /** How often a lesson of the System Log was learnt: calls of hooks that failed. */
  readonly log: string[];
}

export interface Hook {
  readonly shown: Body;
  /** What is never shown: the value of the header, or the client secret. */
  secret: string | undefined;
}

export interface AuthorizationServer {
  readonly shown: Body;
  readonly claims: Map<string, Body>;
  readonly scopes: Map<string, Body>;
  readonly policies: Map<string, { readonly shown: Body; readonly rules: Map<string, Body> }>;
}

export interface User {
  readonly id: string;
  readonly password: string;
  readonly profile: Body;
  /** Names; Everyone is implied. */
  readonly groups: readonly string[];
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly profile: Body;
}

export function newId(prefix: string): string {
  const digits = randomBytes(17).toString('base64url').replace(/[-_]/g, '0').slice(0, 17);
  return `${prefix}${digits}`;
}

/** Times have whole seconds. */
export function nowText(): string {
  return `${new Date().toISOString().slice(0, 19)}.000Z`;
}

export function createOrg(): Org {
  const org: Org = {
    url: '',
    hooks: new Map(),
    hookKeys: new Map(),
    servers: new Map(),
    groups: new Map(),
    users: [],
    clients: [],
    apps: new Map(),
    schema: { lastUpdated: nowText(), custom: {}, base: baseAttributes() },
    log: [],
  };
  addGroup(org, 'Everyone', 'All users in your organization', 'BUILT_IN');
  const server = newServer(
    {
      name: 'default',
      description: 'Default Authorization Server for your Applications',
      audiences: ['api://default'],
    },
    true,
  );
  org.servers.set(String(server.shown['id']), server);
  const id = newId('00p');
  const rule = defaultRule();
  server.policies.set(id, {
    shown: {
      id,
      status: 'ACTIVE',
      name: 'Default Policy',
      description: 'Default policy',
      priority: 1,
      system: false,
      conditions: { clients: { include: ['ALL_CLIENTS'] } },
      created: nowText(),
      lastUpdated: nowText(),
      type: 'OAUTH_AUTHORIZATION_POLICY',
    },
    rules: new Map([[String(rule['id']), rule]]),
  });
  return org;
}

export function addGroup(org: Org, name: string, description = '', type = 'OKTA_GROUP'): string {
  const id = newId('00g');
  org.groups.set(id, {
    id,
    created: nowText(),
    lastUpdated: nowText(),
    lastMembershipUpdated: nowText(),
    objectClass: ['okta:user_group'],
    type,
    profile: { name, description },
  });
  return id;
}

/** A server has Okta's own claims and scopes from the start. */
export function newServer(body: Body, isDefault = false): AuthorizationServer {
  const id = newId('aus');
  const time = nowText();
  const signing = signingOf(isDefault ? 'MANUAL' : 'AUTO', randomBytes(32).toString('base64url'), time);
  const shown: Body = {
    id,
    name: body['name'],
    description: body['description'] ?? null,
    audiences: body['audiences'],
    issuerMode: body['issuerMode'] ?? (isDefault ? 'DYNAMIC' : 'ORG_URL'),
    status: 'ACTIVE',
    created: time,
    lastUpdated: time,
    credentials: { signing },
    default: isDefault,
  };
  const listed = (prefix: string, all: readonly Body[]) =>
    new Map(all.map((one) => [newId(prefix), one] as const).map(([key, one]) => [key, { id: key, ...one }]));
  return {
    shown,
    claims: listed('ocl', systemClaims()),
    scopes: listed('scp', systemScopes()),
    policies: new Map(),
  };
}

/** A new server rotates its keys by itself, whatever the request says. */
export function signingOf(rotationMode: unknown, kid: unknown, lastRotated: string): Body {
  const next = `${new Date(Date.parse(lastRotated) + 90 * 86_400_000).toISOString().slice(0, 19)}.000Z`;
  return { kid, rotationMode, lastRotated, ...(rotationMode === 'MANUAL' ? {} : { nextRotation: next }) };
}

function defaultRule(): Body {
  return {
    id: newId('0pr'),
    status: 'ACTIVE',
    name: 'Default Policy Rule',
    priority: 1,
    created: nowText(),
    lastUpdated: nowText(),
    system: false,
    conditions: {
      people: { users: { include: [], exclude: [] }, groups: { include: ['EVERYONE'], exclude: [] } },
      grantTypes: {
        include: ['authorization_code', 'client_credentials', 'implicit', 'interaction_code', 'password'],
      },
      scopes: { include: ['*'] },
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: 60,
        refreshTokenLifetimeMinutes: 0,
        refreshTokenWindowMinutes: 10_080,
      },
    },
    type: 'RESOURCE_ACCESS',
  };
}

/** In the order in which Okta lists them. */
const systemClaimNames =
  'middle_name zoneinfo website updated_at profile preferred_username picture phone_number nickname name sub locale given_name gender family_name email_verified email birthdate address'.split(
    ' ',
  );
const scopeOfClaim: Readonly<Record<string, string>> = {
  phone_number: 'phone',
  email: 'email',
  email_verified: 'email',
  address: 'address',
};

function systemClaims(): readonly Body[] {
  return systemClaimNames.map((name) =>
    name === 'sub'
      ? {
          name,
          status: 'ACTIVE',
          claimType: 'RESOURCE',
          valueType: 'EXPRESSION',
          value: '(appuser != null) ? appuser.userName : app.clientId',
          conditions: { scopes: [] },
          system: true,
          alwaysIncludeInToken: true,
          apiResourceId: null,
        }
      : {
          name,
          status: 'ACTIVE',
          claimType: 'IDENTITY',
          valueType: 'SYSTEM',
          conditions: { scopes: [scopeOfClaim[name] ?? 'profile'] },
          system: true,
          alwaysIncludeInToken: ['preferred_username', 'name', 'email'].includes(name),
          apiResourceId: null,
        },
  );
}

/** Of Okta's own scopes, those that every server has. The 20 scopes of the end user's account API are not modelled. */
function systemScopes(): readonly Body[] {
  return ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'device_sso'].map((name) => ({
    name,
    displayName: name,
    description: `Okta's scope ${name}.`,
    system: true,
    metadataPublish: 'ALL_CLIENTS',
    consent: 'IMPLICIT',
    optional: false,
    apiResourceId: null,
    default: false,
  }));
}

const writable = ['login', 'firstName', 'lastName', 'email', 'secondEmail', 'mobilePhone'];
const hidden = ['primaryPhone', 'streetAddress', 'city', 'state', 'zipCode', 'countryCode', 'postalAddress'];
const readable =
  'middleName honorificPrefix honorificSuffix title displayName nickName profileUrl preferredLanguage locale timezone userType employeeNumber costCenter organization division department managerId manager'.split(
    ' ',
  );

/** The attributes that every user has. All are texts. Their titles, formats and lengths are not modelled. */
function baseAttributes(): Record<string, Body> {
  const of = (action: string) => (name: string) =>
    [
      name,
      {
        title: name,
        type: 'string',
        mutability: 'READ_WRITE',
        scope: 'NONE',
        permissions: [{ principal: 'SELF', action }],
        master: { type: 'PROFILE_MASTER' },
      },
    ] as const;
  return Object.fromEntries([
    ...writable.map(of('READ_WRITE')),
    ...readable.map(of('READ_ONLY')),
    ...hidden.map(of('HIDE')),
  ]);
}

/** The user that a token endpoint knows by a login. */
export function userOf(org: Org, login: string): User | undefined {
  return org.users.find(({ profile }) => profile['login'] === login);
}

export function newKid(): string {
  return randomUUID();
}
