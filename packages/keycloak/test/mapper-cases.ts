/** Every form of mapper that we emit, and what is odd about each: one client, one enrichment, one user a case. */
import type { TokenKind } from '../src/emulator/draft.ts';
import type { Enrichment } from '../src/representation.ts';
import { enrichment, mapper, permission, scope, type TestGroup, type TestUser, type World } from './world.ts';

export interface MapperCase {
  readonly name: string;
  readonly enrichment: Enrichment;
  readonly user: string;
  /** Asked for, beside `openid`. */
  readonly scopes?: readonly string[];
  readonly fullScopeAllowed?: boolean;
  readonly lightweight?: boolean;
  /** What can be had: where a token is made unusable, userinfo and introspection refuse it. */
  readonly kinds?: readonly TokenKind[];
}

const attribute = (user: string, claim: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-attribute-mapper', {
    'user.attribute': user,
    'claim.name': claim,
    'jsonType.label': 'String',
    ...more,
  });
const constant = (claim: string, value: string, type: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-hardcoded-claim-mapper', {
    'claim.name': claim,
    'claim.value': value,
    'jsonType.label': type,
    ...more,
  });
const property = (name: string, claim: string, type = 'String') =>
  mapper('oidc-usermodel-property-mapper', {
    'user.attribute': name,
    'claim.name': claim,
    'jsonType.label': type,
  });
const fullName = mapper('oidc-full-name-mapper', {});
const groups = (claim: string, paths: boolean) =>
  mapper('oidc-group-membership-mapper', { 'claim.name': claim, 'full.path': String(paths) });
const realmRoles = (claim: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-realm-role-mapper', {
    'claim.name': claim,
    'jsonType.label': 'String',
    multivalued: 'true',
    ...more,
  });
const clientRoles = (claim: string, client: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-client-role-mapper', {
    'claim.name': claim,
    'jsonType.label': 'String',
    multivalued: 'true',
    ...(client === '' ? {} : { 'usermodel.clientRoleMapping.clientId': client }),
    ...more,
  });
const roleName = (role: string, to: string) =>
  mapper('oidc-role-name-mapper', { role, 'new.role.name': to }, `${role} to ${to}`);
const audience = (custom: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-audience-mapper', { 'included.custom.audience': custom, ...more }, `audience ${custom}`);
const organization = (more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-organization-membership-mapper', {
    'claim.name': 'organization',
    'jsonType.label': 'String',
    multivalued: 'true',
    ...more,
  });

const list = { multivalued: 'true' };

const users: readonly TestUser[] = [
  {
    username: 'ada',
    email: 'ada@acme.example',
    emailVerified: true,
    firstName: 'Ada',
    lastName: 'Lovelace',
    attributes: {
      country: ['DE'],
      limit: ['5000'],
      half: ['0.5'],
      bad: ['zz'],
      yes: ['TRUE'],
      no: ['yes'],
      json: ['{"a":[1,null,"x"],"b":1.5}'],
      badjson: ['{no'],
      numbers: ['1', 'x', '3'],
      accounts: ['a1', 'a2', 'a3'],
      one: ['only'],
      truths: ['true', 'x'],
      jsons: ['{"n":1}', 'x', '[2]'],
      long: ['9007199254740993'],
      plus: ['+7'],
      huge: ['99999999999999999999'],
      int33: ['2147483648'],
      arabic: ['٣٤'],
      blank: [' 5'],
      trailing: ['{"a":1} tail'],
      scalar: ['"text"'],
      nothing: ['null'],
      'odd.name': ['dot'],
      'odd/name': ['slash'],
      'odd\\name': ['backslash'],
      größe: ['ü'],
      'dash-name with space': ['space'],
      unicode: ['Ünïcödé ✓ 𝔘 "quoted" \\ back'],
    },
    realmRoles: ['payments:approver', 'payments:viewer', 'crm:admin', 'größe/ü', 'back\\slash', 'dot.ted'],
    clientRoles: { payments: ['approver', 'viewer'], 'odd.client': ['dot.role'], crm: ['admin'] },
    groups: ['/staff/berlin', '/emea'],
    organizations: ['acme'],
  },
  { username: 'bob' },
  { username: 'first', firstName: 'Only' },
  { username: 'last', lastName: 'Only', email: 'LAST@acme.example' },
  { username: 'empty', attributes: { country: [''] } },
  { username: 'child', groups: ['/staff/berlin'], attributes: { plan: ['own'] } },
  { username: 'inherits', groups: ['/staff/berlin'] },
  { username: 'both', groups: ['/staff/berlin', '/emea'], attributes: { plan: ['own'] } },
  { username: 'emea', groups: ['/emea'] },
  {
    username: 'many',
    groups: Array.from({ length: 60 }, (_, index) => `/many/g${index}`),
    realmRoles: Array.from({ length: 60 }, (_, index) => `many-${index}`),
  },
  { username: 'slashes', groups: ['/a/b', '/größe', '/a/b/c/d'] },
  { username: 'two', organizations: ['acme', 'globex'] },
  { username: 'approver', realmRoles: ['payments:approver'] },
  { username: 'crm', clientRoles: { crm: ['admin'] } },
];

const groupTree: readonly TestGroup[] = [
  {
    name: 'staff',
    attributes: { plan: ['staff'], region: ['eu'], team: ['s1', 's2'] },
    subGroups: [{ name: 'berlin', attributes: { plan: ['berlin'], team: ['b1'] } }],
  },
  { name: 'emea', attributes: { zone: ['emea'], team: ['e1', 's1'] } },
  { name: 'many', subGroups: Array.from({ length: 60 }, (_, index) => ({ name: `g${index}` })) },
  { name: 'a/b', subGroups: [{ name: 'c/d' }] },
  { name: 'größe' },
];

let count = 0;

/** A case with one default scope that holds these mappers. */
function of(
  name: string,
  user: string,
  mappers: Parameters<typeof scope>[1],
  more: Partial<MapperCase> = {},
): MapperCase {
  return { name, user, enrichment: enrichment([scope(`case-${count++}`, mappers)]), ...more };
}

/** A scope that roles permit. */
function permitted(
  name: string,
  user: string,
  realm: readonly string[],
  client: Readonly<Record<string, readonly string[]>> = {},
  more: Partial<MapperCase> = {},
): MapperCase {
  const scopeName = `case-${count++}`;
  const only = scope(scopeName, [constant('flag', 'true', 'boolean')], { 'include.in.token.scope': 'true' });
  return {
    name,
    user,
    enrichment: enrichment([only], { permissions: [permission(scopeName, realm, client)] }),
    ...more,
  };
}

/** Client scopes that a client may ask for. */
function optional(name: string, scopes: readonly string[], asked: readonly string[]): MapperCase {
  const own = scopes.map((scopeName) =>
    scope(scopeName, [constant(`granted.${scopeName.replace(/[^a-z]/g, '')}`, 'true', 'boolean')], {
      'include.in.token.scope': 'true',
    }),
  );
  return { name, user: 'bob', enrichment: enrichment(own, { optionalScopes: scopes }), scopes: asked };
}

function without(
  { config, ...rest }: ReturnType<typeof mapper>,
  keys: readonly string[],
): ReturnType<typeof mapper> {
  return {
    ...rest,
    config: Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key))),
  };
}

/** An optional scope of organizations; its name differs by case, as those of all scopes of a realm do. */
function organizations(
  name: string,
  user: string,
  asked: readonly string[],
  more: Readonly<Record<string, string>> = {},
): MapperCase {
  const scopeName = `org${count++}`;
  const only = scope(scopeName, [organization(more)], { 'include.in.token.scope': 'true' });
  return {
    name,
    user,
    enrichment: enrichment([only], { optionalScopes: [scopeName] }),
    scopes: asked.map((text) => text.replace('organization', scopeName)),
  };
}

export const mapperCases: readonly MapperCase[] = [
  of('constants of every type', 'bob', [
    constant('s', 'text', 'String'),
    constant('n', '42', 'long'),
    constant('i', '42', 'int'),
    constant('b', 'true', 'boolean'),
    constant('f', 'false', 'boolean'),
    constant('o', '{"a":{"b":[1,2.5,null,true,"x"]}}', 'JSON'),
    constant('l', '[]', 'JSON'),
    constant('e', '{}', 'JSON'),
    constant('z', 'null', 'JSON'),
    constant('d', '1.5', 'JSON'),
    constant('t', '"text"', 'JSON'),
    constant('bare', '42', ''),
  ]),
  of('constants that do not convert', 'bob', [
    constant('n', 'zz', 'long'),
    constant('i', '2147483648', 'int'),
    constant('o', '{no', 'JSON'),
    constant('b', 'yes', 'boolean'),
    constant('fits', '9223372036854775807', 'long'),
    constant('over', '9223372036854775808', 'long'),
  ]),
  of('an attribute of each type', 'ada', [
    attribute('country', 'country'),
    attribute('limit', 'limit', { 'jsonType.label': 'long' }),
    attribute('half', 'half', { 'jsonType.label': 'JSON' }),
    attribute('yes', 'yes', { 'jsonType.label': 'boolean' }),
    attribute('no', 'no', { 'jsonType.label': 'boolean' }),
    attribute('json', 'json', { 'jsonType.label': 'JSON' }),
  ]),
  of('attributes that do not convert', 'ada', [
    attribute('bad', 'bad', { 'jsonType.label': 'long' }),
    attribute('badjson', 'badjson', { 'jsonType.label': 'JSON' }),
    attribute('huge', 'huge', { 'jsonType.label': 'long' }),
    attribute('int33', 'int33', { 'jsonType.label': 'int' }),
    attribute('blank', 'blank', { 'jsonType.label': 'long' }),
    attribute('half', 'half', { 'jsonType.label': 'long' }),
  ]),
  of('numbers that Java reads', 'ada', [
    attribute('plus', 'plus', { 'jsonType.label': 'long' }),
    attribute('arabic', 'arabic', { 'jsonType.label': 'long' }),
    attribute('long', 'long', { 'jsonType.label': 'long' }),
  ]),
  of('JSON with something after it, scalars, null', 'ada', [
    attribute('trailing', 'trailing', { 'jsonType.label': 'JSON' }),
    attribute('scalar', 'scalar', { 'jsonType.label': 'JSON' }),
    attribute('nothing', 'nothing', { 'jsonType.label': 'JSON' }),
  ]),
  of('lists of attributes', 'ada', [
    attribute('accounts', 'accounts', list),
    attribute('one', 'one', list),
    attribute('numbers', 'numbers', { ...list, 'jsonType.label': 'long' }),
    attribute('truths', 'truths', { ...list, 'jsonType.label': 'boolean' }),
    attribute('jsons', 'jsons', { ...list, 'jsonType.label': 'JSON' }),
  ]),
  of('an attribute that is missing', 'bob', [
    attribute('country', 'country'),
    attribute('accounts', 'accounts', list),
    attribute('limit', 'limit', { 'jsonType.label': 'long' }),
  ]),
  of('an empty attribute', 'empty', [
    attribute('country', 'country'),
    attribute('country', 'countries', list),
    attribute('country', 'number', { 'jsonType.label': 'long' }),
    attribute('country', 'json', { 'jsonType.label': 'JSON' }),
    attribute('country', 'flag', { 'jsonType.label': 'boolean' }),
  ]),
  of('odd names of attributes', 'ada', [
    attribute('odd.name', 'a'),
    attribute('odd/name', 'b'),
    attribute('odd\\name', 'c'),
    attribute('größe', 'd'),
    attribute('dash-name with space', 'e'),
    attribute('unicode', 'f'),
  ]),
  of('fields of a user as attributes', 'ada', [
    attribute('username', 'a'),
    attribute('email', 'b'),
    attribute('firstName', 'c'),
    attribute('lastName', 'd', list),
    attribute('emailVerified', 'e'),
    attribute('id', 'f'),
  ]),
  of('fields of a user as attributes, missing', 'bob', [
    attribute('email', 'b'),
    attribute('firstName', 'c'),
    attribute('lastName', 'd', list),
  ]),
  of('claims at paths', 'ada', [
    attribute('country', 'address.country'),
    attribute('limit', 'address.limit', { 'jsonType.label': 'long' }),
    attribute('yes', 'a.b.c.d', { 'jsonType.label': 'boolean' }),
  ]),
  of('names with dots, slashes and backslashes', 'ada', [
    attribute('country', 'https://acme\\.example/country'),
    attribute('country', 'back\\\\slash'),
    attribute('country', 'c\\h\\.b.a\\\\\\.b'),
    attribute('country', 'a/b c'),
    attribute('country', 'größe✓'),
    attribute('country', '.lead'),
    attribute('country', 'tail.'),
    attribute('country', 'two..dots'),
    attribute('country', 'end\\'),
    attribute('country', '__proto__'),
    attribute('country', 'constructor.prototype'),
  ]),
  of('claims that Keycloak guards', 'ada', [
    ...['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state'].map((name) =>
      attribute('country', name),
    ),
    attribute('country', 'exp.below'),
    attribute('country', 'fine'),
  ]),
  of(
    'claims with a field of their own',
    'ada',
    [
      attribute('country', 'sub'),
      attribute('country', 'azp'),
      attribute('country', 'acr'),
      attribute('limit', 'auth_time'),
    ],
    { kinds: ['access', 'id'] },
  ),
  of('an auth_time that is no number, and a path below sub', 'ada', [
    attribute('country', 'auth_time'),
    attribute('country', 'sub.below'),
  ]),
  of('an audience written as a claim', 'ada', [attribute('accounts', 'aud', list)]),
  of('an audience of one', 'ada', [attribute('country', 'aud')]),
  of('an audience as JSON', 'bob', [constant('aud', '["a","b"]', 'JSON')]),
  of('audiences added', 'bob', [
    audience('https://api.example/'),
    audience('other'),
    audience('other', { 'included.client.audience': 'crm' }),
  ]),
  of('an audience for the access token alone', 'bob', [
    audience('https://api.example/', { 'id.token.claim': 'false', 'introspection.token.claim': 'false' }),
  ]),
  of('properties of a user', 'ada', [
    property('id', 'uid'),
    property('username', 'login'),
    property('email', 'mail'),
    property('emailVerified', 'verified', 'boolean'),
    property('firstName', 'given_name'),
    property('lastName', 'family_name'),
    property('enabled', 'enabled', 'boolean'),
    property('Username', 'upper'),
    property('nothing', 'nothing'),
    property('serviceAccountClientLink', 'link'),
  ]),
  of('properties of a user that are missing', 'bob', [
    property('email', 'mail'),
    property('emailVerified', 'verified', 'boolean'),
    property('firstName', 'given_name'),
    property('lastName', 'family_name'),
  ]),
  of('a mail address is kept in lower case', 'last', [
    property('email', 'mail'),
    attribute('email', 'mail2'),
  ]),
  of('a property that allows several', 'ada', [
    mapper('oidc-usermodel-property-mapper', {
      'user.attribute': 'username',
      'claim.name': 'login',
      ...list,
    }),
  ]),
  of('a full name', 'ada', [fullName]),
  of('a full name without a last name', 'first', [fullName]),
  of('a full name without a first name', 'last', [fullName]),
  of('a full name of nobody', 'bob', [fullName]),
  of('group names', 'ada', [groups('groups', false)]),
  of('group paths', 'ada', [groups('groups', true)]),
  of('no groups', 'bob', [groups('groups', false)]),
  of('sixty groups', 'many', [groups('groups', true), groups('names', false)]),
  of('groups with slashes', 'slashes', [groups('groups', true), groups('names', false)]),
  of('groups at a path', 'ada', [groups('https://acme\\.example/groups', false), groups('a.groups', true)]),
  of('an attribute of a group', 'inherits', [
    attribute('plan', 'plan'),
    attribute('region', 'region'),
    attribute('team', 'team', list),
    attribute('zone', 'zone'),
  ]),
  of('an attribute of a group that the user has', 'child', [
    attribute('plan', 'plan'),
    attribute('plan', 'plans', list),
  ]),
  of('attributes of all groups', 'both', [
    attribute('plan', 'plans', { ...list, 'aggregate.attrs': 'true' }),
    attribute('team', 'teams', { ...list, 'aggregate.attrs': 'true' }),
    attribute('zone', 'zones', { ...list, 'aggregate.attrs': 'true' }),
    attribute('none', 'none', { ...list, 'aggregate.attrs': 'true' }),
  ]),
  of('attributes of all groups, one value', 'emea', [
    attribute('zone', 'zone', { 'aggregate.attrs': 'true' }),
  ]),
  of('realm roles', 'ada', [realmRoles('roles')]),
  of('realm roles with a prefix', 'ada', [
    realmRoles('roles', { 'usermodel.realmRoleMapping.rolePrefix': 'realm:' }),
  ]),
  of('one realm role as a text', 'approver', [realmRoles('role', { multivalued: 'false' })]),
  of('no roles', 'bob', [realmRoles('roles'), clientRoles('payments', 'payments'), clientRoles('all', '')]),
  of('sixty roles', 'many', [realmRoles('roles')]),
  of('roles in the place of Keycloak', 'ada', [
    realmRoles('realm_access.roles'),
    clientRoles('resource_access.${client_id}.roles', ''),
  ]),
  of('roles of one client', 'ada', [
    clientRoles('roles', 'payments'),
    clientRoles('none', 'nobody'),
    clientRoles('prefixed', 'payments', { 'usermodel.clientRoleMapping.rolePrefix': 'p:' }),
  ]),
  of('roles of all clients in one claim', 'ada', [clientRoles('roles', '')]),
  of('roles of all clients by client', 'ada', [
    clientRoles('clients.${client_id}', ''),
    clientRoles('all', '', { 'usermodel.clientRoleMapping.rolePrefix': '${client_id}/' }),
  ]),
  of('roles in claims with odd names', 'ada', [
    realmRoles('https://acme\\.example/roles'),
    clientRoles('a.b', 'odd.client'),
  ]),
  of('roles where Keycloak guards the claim', 'approver', [realmRoles('groups')]),
  of('renamed roles', 'ada', [
    roleName('payments:approver', 'approver'),
    roleName('payments.viewer', 'seen'),
    roleName('crm.admin', 'payments.crm-admin'),
    roleName('nobody', 'somebody'),
    realmRoles('roles'),
    clientRoles('payments', 'payments'),
    clientRoles('crm', 'crm'),
  ]),
  of('a role that is added', 'bob', [
    mapper('oidc-hardcoded-role-mapper', { role: 'extra' }, 'realm'),
    mapper('oidc-hardcoded-role-mapper', { role: 'payments.extra' }, 'client'),
    realmRoles('roles'),
    clientRoles('payments', 'payments'),
  ]),
  of('roles as numbers', 'approver', [realmRoles('numbers', { 'jsonType.label': 'long' })]),
  of('roles of a client that may not see all', 'ada', [realmRoles('roles'), clientRoles('all', '')], {
    fullScopeAllowed: false,
  }),
  {
    ...permitted(
      'roles that a scope opens',
      'ada',
      ['payments:approver'],
      { crm: ['admin'] },
      { fullScopeAllowed: false },
    ),
  },
  permitted('a scope that a role permits', 'approver', ['payments:approver']),
  permitted('a scope that one of several roles permits', 'approver', ['crm:admin', 'payments:approver']),
  permitted('a scope that a role does not permit', 'bob', ['payments:approver']),
  permitted('a scope that a client role permits', 'crm', [], { crm: ['admin'] }),
  permitted('a scope that a client role does not permit', 'approver', [], { crm: ['admin'] }),
  permitted('a scope that either role permits', 'crm', ['payments:approver'], { crm: ['admin'] }),
  permitted('a scope with an odd role', 'ada', ['größe/ü']),
  optional('an optional scope asked for', ['asked'], ['asked']),
  optional('an optional scope not asked for', ['unasked'], []),
  optional('two optional scopes, one asked for twice', ['twice', 'other'], ['twice', 'twice']),
  optional('a scope with odd characters', ['pay:all/über.x'], ['pay:all/über.x']),
  of('flags: access token alone', 'ada', [
    attribute('country', 'country', {
      'id.token.claim': 'false',
      'userinfo.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: ID token alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'userinfo.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: userinfo alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'id.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: introspection alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'id.token.claim': 'false',
      'userinfo.token.claim': 'false',
    }),
  ]),
  of('flags: those left out follow others', 'ada', [
    without(attribute('country', 'country'), ['userinfo.token.claim', 'introspection.token.claim']),
  ]),
  of('flags: none', 'ada', [
    without(attribute('country', 'country'), [
      'access.token.claim',
      'id.token.claim',
      'userinfo.token.claim',
      'introspection.token.claim',
    ]),
  ]),
  of('flags: true is in lower case', 'ada', [
    attribute('country', 'country', { 'access.token.claim': 'TRUE' }),
  ]),
  of(
    'a lightweight token',
    'ada',
    [
      attribute('country', 'kept', { 'lightweight.claim': 'true' }),
      attribute('country', 'dropped'),
      realmRoles('roles', { 'lightweight.claim': 'true' }),
      audience('https://api.example/', { 'lightweight.claim': 'true' }),
      roleName('payments:approver', 'approver'),
    ],
    { lightweight: true, kinds: ['access', 'id', 'introspection'] },
  ),
  of('two lists in one claim', 'ada', [
    attribute('accounts', 'both', list),
    attribute('one', 'both', list),
    groups('both', false),
  ]),
  of('a role list and an attribute in one claim', 'approver', [
    attribute('accounts', 'roles', list),
    realmRoles('roles'),
  ]),
  of('a constant overwritten by roles', 'approver', [
    constant('roles', 'none', 'String'),
    realmRoles('roles'),
  ]),
  organizations('an organization, by its alias', 'ada', ['organization:acme']),
  organizations('the only organization', 'ada', ['organization']),
  organizations('all organizations of two', 'two', ['organization:*']),
  organizations('one organization of two', 'two', ['organization:globex']),
  organizations('two organizations asked for by name', 'two', ['organization:acme', 'organization:globex']),
  organizations('no organization', 'bob', []),
  organizations('organizations with ids', 'two', ['organization:*'], { addOrganizationId: 'true' }),
  organizations('organizations with attributes', 'two', ['organization:*'], {
    addOrganizationId: 'true',
    addOrganizationAttributes: 'true',
  }),
  organizations('one alias as a text', 'ada', ['organization'], { multivalued: 'false' }),
  organizations('aliases as JSON', 'two', ['organization:*'], { 'jsonType.label': 'JSON' }),
  organizations('an organization under another name', 'ada', ['organization'], {
    'claim.name': 'org\\.x.alias',
    multivalued: 'false',
  }),
  organizations('ids with one value are none', 'ada', ['organization'], {
    multivalued: 'false',
    addOrganizationId: 'true',
  }),
];

export const mapperWorld = (): World => ({
  realm: 'claimsmith-mappers',
  users,
  groups: groupTree,
  realmRoles: [
    'payments:approver',
    'payments:viewer',
    'crm:admin',
    'größe/ü',
    'back\\slash',
    'dot.ted',
    ...Array.from({ length: 60 }, (_, index) => `many-${index}`),
  ],
  clientRoles: { payments: ['approver', 'viewer'], 'odd.client': ['dot.role'], crm: ['admin'] },
  organizations: [
    { alias: 'acme', name: 'Acme', attributes: { tier: ['gold'], tags: ['a', 'b'] } },
    { alias: 'globex', name: 'Globex', attributes: {} },
  ],
  clients: mapperCases.map(({ enrichment, fullScopeAllowed, lightweight }, index) => ({
    clientId: `client-${index}`,
    enrichment,
    ...(fullScopeAllowed === undefined ? {} : { fullScopeAllowed }),
    ...(lightweight === undefined ? {} : { lightweight }),
  })),
});
